import type { CamerasPort } from '../../application/cameras/cameras-port';
import { CAMERA_DEFAULTS } from '../../domain/cameras/camera';
import { CAMERA_RULES } from '../../domain/cameras/camera-rules';
import type { Json, JsonObject } from '../../domain/shared/json';
import { type Examples, conflict, unknown } from '../http/example';
import { Described, Flag, ListOf, OneOf, Open, Part, Text } from '../http/fields';
import { operations } from '../http/operation';

const settings = (): JsonObject =>
  Object.fromEntries(Object.entries(CAMERA_RULES).map(([name, { schema }]) => [name, schema]));

class CameraFilterDto {
  @Flag({ default: false, about: 'only cameras that are active' })
  active_only = false;
}

class CameraKeyDto {
  @Text({ min: 1, max: 200 })
  camera_id: string;
}

const IF_MATCH = 'the updated_at that was read; the header If-Match says the same';

class VersionedCameraDto extends CameraKeyDto {
  @Text({ max: 100, optional: true, about: IF_MATCH })
  if_match?: string;
}

/** The settings of a new camera; the domain checks them. */
@Open
@Described(() => ({
  type: 'object',
  required: ['id', 'name', 'source'],
  properties: settings(),
  additionalProperties: false,
}))
class NewCameraDto {
  [setting: string]: Json;
}

/** The settings to change; `null` resets one to its default. */
@Open
@Described(() => ({
  type: 'object',
  properties: {
    camera_id: { type: 'string' },
    if_match: { type: 'string', maxLength: 100, description: IF_MATCH },
    ...settings(),
  },
  additionalProperties: true,
}))
class CameraPatchDto {
  @Text({ min: 1, max: 200 })
  camera_id: string;
  @Text({ max: 100, optional: true })
  if_match: string;
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

/** A camera in an answer: every setting in force, secrets masked, keys unknown to this service unchanged. */
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
class CameraDto {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly region_id: string | null;
  readonly [setting: string]: Json;
}

class CameraListDto {
  @ListOf(() => CameraDto)
  cameras: CameraDto[];
}

class CameraCreatedDto {
  @Flag()
  ok: true;

  @Part(() => CameraDto)
  camera: CameraDto;
}

class CameraChangedDto {
  @OneOf(['success'])
  status: 'success';

  @Part(() => CameraDto)
  camera: CameraDto;
}

class DoneDto {
  @OneOf(['success'])
  status: 'success';
}

const LINE_3 = {
  active: true,
  location: 'hall B',
  camera_type: 'fixed',
  resolution: '320x180',
  fps: 5,
  auto_start: true,
  regions_file: 'config/regions.json',
  profile: 'accurate',
  device: 'auto',
  imgsz: 'auto',
  auto_tune: false,
  region_id: null,
  id: 'line-3',
  name: 'Packing line 3',
  source: 'testsrc:size=320x180,rate=5',
  enabled: true,
  is_active: true,
  status: 'active',
  created_at: '2026-01-05T08:15:02.114Z',
  updated_at: '2026-01-05T08:15:02.114Z',
} as const;

const NO_CAMERA = unknown({ camera_id: 'none' }, 'camera.not_found', 'There is no camera "none".');

const cameraExamples = {
  list: {
    input: { active_only: false },
    answer: { cameras: [LINE_3] },
    varies: ['/cameras'],
  },
  get: {
    input: { camera_id: 'line-3' },
    answer: LINE_3,
    refused: NO_CAMERA,
  },
  create: {
    input: {
      id: 'sink',
      name: 'Hand-wash basin',
      source: 'rtsp://viewer:change-me@192.0.2.8/main',
      resolution: '1280x720',
      fps: 5,
    },
    answer: {
      ok: true,
      camera: {
        ...LINE_3,
        location: 'unknown',
        resolution: '1280x720',
        auto_start: false,
        id: 'sink',
        name: 'Hand-wash basin',
        source: 'rtsp://viewer:***@192.0.2.8/main',
      },
    },
    refused: conflict(
      { id: 'line-3', name: 'Another', source: '0' },
      'camera.exists',
      'There is a camera "line-3" already.',
      { id: 'line-3' },
    ),
  },
  update: {
    input: { camera_id: 'gate', name: 'Main gate north', fps: 12 },
    answer: {
      status: 'success',
      camera: {
        ...LINE_3,
        fps: 12,
        auto_start: false,
        id: 'gate',
        name: 'Main gate north',
        source: 'rtsp://viewer:***@192.0.2.7/main',
      },
    },
    refused: {
      input: { camera_id: 'gate', fsp: 7 },
      status: 400,
      code: 'camera.invalid',
      detail: 'fsp: is not a field of a camera: did you mean fps?',
      more: {
        errors: [
          {
            loc: ['body', 'fsp'],
            msg: 'is not a field of a camera: did you mean fps?',
            type: 'unknown_field',
            suggestion: 'fps',
          },
        ],
      },
    },
  },
  remove: {
    input: { camera_id: 'old-door' },
    answer: { status: 'success' },
    refused: NO_CAMERA,
  },
} satisfies Partial<Examples<CamerasPort>>;

const group = 'camera-config';

const etagOf = ({ updated_at }: CameraDto): string => String(updated_at);

export const cameraOperations = operations<CamerasPort>('cameras', {
  list: {
    http: 'GET /cameras',
    summary: 'List cameras in the order of the file',
    call: (cameras, input) => cameras.list(input),
    input: CameraFilterDto,
    output: CameraListDto,
    example: cameraExamples.list,
    group,
    stickyBy: 'caller',
  },
  get: {
    http: 'GET /cameras/{camera_id}',
    summary: 'One camera',
    call: (cameras, input) => cameras.get(input),
    input: CameraKeyDto,
    output: CameraDto,
    example: cameraExamples.get,
    group,
    stickyBy: 'camera_id',
    etag: etagOf,
  },
  create: {
    http: 'POST /cameras',
    summary: 'Add a camera',
    call: (cameras, input) => cameras.create(input),
    input: NewCameraDto,
    output: CameraCreatedDto,
    example: cameraExamples.create,
    group,
    stickyBy: 'id',
    fallback: 'ifRolledBack',
    etag: ({ camera }) => etagOf(camera),
  },
  update: {
    http: 'PUT /cameras/{camera_id}',
    summary:
      'Change some settings of a camera; with If-Match only as it was read: its version is updated_at, also the ETag of one camera',
    call: (cameras, input) => cameras.update(input),
    input: CameraPatchDto,
    output: CameraChangedDto,
    example: cameraExamples.update,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
    ifMatch: 'if_match',
    etag: ({ camera }) => etagOf(camera),
  },
  remove: {
    http: 'DELETE /cameras/{camera_id}',
    summary: 'Remove a camera; with If-Match only as it was read',
    call: (cameras, input) => cameras.remove(input),
    input: VersionedCameraDto,
    output: DoneDto,
    example: cameraExamples.remove,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
    ifMatch: 'if_match',
    parametersIn: 'query',
  },
});
