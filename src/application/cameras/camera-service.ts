import type { RevisionRepository } from '../../domain/cameras/camera-config-revision';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import type { JsonObject } from '../../domain/shared/json';
import type { CameraCommands } from './camera-change-batcher';
import * as cameraSet from './camera-set';
import { type CameraView, cameraView } from './camera-view';
import type { CameraFilter, CameraKey, CameraPatch, CamerasPort } from './cameras-port';

/** Cameras on the domain path: the table answers, every change is one revision of table and file. */
export class CameraService implements CamerasPort {
  private seen?: { readonly revision: number; readonly views: readonly CameraView[] };

  constructor(
    private readonly cameras: CameraRepository,
    private readonly revisions: Pick<RevisionRepository, 'newest'>,
    private readonly commands: CameraCommands,
  ) {}

  async list({ active_only }: CameraFilter) {
    const views = await this.views();
    return { cameras: views.filter((view) => !active_only || view.active) };
  }

  async get({ camera_id }: CameraKey) {
    const camera = await this.cameras.get(camera_id);
    return cameraView(cameraSet.find(camera ? [camera] : [], camera_id));
  }

  /**
   * Every list asks the database which revision is the newest, so a list is never older than the call; the cameras
   * themselves are read again only when that has changed. Asked before the read, the number can only be too old.
   */
  private async views(): Promise<readonly CameraView[]> {
    const revision = await this.revisions.newest();
    if (this.seen?.revision !== revision) this.seen = { revision, views: (await this.cameras.all()).map(cameraView) };
    return this.seen.views;
  }

  create = (fields: JsonObject) => this.commands.create(fields);
  update = (patch: CameraPatch) => this.commands.update(patch);
  remove = (key: CameraKey) => this.commands.remove(key);
}
