import type { ConfigTables } from '../../src/application/shared/config-unit-of-work';
import type { Camera, CameraTimes } from '../../src/domain/cameras/camera';
import type { EntryChange } from '../../src/domain/shared/entry-changes';
import type { FullRevision } from '../../src/domain/shared/config-revision';
import { InMemoryRevisions } from './in-memory-configuration';
import type { CameraRepository } from '../../src/domain/cameras/camera-repository';

/** The two tables of the camera configuration. A transaction works on a copy. */
export class CameraRows {
  constructor(
    public cameras: readonly Camera[] = [],
    public revisions: readonly FullRevision[] = [],
  ) {}
}

/** Cameras without a database. */
export class InMemoryCameras implements CameraRepository {
  constructor(
    private readonly rows = new CameraRows(),
    private readonly writable = false,
  ) {}

  async all(): Promise<Camera[]> {
    return [...this.rows.cameras];
  }

  async get(id: string): Promise<Camera | undefined> {
    return this.rows.cameras.find((camera) => camera.id === id);
  }

  async times(): Promise<ReadonlyMap<string, CameraTimes>> {
    return new Map(this.rows.cameras.map(({ id, createdAt, updatedAt }) => [id, { createdAt, updatedAt }]));
  }

  /** As the changes say: a camera that is in `after` and in none of them stays as it was. */
  async apply(after: readonly Camera[], changes: readonly EntryChange[]): Promise<void> {
    if (!this.writable) throw new Error('cameras are written in a unit of work only');
    const before = new Map(this.rows.cameras.map((camera) => [camera.id, camera]));
    const changed = new Set(changes.map(({ id }) => id));
    this.rows.cameras = after.flatMap((camera) => (changed.has(camera.id) ? camera : (before.get(camera.id) ?? [])));
  }
}

/** The configuration of the cameras without a database. */
export const cameraTables = (rows: CameraRows, writable = false): ConfigTables<Camera> => ({
  entries: new InMemoryCameras(rows, writable),
  revisions: new InMemoryRevisions(rows),
});
