import type { EntityManager } from 'typeorm';
import type { Camera, CameraTimes } from '../../domain/cameras/camera';
import type { CameraRepository } from '../../domain/cameras/camera-repository';
import { CAMERA_TABLE, type EntryRow } from './entry-tables';
import type { ConfigStore } from './pg-config-unit-of-work';
import { PgEntries } from './pg-entries';
import { PgRevisions } from './pg-revisions';
import type { Queryable } from './queryable';

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
  tables: (sql, manager) => ({
    entries: new PgCameras(sql, manager),
    revisions: new PgRevisions(sql, 'camera_config_revisions'),
  }),
};
