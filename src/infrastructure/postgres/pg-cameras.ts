import type { EntityManager } from 'typeorm';
import type { Camera, CameraTimes } from '../../domain/cameras/camera';
import type { EntryChange } from '../../domain/shared/entry-changes';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import { type CameraRow, CameraRows, fromRow, toRow } from './camera-row';
import type { ConfigStore } from './pg-config-unit-of-work';
import { PgRevisions } from './pg-revisions';
import type { Queryable } from './queryable';

const CHUNK = 500;

/** Cameras in PostgreSQL: plain SQL to read, TypeORM inside the unit of work's transaction to write. */
export class PgCameras implements CameraRepository {
  constructor(
    private readonly sql: Queryable,
    private readonly manager?: EntityManager,
  ) {}

  async all(): Promise<Camera[]> {
    return (await this.sql.query<CameraRow>('SELECT * FROM cameras ORDER BY position', [])).map(fromRow);
  }

  async get(id: string): Promise<Camera | undefined> {
    return (await this.sql.query<CameraRow>('SELECT * FROM cameras WHERE id = $1', [id])).map(fromRow)[0];
  }

  async times(): Promise<ReadonlyMap<string, CameraTimes>> {
    const rows = await this.sql.query<Pick<CameraRow, 'id' | 'created_at' | 'updated_at'>>(
      'SELECT id, created_at, updated_at FROM cameras',
      [],
    );
    return new Map(rows.map((row) => [row.id, { createdAt: row.created_at, updatedAt: row.updated_at }]));
  }

  async apply(after: readonly Camera[], changes: readonly EntryChange[]): Promise<void> {
    if (!this.manager) throw new Error('cameras are written in a unit of work only');
    const rows = this.manager.getRepository(CameraRows);
    const removed = changes.filter((c) => c.kind === 'removed').map((c) => c.id);
    if (removed.length > 0) await rows.delete(removed);
    const changed = new Set(changes.map((c) => c.id));
    const written = after.flatMap((camera, i) => (changed.has(camera.id) ? [toRow(camera, i)] : []));
    for (let i = 0; i < written.length; i += CHUNK) await rows.upsert(written.slice(i, i + CHUNK), ['id']);
    await this.sql.query(
      `UPDATE cameras SET position = ordered.position - 1
         FROM unnest($1::text[]) WITH ORDINALITY AS ordered (id, position)
        WHERE cameras.id = ordered.id AND cameras.position <> ordered.position - 1`,
      [after.map((c) => c.id)],
    );
  }
}

/** The configuration of the cameras in the database. */
export const CAMERA_STORE: ConfigStore<Camera> = {
  noun: 'camera',
  tables: (sql, manager) => ({
    entries: new PgCameras(sql, manager),
    revisions: new PgRevisions(sql, 'camera_config_revisions'),
  }),
};
