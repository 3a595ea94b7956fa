import type { Camera, CameraRepository, CameraTimes } from '../../src/domain/cameras/camera';
import { InMemoryEntries } from './in-memory-configuration';

/** Cameras without a database. */
export class InMemoryCameras extends InMemoryEntries<Camera> implements CameraRepository {
  async get(id: string): Promise<Camera | undefined> {
    return this.rows.entries.find((camera) => camera.id === id);
  }

  async times(): Promise<ReadonlyMap<string, CameraTimes>> {
    return new Map(this.rows.entries.map(({ id, createdAt, updatedAt }) => [id, { createdAt, updatedAt }]));
  }
}
