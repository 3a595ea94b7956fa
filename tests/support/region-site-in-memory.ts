import { regionKind } from '../../src/application/regions/region-kind';
import { RegionService } from '../../src/application/regions/region-service';
import { ConfigOutcomes, Configuration } from '../../src/application/shared/configuration';
import { ConfigPlans } from '../../src/application/shared/configuration-plans';
import { ConfigHeads, ConfigPublishing } from '../../src/application/shared/configuration-publication';
import { Reconciliation } from '../../src/application/shared/configuration-reconciliation';
import type { RegionsEntry } from '../../src/domain/regions/region';
import { JsonRegionsFormat } from '../../src/infrastructure/yaml/json-regions-format';
import { InMemoryConfigFile } from './in-memory-config-file';
import { ConfigRows, InMemoryConfigUnitOfWork, InMemoryEntries } from './in-memory-configuration';
import { rememberingLog } from './quiet-log';

/** The regions of a site, table and file, without a database and without a disk. */
export function regionSiteInMemory(text?: string) {
  const clock = () => new Date('2030-01-01T00:00:00Z');
  const [rows, log, onStep] = [new ConfigRows<RegionsEntry>(), rememberingLog(), () => undefined];
  const [file, format, heads] = [
    new InMemoryConfigFile(text, clock, 'region'),
    new JsonRegionsFormat(),
    new ConfigHeads<RegionsEntry>(),
  ];
  const unit = new InMemoryConfigUnitOfWork(rows);
  const publishing = new ConfigPublishing(regionKind, file, heads, clock, log, onStep);
  const confirmation = { clock, afterMs: 0 };
  const reconciliation = new Reconciliation(regionKind, file, format, heads, publishing, log, onStep, confirmation);
  const outcomes = new ConfigOutcomes(regionKind, unit, reconciliation, () => Promise.resolve());
  const plans = new ConfigPlans(regionKind, format, reconciliation);
  const configuration = new Configuration(regionKind, unit, file, plans, reconciliation, publishing, outcomes);
  const service = new RegionService(new InMemoryEntries(rows), configuration, clock);
  return { rows, file, configuration, service };
}
