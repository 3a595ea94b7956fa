import { writeFileSync } from 'node:fs';
import { apply, initialState } from '../../src/domain/rollout/rollout-state';
import { BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const KILLS = 6;
const group = 'camera-config';
const reason = 'a test';
const STEPS: readonly [string, object][] = [
  ['start', {}],
  ['pause', {}],
  ['resume', {}],
  ['approve', { reason }],
  ['rollback', { reason }],
  ['resume', {}],
  ['rollback', { reason }],
  ['set-percent', { percent: 20 }],
];

describe('SIGKILL of an instance in the middle of transitions', () => {
  let database: TestDatabase;
  let observer: TestSite;
  const site = new BareSite();

  beforeAll(async () => {
    database = await createTestDatabase();
    writeFileSync(site.camerasFile, `cameras:\n  - {id: cam1, name: one, source: '0'}\n`);
    observer = await testSite({ databaseUrl: database.url, camerasFile: site.camerasFile });
  });
  afterAll(async () => {
    await site.remove();
    await observer.close();
    await database.drop();
  });

  it('leaves a state that is the fold of its events, an intact chain, and nothing that was acknowledged lost', async () => {
    const settings = { DATABASE_URL: database.url, USE_DOMAIN_SERVICE: 'true', ROLLOUT_PERCENT: '100' };
    const store = observer.modules.rollout.store;
    for (let round = 0; round < KILLS; round++) {
      const service = site.start(settings);
      const url = await service.ready();
      const acknowledged = { revision: 0 };
      const step = async (i: number) => {
        const [name, body] = STEPS[i % STEPS.length]!;
        const { status, body: answer } = await call(url, 'POST', `/rollout/${group}/${name}`, body);
        if (status === 200) acknowledged.revision = (answer as { revision: number }).revision;
      };
      const hammering = (async () => {
        for (let i = 0; ; i++) await step(i);
      })().catch(() => 'the connection broke');
      while (acknowledged.revision < (round + 1) * 7) await new Promise((next) => setImmediate(next));
      await service.end('SIGKILL');
      await hammering;
      const { groups, revision } = await store.load();
      expect(revision).toBeGreaterThanOrEqual(acknowledged.revision);
      const events = await store.events(undefined, 10_000, 0);
      expect(await store.isIntact()).toBe(true);
      const own = events.filter((e) => e.group === group);
      const replayed = own.reduce((s, e) => apply(s, e.event, e.at, e.actor, e.revision), initialState(group));
      expect(groups.get(group)?.state).toEqual(replayed);
    }
  }, 180_000);
});
