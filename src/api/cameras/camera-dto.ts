import { CAMERA_DEFAULTS } from '../../domain/cameras/camera';
import { CAMERA_RULES } from '../../domain/cameras/camera-rules';
import type { Json, JsonObject } from '../../domain/shared/json';
import { Described, Flag, ListOf, OneOf, Open, Part, Text } from '../http/fields';

const settings = (): JsonObject =>
  Object.fromEntries(Object.entries(CAMERA_RULES).map(([name, { schema }]) => [name, schema]));

export class CameraFilterDto {
  @Flag({ default: false, about: 'only cameras that are active' })
  active_only = false;
}

export class CameraKeyDto {
  @Text({ min: 1, max: 200 })
  camera_id: string;
}

/** The settings of a new camera; the domain knows their rules. */
@Open
@Described(() => ({
  type: 'object',
  required: ['id', 'name', 'source'],
  properties: settings(),
  additionalProperties: false,
}))
export class NewCameraDto {
  [setting: string]: Json;
}

/** The settings to change; `null` takes one back to its default. */
@Open
@Described(() => ({
  type: 'object',
  properties: { camera_id: { type: 'string' }, ...settings() },
  additionalProperties: true,
}))
export class CameraPatchDto {
  @Text({ min: 1, max: 200 })
  camera_id: string;
  [setting: string]: Json;
}

const ALWAYS_THERE = new Set([
  'id',
  'name',
  'source',
  'status',
  'region_id',
  'enabled',
  'is_active',
  'created_at',
  'updated_at',
  ...Object.keys(CAMERA_DEFAULTS),
]);

/** A camera as answered: every setting in force, secrets masked, keys unknown to this service as they stand. */
@Described(() => ({
  type: 'object',
  properties: {
    ...settings(),
    region_id: { type: ['string', 'null'] },
    enabled: { type: 'boolean' },
    is_active: { type: 'boolean' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: [...ALWAYS_THERE],
  additionalProperties: true,
}))
export class CameraDto {
  readonly id: string;
  readonly [setting: string]: Json;
}

export class CameraListDto {
  @ListOf(() => CameraDto)
  cameras: CameraDto[];
}

export class CameraCreatedDto {
  @Flag()
  ok: true;

  @Part(() => CameraDto)
  camera: CameraDto;
}

export class CameraChangedDto {
  @OneOf(['success'])
  status: 'success';

  @Part(() => CameraDto)
  camera: CameraDto;
}

export class DoneDto {
  @OneOf(['success'])
  status: 'success';
}
