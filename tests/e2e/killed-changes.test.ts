import { BareSite, type ServiceRun, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { agreement, testSite } from '../support/test-site';

const LANES = 16;
const KILLS = 6;
const BEFORE_KILL = 40;

/** Changes that wait are made together, so that one SIGKILL meets many of them. */
describe('a service killed while many change its cameras', () => {
  let database: TestDatabase;
  const site = new BareSite();

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  /** Adds cameras until the service is gone; answers those that it said to have added. */
  async function addUntilKilled(url: string, name: string, added: () => void): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; ; i++) {
      const id = `${name}-${i}`;
      const answer = await call(url, 'POST', '/cameras', { id, name: id, source: '0', active: false }).catch(
        () => undefined,
      );
      if (!answer) return ids;
      expect(answer.status).toBe(200);
      ids.push(id);
      added();
    }
  }

  async function killedAmong(service: ServiceRun, kill: number): Promise<string[]> {
    const url = await service.ready();
    let answered = 0;
    const added = () => {
      answered += 1;
      if (answered === BEFORE_KILL) void service.end('SIGKILL');
    };
    const lanes = Array.from({ length: LANES }, (_, lane) => addUntilKilled(url, `k${kill}-${lane}`, added));
    const ids = (await Promise.all(lanes)).flat();
    await service.ended;
    return ids;
  }

  it.each(['true', 'false'])(
    'has kept all that it answered, in table and file (domain path: %s)',
    async (domain) => {
      const settings = { DATABASE_URL: database.url, USE_DOMAIN_SERVICE: domain, ROLLOUT_PERCENT: '100' };
      const answered: string[] = [];
      for (let kill = 0; kill < KILLS; kill++)
        answered.push(...(await killedAmong(site.start(settings), domain === 'true' ? kill : KILLS + kill)));
      expect(answered.length).toBeGreaterThanOrEqual(KILLS * BEFORE_KILL);
      const last = site.start(settings);
      await last.ready();
      await last.end('SIGTERM');
      const observer = await testSite({ databaseUrl: database.url, camerasFile: site.camerasFile });
      const { cameras } = await agreement(observer.modules, site.camerasFile);
      await observer.close();
      const there = new Set(cameras.map(({ id }) => id));
      expect(answered.filter((id) => !there.has(id))).toEqual([]);
    },
    120_000,
  );
});
