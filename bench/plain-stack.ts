import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { catalogue } from '../src/api/catalogue';
import { httpApplication, httpServer } from '../src/api/http/application';
import { mounted } from '../src/api/http/mount';
import { createSite } from '../src/composition/site';
import { keepMemorySteady } from '../src/infrastructure/environment/node-process';
import { readSettings } from '../src/infrastructure/environment/settings';

const nothing = (): void => undefined;

/** The same stack without rollout, metrics and logging: the domain path alone. Says its port to whoever forked it. */
async function main(): Promise<void> {
  keepMemorySteady();
  const { DATABASE_URL: databaseUrl = '', CAMERAS_FILE: camerasFile = '', LOG_DIR: logDir = '' } = process.env;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const site = createSite({ ...readSettings({}), databaseUrl, camerasFile, logDir, rateLimit: 0 }, { log });
  await site.platform.database.open();
  const operations = [
    mounted(catalogue.cameras, site.cameras.domain),
    mounted(catalogue.alerts, site.alerts.domain),
    mounted(catalogue.events, site.events.events.domain),
    mounted(catalogue.statistics, site.events.statistics.domain),
    mounted(catalogue.records, site.events.records.domain),
  ].flat();
  const server = httpServer(httpApplication(operations, { log, gate: site.access.gate }), log).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.((server.address() as AddressInfo).port);
  process.once('disconnect', () => process.exit(0));
}

void main();
