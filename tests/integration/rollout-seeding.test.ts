import { rolloutGroups } from '../../src/api/catalogue';
import { type RolloutSeed, seedRollout, startSummary } from '../../src/application/rollout/rollout-seeding';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { Database } from '../../src/infrastructure/postgres/database';
import { PgRolloutStore } from '../../src/infrastructure/postgres/pg-rollout-store';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const { plans } = readPlans(null, rolloutGroups);

describe('the rollout of a site at its starts', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let store: PgRolloutStore;

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    database = new Database(testDatabase.url, () => undefined);
    await database.open();
    store = new PgRolloutStore(database, rememberingLog());
  });
  afterEach(async () => {
    await database.close();
    await testDatabase.drop();
  });

  /** A start: what the console says, and where each group is afterwards. */
  const start = async (seed: RolloutSeed, of = plans) => {
    const outcome = await seedRollout(store, of, seed);
    const document = await store.load();
    const states = [...document.groups.values()].map(({ state }) => `${state.status} ${state.effectiveBps / 100}`);
    return { said: startSummary(outcome, seed, document), states: [...new Set(states)] };
  };
  const LEGACY = { origin: 'LEGACY_BASE_URL names an old backend' };

  it('begins complete where there is nothing to move away from, and stays so', async () => {
    expect(await start({})).toEqual({
      said: 'all calls on the domain path: a new site has nothing to move away from',
      states: ['complete 100'],
    });
    const { revision } = await store.load();
    expect(await start({})).toEqual({ said: 'all calls on the domain path, as stored', states: ['complete 100'] });
    // A backend that comes later takes nothing back.
    expect(await start(LEGACY)).toMatchObject({ states: ['complete 100'] });
    expect((await store.load()).revision).toBe(revision);
  });

  it('begins on legacy where it comes from an old backend', async () => {
    expect(await start(LEGACY)).toEqual({
      said: 'all calls on the legacy path: LEGACY_BASE_URL names an old backend; npm run rollout -- start --group … begins to move',
      states: ['manual 0'],
    });
    // When the old backend is switched off one day, the rollout stands where it stood.
    expect(await start({})).toEqual({ said: 'all calls on the legacy path, as stored', states: ['manual 0'] });
  });

  it.each<[RolloutSeed['instruction'], string, string]>([
    [
      { useDomain: false, percent: 100 },
      'all calls on the legacy path, as USE_DOMAIN_SERVICE and ROLLOUT_PERCENT say',
      'manual 0',
    ],
    [{ useDomain: true, percent: 100 }, '100 % of calls on the domain path', 'manual 100'],
    [{ useDomain: true, percent: 12.5 }, '12.5 % of calls on the domain path', 'manual 12.5'],
  ])('begins as the environment says: %j', async (instruction, says, state) => {
    const first = await start({ instruction });
    expect(first.said).toContain(says);
    expect(first.states).toEqual([state]);
    expect((await start({ instruction })).said).toMatch(/as stored|of \d+ groups/);
    expect(await start({})).toMatchObject({ states: [state] });
  });

  it('obeys an environment that changes, and forgets none that says nothing for a while', async () => {
    const half = { useDomain: true, percent: 50 };
    await start({});
    expect(await start({ instruction: half })).toMatchObject({ states: ['manual 50'] });
    await start({});
    await store.change('operator', (now) => ({
      transitions: [...now.groups.keys()].map((group) => ({ group, event: { kind: 'completed' } })),
    }));
    expect(await start({ instruction: half })).toMatchObject({ states: ['complete 100'] });
    expect(await start({ instruction: { ...half, percent: 60 } })).toMatchObject({ states: ['manual 60'] });
  });

  it('says of a site on its way how many groups are where', async () => {
    await start(LEGACY);
    await store.change('operator', () => ({
      transitions: [
        { group: 'system-read', event: { kind: 'completed' } },
        { group: 'alert-read', event: { kind: 'killed' } },
        { group: 'event-read', event: { kind: 'rolled_back', reason: 'errors' } },
      ],
    }));
    expect((await start(LEGACY)).said).toBe(
      'of 10 groups 1 killed, 1 on the domain path, 1 rolled back, 7 on the legacy path (npm run rollout -- status)',
    );
  });

  it('takes over changed plans without touching where the groups are', async () => {
    await start({});
    const slower = plans.map((plan) => ({ ...plan, stages: [{ percent: 100, bakeMs: 1 }] }));
    expect(await start({}, slower)).toMatchObject({ states: ['complete 100'] });
    expect([...(await store.load()).groups.values()][0]?.plan.stages).toHaveLength(1);
  });
});
