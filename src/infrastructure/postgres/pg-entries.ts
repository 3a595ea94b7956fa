import type { EntityManager } from 'typeorm';
import type { EntryChange, EntryRepository } from '../../domain/shared/entry-changes';
import type { Camera, CameraRepository, CameraTimes } from '../../domain/cameras/camera';
import type { RegionsEntry } from '../../domain/regions/region';
import { CAMERA_TABLE, type EntryRow, type EntryTable, REGION_TABLE, type StoredEntry } from './entry-tables';
import type { ConfigStore } from './pg-config-unit-of-work';
import { PgRevisions } from './pg-revisions';
import type { Queryable } from './queryable';

const CHUNK = 500;

/** Entries in PostgreSQL: plain SQL to read, TypeORM inside the unit of work's transaction to write. */
class PgEntries<E extends StoredEntry> implements EntryRepository<E> {
  constructor(
    protected readonly table: EntryTable<E>,
    protected readonly sql: Queryable,
    private readonly manager?: EntityManager,
  ) {}

  async all(): Promise<E[]> {
    const rows = await this.sql.query<EntryRow>(`SELECT * FROM ${this.table.name} ORDER BY position`, []);
    return rows.map((row) => this.table.fromRow(row));
  }

  async apply(after: readonly E[], changes: readonly EntryChange[], isMoved = true): Promise<void> {
    const { name, schema } = this.table;
    if (!this.manager) throw new Error(`${name} are written in a unit of work only`);
    const rows = this.manager.getRepository(schema);
    const removed = changes.filter((c) => c.kind === 'removed').map((c) => c.id);
    if (removed.length > 0) await rows.delete(removed);
    const changed = new Set(changes.map((c) => c.id));
    const written = after.flatMap((entry, i) => (changed.has(entry.id) ? [this.table.toRow(entry, i)] : []));
    for (let i = 0; i < written.length; i += CHUNK) await rows.upsert(written.slice(i, i + CHUNK), ['id']);
    if (!isMoved) return;
    await this.sql.query(
      `UPDATE ${name} SET position = ordered.position - 1
         FROM unnest($1::text[]) WITH ORDINALITY AS ordered (id, position)
        WHERE ${name}.id = ordered.id AND ${name}.position <> ordered.position - 1`,
      [after.map((entry) => entry.id)],
    );
  }
}

/** Cameras in PostgreSQL. */
export class PgCameras extends PgEntries<Camera> implements CameraRepository {
  constructor(sql: Queryable, manager?: EntityManager) {
    super(CAMERA_TABLE, sql, manager);
  }

  async get(id: string): Promise<Camera | undefined> {
    const rows = await this.sql.query<EntryRow>('SELECT * FROM cameras WHERE id = $1', [id]);
    return rows.map((row) => this.table.fromRow(row))[0];
  }

  async times(): Promise<ReadonlyMap<string, CameraTimes>> {
    const rows = await this.sql.query<Pick<EntryRow, 'id' | 'created_at' | 'updated_at'>>(
      'SELECT id, created_at, updated_at FROM cameras',
      [],
    );
    return new Map(rows.map((row) => [row.id, { createdAt: row.created_at, updatedAt: row.updated_at }]));
  }
}

/** The configuration of the cameras in the database. */
export const CAMERA_STORE: ConfigStore<Camera> = {
  noun: 'camera',
  tables: (sql, manager, copy) => ({
    entries: new PgCameras(sql, manager),
    revisions: new PgRevisions(sql, 'camera_config_revisions', copy),
  }),
};

/** The regions in PostgreSQL, for reading. */
export const pgRegions = (sql: Queryable) => new PgEntries(REGION_TABLE, sql);

/** The configuration of the regions in the database. */
export const REGION_STORE: ConfigStore<RegionsEntry> = {
  noun: 'region',
  tables: (sql, manager, copy) => ({
    entries: new PgEntries(REGION_TABLE, sql, manager),
    revisions: new PgRevisions(sql, 'region_config_revisions', copy),
  }),
};
