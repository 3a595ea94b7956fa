import type { JsonObject } from '../../domain/shared/json';
import type { CameraView } from './camera-view';

export interface CameraFilter {
  readonly active_only?: boolean;
}

export interface CameraKey {
  readonly camera_id: string;
}

/** Both paths take the camera's `updated_at` as its version: the table has it, whatever wrote the file. */
export interface VersionedCamera extends CameraKey {
  /** The `updated_at` that the caller has read: a camera that was changed since is refused. */
  readonly if_match?: string;
}

/** `camera_id` is the camera's present id; everything else are the fields to change. */
export type CameraPatch = VersionedCamera & JsonObject;

/** Camera configuration: the cameras of the site and their settings. */
export interface CamerasPort {
  list(filter: CameraFilter): Promise<{ cameras: CameraView[] }>;
  get(key: CameraKey): Promise<CameraView>;
  create(fields: JsonObject): Promise<{ ok: true; camera: CameraView }>;
  update(patch: CameraPatch): Promise<{ status: 'success'; camera: CameraView }>;
  remove(key: VersionedCamera): Promise<{ status: 'success' }>;
}
