import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startLoad } from '../support/http-load';
import { BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, agreement, testSite } from '../support/test-site';

const SECONDS = Number(process.env.CHAOS_SECONDS ?? 60);
const EVERY_MS = 250;
const CAMERAS = 30;
const group = 'camera-config';

/** What an operator might do, in any order; refusals are part of it. */
const ACTIONS: readonly [string, object?][] = [
  [`/rollout/${group}/start`],
  [`/rollout/${group}/set-percent`, { percent: 50 }],
  [`/rollout/${group}/set-percent`, { percent: 3.5 }],
  [`/rollout/${group}/approve`, { reason: 'chaos' }],
  [`/rollout/${group}/promote`],
  [`/rollout/${group}/pause`],
  [`/rollout/${group}/resume`],
  [`/rollout/${group}/rollback`, { reason: 'chaos' }],
  ['/rollout/kill', { reason: 'chaos' }],
  ['/rollout/unkill', { reason: 'chaos' }],
];

describe('any mix of stages, kills and promotions', () => {
  let database: TestDatabase;
  const sites = [new BareSite(), new BareSite()];
  let urls: string[];
  let observer: TestSite;

  beforeAll(async () => {
    database = await createTestDatabase();
    const camerasFile = sites[0]!.camerasFile;
    const cameras = Array.from({ length: CAMERAS }, (_, i) => `  - {id: cam${i}, name: camera ${i}, source: '${i}'}\n`);
    writeFileSync(camerasFile, `cameras:\n${cameras.join('')}`);
    const shared = {
      DATABASE_URL: database.url,
      CAMERAS_FILE: camerasFile,
      USE_DOMAIN_SERVICE: 'true',
      ROLLOUT_PERCENT: '50',
    };
    urls = [];
    for (const site of sites) urls.push(await site.start(shared).ready());
    observer = await testSite({ databaseUrl: database.url, camerasFile, rollout: { useDomain: true, percent: 50 } });
  }, 180_000);
  afterAll(async () => {
    await observer.close();
    for (const site of sites) await site.remove();
    await database.drop();
  });

  it(
    `shows nobody an error for ${SECONDS} seconds of reads and writes, and leaves table and file equal`,
    async () => {
      const load = startLoad(urls, 6, (i) => {
        const path = `/cameras/cam${i % CAMERAS}`;
        if (i % 9 === 0) return { method: 'PUT', path, body: { fps: 1 + (i % 60) } };
        if (i % 31 === 0) return { method: 'POST', path: '/cameras', body: { id: `new${i}`, name: 'n', source: '0' } };
        return { method: 'GET', path: i % 5 === 0 ? '/cameras' : path };
      });
      const until = Date.now() + SECONDS * 1000;
      let seed = 7;
      const seen = new Map<number, number>();
      while (Date.now() < until) {
        seed = (seed * 48271) % 2147483647;
        const [path, body] = ACTIONS[seed % ACTIONS.length]!;
        const { status } = await call(urls[seed % 2]!, 'POST', path, body ?? {});
        seen.set(status, (seen.get(status) ?? 0) + 1);
        await pause(EVERY_MS);
      }
      const statuses = await load.stop();
      process.stdout.write(
        `chaos: ${JSON.stringify([...statuses])} for users, ${JSON.stringify([...seen])} for operators\n`,
      );
      expect([...seen.keys()].filter((s) => s !== 200 && s !== 409)).toEqual([]);
      expect([...statuses.keys()].filter((s) => s !== 200)).toEqual([]);
      expect(statuses.get(200)).toBeGreaterThan(SECONDS * 10);
      await agreement(observer.modules, sites[0]!.camerasFile);
      const { body } = await call(urls[0]!, 'GET', `/rollout/${group}/events?limit=1000`);
      expect((body as { intact: boolean }).intact).toBe(true);
    },
    (SECONDS + 60) * 1000,
  );
});
