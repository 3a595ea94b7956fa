import { CameraCommands } from '../../application/cameras/camera-commands';
import type { CameraConfiguration } from '../../application/cameras/camera-configuration';
import * as cameraSet from '../../application/cameras/camera-set';
import { cameraView } from '../../application/cameras/camera-view';
import type { CameraFilter, CameraKey, CameraPatch, CamerasPort } from '../../application/cameras/cameras-port';
import type { Clock, Log } from '../../application/shared/log';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import type { JsonObject } from '../../domain/shared/json';
import { RemoteCameraChanges } from './remote-camera-changes';
import { RemoteCameraList } from './remote-camera-list';
import type { OldBackendClient } from './old-backend-client';

/** Cameras as the still-running old backend keeps them. What may be done to them is decided here, as on the other paths. */
export class RemoteCameras implements CamerasPort {
  private readonly cameras: RemoteCameraList;
  private readonly commands: CameraCommands;

  constructor(
    backend: OldBackendClient,
    lastGood: CameraRepository,
    configuration: Pick<CameraConfiguration, 'settle'>,
    clock: Clock,
    log: Log,
  ) {
    this.cameras = new RemoteCameraList(backend, lastGood, clock);
    const changes = new RemoteCameraChanges(backend, this.cameras, configuration, log);
    this.commands = new CameraCommands((decide) => changes.change(decide), clock);
  }

  /** The old backend does not know `active_only` on its legacy path. */
  async list({ active_only }: CameraFilter) {
    return { cameras: (await this.cameras.all()).filter((c) => !active_only || c.active).map(cameraView) };
  }

  /** The old backend has no operation for one camera. */
  async get({ camera_id }: CameraKey) {
    return cameraView(cameraSet.find(await this.cameras.all(), camera_id));
  }

  create = (fields: JsonObject) => this.commands.create(fields);
  update = (patch: CameraPatch) => this.commands.update(patch);
  remove = (key: CameraKey) => this.commands.remove(key);
}
