import type { CameraRepository } from '../../domain/cameras/camera-repository';
import type { JsonObject } from '../../domain/shared/json';
import type { CameraCommands } from './camera-commands';
import * as cameraSet from './camera-set';
import { cameraView } from './camera-view';
import type { CameraFilter, CameraKey, CameraPatch, CamerasPort } from './cameras-port';

/** Cameras on the domain path: the table answers, every change is one revision of table and file. */
export class CameraService implements CamerasPort {
  constructor(
    private readonly cameras: CameraRepository,
    private readonly commands: CameraCommands,
  ) {}

  async list({ active_only }: CameraFilter) {
    const cameras = await this.cameras.all();
    return { cameras: cameras.filter((c) => !active_only || c.active).map(cameraView) };
  }

  async get({ camera_id }: CameraKey) {
    const camera = await this.cameras.get(camera_id);
    return cameraView(cameraSet.find(camera ? [camera] : [], camera_id));
  }

  create = (fields: JsonObject) => this.commands.create(fields);
  update = (patch: CameraPatch) => this.commands.update(patch);
  remove = (key: CameraKey) => this.commands.remove(key);
}
