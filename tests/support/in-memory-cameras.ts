import type { CameraTables, CameraUnitOfWork, LockedSite } from '../../src/application/cameras/camera-unit-of-work';
import type { Camera, CameraTimes } from '../../src/domain/cameras/camera';
import type { CameraChange } from '../../src/domain/cameras/camera-changes';
import type { FullRevision, RevisionRepository } from '../../src/domain/cameras/camera-config-revision';
import type { CameraRepository } from '../../src/domain/cameras/camera-repository';
import { Unavailable, withEffect } from '../../src/domain/shared/domain-error';

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
  async apply(after: readonly Camera[], changes: readonly CameraChange[]): Promise<void> {
    if (!this.writable) throw new Error('cameras are written in a unit of work only');
    const before = new Map(this.rows.cameras.map((camera) => [camera.id, camera]));
    const changed = new Set(changes.map(({ id }) => id));
    this.rows.cameras = after.flatMap((camera) => (changed.has(camera.id) ? camera : (before.get(camera.id) ?? [])));
  }
}

/** Revisions of the camera configuration without a database. */
export class InMemoryRevisions implements RevisionRepository {
  constructor(private readonly rows = new CameraRows()) {}

  async head() {
    return listed(this.rows.revisions.at(-1));
  }

  async newest(): Promise<number> {
    return this.rows.revisions.at(-1)?.number ?? 0;
  }

  async get(number: number): Promise<FullRevision | undefined> {
    return this.rows.revisions.find((revision) => revision.number === number);
  }

  async withText(sha256: string): Promise<FullRevision | undefined> {
    return this.rows.revisions.findLast((revision) => revision.sha256 === sha256);
  }

  async withToken(token: string) {
    return listed(this.rows.revisions.find((revision) => revision.token === token));
  }

  async page(limit: number, offset: number) {
    const newestFirst = this.rows.revisions.toReversed();
    const items = newestFirst.slice(offset, offset + limit).flatMap((revision) => listed(revision) ?? []);
    return { items, total: newestFirst.length };
  }

  async add(revision: FullRevision): Promise<void> {
    if (this.rows.revisions.some(({ number, token }) => number === revision.number || token === revision.token))
      throw new Error(`revision ${revision.number} is there already`);
    this.rows.revisions = [...this.rows.revisions, revision].sort((a, b) => a.number - b.number);
  }

  async markInFile(number: number): Promise<void> {
    this.rows.revisions = this.rows.revisions.map((one) => (one.number === number ? { ...one, inFile: true } : one));
  }
}

/** Only who asks for one revision gets its text. */
function listed(revision: FullRevision | undefined) {
  if (!revision) return undefined;
  const { text: _, ...rest } = revision;
  return rest;
}

/** The site's lock and transactions without a database: a queue, and a copy of the tables that takes their place. */
export class InMemoryCameraUnitOfWork implements CameraUnitOfWork {
  /** What becomes of the next COMMIT whose answer is lost. */
  lostCommit: 'stored' | 'not stored' | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly rows = new CameraRows()) {}

  exclusively<T>(work: (site: LockedSite) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => work({ ...tables(this.rows), commit: (change) => this.commit(change) }));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async commit(change: (tables: CameraTables) => Promise<void>): Promise<void> {
    const copy = new CameraRows(this.rows.cameras, this.rows.revisions);
    try {
      await change(tables(copy, true));
    } catch (error) {
      throw withEffect(error, 'rolled-back');
    }
    const lost = this.lostCommit;
    this.lostCommit = undefined;
    if (lost !== 'not stored') Object.assign(this.rows, copy);
    if (lost) throw new Unavailable('database.unavailable', 'The answer to COMMIT was lost.', 'unknown');
  }
}

const tables = (rows: CameraRows, writable = false): CameraTables => ({
  cameras: new InMemoryCameras(rows, writable),
  revisions: new InMemoryRevisions(rows),
});
