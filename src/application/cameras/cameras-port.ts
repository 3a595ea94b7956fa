import type { JsonObject } from '../../domain/shared/json';
import type { CameraView } from './camera-view';

export interface CameraFilter {
  readonly active_only?: boolean;
}

export interface CameraKey {
  readonly camera_id: string;
}

/** `camera_id` is the camera's present id; everything else are the fields to change. */
export type CameraPatch = CameraKey & JsonObject;

/** Camera configuration: the cameras of the site and their settings. */
export interface CamerasPort {
  list(filter: CameraFilter): Promise<{ cameras: CameraView[] }>;
  get(key: CameraKey): Promise<CameraView>;
  create(fields: JsonObject): Promise<{ ok: true; camera: CameraView }>;
  update(patch: CameraPatch): Promise<{ status: 'success'; camera: CameraView }>;
  remove(key: CameraKey): Promise<{ status: 'success' }>;
}
