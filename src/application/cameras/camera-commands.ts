import { Camera } from '../../domain/cameras/camera';
import type { JsonObject } from '../../domain/shared/json';
import type { Clock } from '../shared/log';
import type { Decide } from './camera-configuration';
import * as cameraSet from './camera-set';
import { cameraView } from './camera-view';
import type { CameraKey, CameraPatch, CamerasPort } from './cameras-port';

/** What may be done to cameras, the same on both paths; `change` is the path's way of making it true. */
export class CameraCommands implements Pick<CamerasPort, 'create' | 'update' | 'remove'> {
  constructor(
    private readonly change: (decide: Decide, id: string) => Promise<readonly Camera[]>,
    private readonly clock: Clock,
  ) {}

  async create(fields: JsonObject) {
    const camera = Camera.register(fields, this.clock());
    const after = await this.change((all) => cameraSet.add(all, camera), camera.id);
    return { ok: true as const, camera: cameraView(cameraSet.find(after, camera.id)) };
  }

  async update({ camera_id, ...patch }: CameraPatch) {
    const change: Decide = (all, unseen) =>
      cameraSet.replace(all, camera_id, (camera) => camera.change(patch, this.clock()), unseen);
    const after = await this.change(change, camera_id);
    return { status: 'success' as const, camera: cameraView(cameraSet.find(after, camera_id)) };
  }

  async remove({ camera_id }: CameraKey) {
    await this.change((all) => cameraSet.remove(all, camera_id), camera_id);
    return { status: 'success' as const };
  }
}
