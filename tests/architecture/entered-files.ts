import { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import { httpServer, httpApplication } from '../../src/api/http/application';
import { seedRollout } from '../../src/application/rollout/rollout-seeding';
import { createSite } from '../../src/composition/site';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { rolloutGroups } from '../../src/api/catalogue';
import type { Settings } from '../../src/infrastructure/environment/settings';

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Trip {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/**
 * How many files of the source a request enters, as V8 counts the functions that ran: the second of two alike, so that
 * what is made once is made. Of a site on which nothing else runs.
 */
export async function enteredFiles(
  settings: Settings,
  trips: readonly Trip[],
  prepare: () => Promise<unknown>,
): Promise<ReadonlyMap<string, string[]>> {
  const site = createSite(settings, { log: SILENT, confirmRemovalMs: 0 });
  const { database, connection } = site.platform;
  await database.open();
  const { store, policy } = site.rollout;
  await seedRollout(store, readPlans(null, rolloutGroups).plans, { instruction: { useDomain: true, percent: 100 } });
  policy.install(await store.load());
  await site.cameras.configuration.reconcile();
  await site.events.eventRetention.prepare();
  await prepare();
  const options = { log: SILENT, gate: site.access.gate, audit: site.access.trail.record };
  const server = httpServer(httpApplication(site.operations, options), SILENT).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
  const send = async ({ method, path, body }: Trip) => {
    const answer = await fetch(url + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} is answered ${answer.status}`);
  };
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const found = new Map<string, string[]>();
  for (const trip of trips) {
    await session.post('Profiler.takePreciseCoverage');
    await send(trip);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const ran = result.filter(({ functions }) => functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)));
    found.set(
      trip.name,
      ran.map(({ url: file }) => file).filter((file) => file.includes('/dist/src/')),
    );
  }
  session.disconnect();
  server.close();
  await connection.stop();
  await database.close();
  return found;
}
