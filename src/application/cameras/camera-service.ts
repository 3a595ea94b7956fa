import { Camera } from '../../domain/cameras/camera';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import type { JsonObject } from '../../domain/shared/json';
import type { Clock } from '../shared/log';
import type { CameraConfiguration } from './camera-configuration';
import * as cameraSet from './camera-set';
import { cameraView } from './camera-view';
import type { CameraFilter, CameraKey, CameraPatch, CamerasPort } from './cameras-port';

/** Cameras on the domain path: the table answers, every change is one revision of table and file. */
export class CameraService implements CamerasPort {
  constructor(
    private readonly cameras: CameraRepository,
    private readonly configuration: CameraConfiguration,
    private readonly clock: Clock,
  ) {}

  async list({ active_only }: CameraFilter) {
    const cameras = await this.cameras.all();
    return { cameras: cameras.filter((c) => !active_only || c.active).map(cameraView) };
  }

  async get({ camera_id }: CameraKey) {
    const camera = await this.cameras.get(camera_id);
    return cameraView(camera ?? cameraSet.find([], camera_id));
  }

  async create(fields: JsonObject) {
    const camera = Camera.register(fields, this.clock());
    await this.configuration.change((cameras) => cameraSet.add(cameras, camera));
    return { ok: true as const, camera: cameraView(camera) };
  }

  async update({ camera_id, ...patch }: CameraPatch) {
    const after = await this.configuration.change((cameras, unseen) =>
      cameraSet.replace(cameras, camera_id, (camera) => camera.change(patch, this.clock()), unseen),
    );
    return { status: 'success' as const, camera: cameraView(cameraSet.find(after, camera_id)) };
  }

  async remove({ camera_id }: CameraKey) {
    await this.configuration.change((cameras) => cameraSet.remove(cameras, camera_id));
    return { status: 'success' as const };
  }
}
