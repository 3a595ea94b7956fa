import { type Mounted, mounted } from '../api/http/mount';
import { regionOperations } from '../api/regions/region-operations';
import { regionKind } from '../application/regions/region-kind';
import { RegionService } from '../application/regions/region-service';
import type { Log } from '../application/shared/log';
import type { RegionsEntry } from '../domain/regions/region';
import type { RevisionRepository } from '../domain/shared/config-revision';
import type { EntryRepository } from '../domain/shared/entry-changes';
import { pgRegions, REGION_STORE } from '../infrastructure/postgres/pg-entries';
import { PgRevisions } from '../infrastructure/postgres/pg-revisions';
import { JsonRegionsFormat } from '../infrastructure/yaml/json-regions-format';
import { type Configured, type Following, createConfiguration, startConfiguration } from './configuration';
import type { Platform } from './platform';

/** The regions, in the table and in the file. */
export interface Regions extends Configured<RegionsEntry> {
  readonly repository: Pick<EntryRepository<RegionsEntry>, 'all'>;
  readonly revisions: RevisionRepository;
  readonly service: RegionService;
  readonly operations: readonly Mounted[];
}

export function createRegions(platform: Platform, filePath: string, node: () => string): Regions {
  const parts = { kind: regionKind, store: REGION_STORE, format: new JsonRegionsFormat(), filePath, node };
  const configured = createConfiguration(platform, parts);
  const repository = pgRegions(platform.database);
  const service = new RegionService(repository, configured.configuration, platform.clock);
  return {
    ...configured,
    repository,
    revisions: new PgRevisions(platform.database, 'region_config_revisions'),
    service,
    operations: mounted(regionOperations, service),
  };
}

/** Cameras are watched without regions, too: a regions file that cannot be used now is tried again every minute. */
export async function startRegions(regions: Regions, log: Log, follow: Omit<Following, 'newest'>): Promise<void> {
  const newest = () => regions.revisions.newest();
  await startConfiguration(regions, log, async () => undefined, { ...follow, newest });
}
