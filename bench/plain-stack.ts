import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { catalogue } from '../src/api/catalogue';
import { httpApplication, httpServer } from '../src/api/http/application';
import { mounted } from '../src/api/http/mount';
import { wire } from '../src/container';
import { DEFAULT_VIOLATION_TYPES } from '../src/domain/shared/event';
import { keepMemorySteady } from '../src/infrastructure/environment/steady-memory';
import { keys } from '../src/keys';

const nothing = (): void => undefined;

/** The same stack without rollout, metrics and logging: the domain path alone. Says its port to whoever forked it. */
async function main(): Promise<void> {
  keepMemorySteady();
  const { DATABASE_URL: databaseUrl = '', CAMERAS_FILE: camerasFile = '', LOG_DIR: logDir = '' } = process.env;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const events = { logDir, retentionDays: 180, violationTypes: DEFAULT_VIOLATION_TYPES, zone: 'UTC' };
  const site = wire({ databaseUrl, camerasFile, log, events });
  await site.resolve(keys.database).open();
  const operations = [
    mounted(catalogue.cameras, site.resolve(keys.camerasOnDomain)),
    mounted(catalogue.alerts, site.resolve(keys.alertsOnDomain)),
    mounted(catalogue.events, site.resolve(keys.eventsOnDomain)),
    mounted(catalogue.statistics, site.resolve(keys.statisticsOnDomain)),
    mounted(catalogue.records, site.resolve(keys.recordsOnDomain)),
  ].flat();
  const server = httpServer(httpApplication(operations, { log, gate: site.resolve(keys.gate) }), log).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
  process.once('disconnect', () => process.exit(0));
}

void main();
