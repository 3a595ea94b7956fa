import type { RegionsEntry } from '../../domain/regions/region';
import { REGION_TABLE } from './entry-tables';
import type { ConfigStore } from './pg-config-unit-of-work';
import { PgEntries } from './pg-entries';
import { PgRevisions } from './pg-revisions';
import type { Queryable } from './queryable';

/** The regions in PostgreSQL, for reading. */
export const pgRegions = (sql: Queryable) => new PgEntries(REGION_TABLE, sql);

/** The configuration of the regions in the database. */
export const REGION_STORE: ConfigStore<RegionsEntry> = {
  noun: 'region',
  tables: (sql, manager) => ({
    entries: new PgEntries(REGION_TABLE, sql, manager),
    revisions: new PgRevisions(sql, 'region_config_revisions'),
  }),
};
