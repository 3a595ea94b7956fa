import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { Camera } from '../../domain/cameras/camera';
import type { Json, JsonObject } from '../../domain/shared/json';

/** A row of `cameras`. */
export interface CameraRow {
  id: string;
  position: number;
  extra: object;
  created_at: Date;
  updated_at: Date;
  [setting: string]: string | number | boolean | object | null;
}

/** Settings with a column of their own; all others live in `extra`. */
const SETTINGS: Readonly<Record<string, EntitySchemaColumnOptions>> = {
  name: { type: 'text' },
  source: { type: 'text' },
  active: { type: 'boolean', nullable: true },
  auto_start: { type: 'boolean', nullable: true },
  location: { type: 'text', nullable: true },
  status: { type: 'text', nullable: true },
  camera_type: { type: 'text', nullable: true },
  resolution: { type: 'text', nullable: true },
  fps: { type: 'integer', nullable: true },
  region_id: { type: 'text', nullable: true },
  regions_file: { type: 'text', nullable: true },
  profile: { type: 'text', nullable: true },
  device: { type: 'text', nullable: true },
  imgsz: { type: 'jsonb', nullable: true },
  auto_tune: { type: 'boolean', nullable: true },
  env: { type: 'jsonb', nullable: true },
  metadata: { type: 'jsonb', nullable: true },
};

export const CameraRows = new EntitySchema<CameraRow>({
  name: 'cameras',
  tableName: 'cameras',
  columns: {
    id: { type: 'text', primary: true },
    position: { type: 'integer' },
    ...SETTINGS,
    extra: { type: 'jsonb' },
    created_at: { type: 'timestamptz' },
    updated_at: { type: 'timestamptz' },
  },
});

export function toRow(camera: Camera, position: number): CameraRow {
  const settings = Object.keys(SETTINGS).map((name) => [name, camera.fields[name] ?? null]);
  const others = Object.entries(camera.fields).filter(([name]) => name !== 'id' && !Object.hasOwn(SETTINGS, name));
  return {
    ...Object.fromEntries(settings),
    id: camera.id,
    position,
    extra: Object.fromEntries(others),
    created_at: camera.createdAt,
    updated_at: camera.updatedAt,
  };
}

export function fromRow({ id, position: _position, extra, created_at, updated_at, ...settings }: CameraRow): Camera {
  const fields: Record<string, Json> = { id };
  for (const [name, value] of Object.entries(settings as JsonObject)) if (value !== null) fields[name] = value;
  return Camera.restore(Object.assign(fields, extra), created_at, updated_at);
}
