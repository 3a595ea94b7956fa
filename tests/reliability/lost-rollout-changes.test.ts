import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

describe('a database that has lost the last changes of the rollout', () => {
  let database: TestDatabase;
  let site: TestSite;
  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.rollout.controlPlane.start();
  });
  afterEach(async () => {
    await site.modules.rollout.controlPlane.stop();
    await site.close();
    await database.drop();
  });
  const killed = () => site.modules.rollout.policy.snapshot().killed;
  const stored = async () =>
    (
      await site.modules.platform.database.query<{ killed: boolean; revision: number }>(
        'SELECT killed, revision::int AS revision FROM rollout_control',
        [],
      )
    )[0];

  it('perhaps the kill switch among them, finds it set, until somebody takes it back', async () => {
    const rollout = site.modules.rollout.service;
    await rollout.kill({ reason: 'test' });
    await eventually(() => expect(killed()).toBe(true));
    const { revision = 0 } = (await stored()) ?? {};
    // As a failover to a server that had not received it leaves it.
    const lose = 'UPDATE rollout_control SET killed = false, revision = $1';
    await site.modules.platform.database.execute(lose, [revision - 1]);
    await eventually(async () => expect(await stored()).toMatchObject({ killed: true }), { within: 10_000 });
    expect(killed()).toBe(true);
    expect(site.log.lines).toContainEqual(expect.stringContaining('the rollout went back to an older revision'));
    await rollout.unkill({ reason: 'checked' });
    await eventually(() => expect(killed()).toBe(false));
  }, 180_000);
});
