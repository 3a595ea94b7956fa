import { keys } from '../../src/container';
import { seedRollout } from '../../src/application/rollout/rollout-seeding';
import { apply, initialState } from '../../src/domain/rollout/rollout-state';
import { isChain } from '../../src/application/rollout/rollout-views';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { rolloutGroups } from '../../src/api/catalogue';
import type { RolloutPort } from '../../src/application/rollout/rollout-port';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const group = 'camera-config';
const refusal = (kind: string, code: string) => expect.objectContaining({ kind, code });

describe('the stored rollout', () => {
  let database: TestDatabase;
  let site: TestSite;
  let rollout: RolloutPort;

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.container.resolve(keys.configuration).settle();
    rollout = site.container.resolve(keys.rollout);
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  const store = () => site.container.resolve(keys.rolloutStore);
  const replayed = async () => {
    const events = await store().events(group, 1000, 0);
    return events.reduce(
      (s, { event, at, actor, revision }) => apply(s, event, at, actor, revision),
      initialState(group),
    );
  };

  it('is the fold of its events, through every kind of step', async () => {
    await rollout.start({ group });
    await rollout.pause({ group });
    await rollout.resume({ group });
    await rollout.approve({ group, reason: 'seen in the laboratory' });
    await rollout.rollback({ group, reason: 'a smell' });
    await rollout.resume({ group });
    await rollout.kill({ reason: 'drill', group });
    await rollout.unkill({ reason: 'drill', group });
    await rollout.verified({ group, passed: true, report: { calls: 118 } });
    const { groups } = await store().load();
    expect(await replayed()).toEqual(groups.get(group)?.state);
    expect(groups.get(group)?.state).toMatchObject({ status: 'running', stage: 0, verified: true, killed: false });
  });

  it('never leaves the cohort of a site with two cameras empty', async () => {
    const { effective_percent, effective_why, seed } = await rollout.start({ group });
    expect(effective_percent).toBeGreaterThan(0);
    expect(seed).toBeGreaterThan(0);
    if (effective_percent > 10) expect(effective_why).toMatch(/raised from 10 % so that 1 of 2 keys/);
  });

  it('refuses a promotion that lacks evidence, names what is missing, and changes nothing', async () => {
    await rollout.start({ group });
    const before = await store().load();
    await expect(rollout.promote({ group })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'rollout.evidence_missing',
      details: {
        extra: { missing: expect.arrayContaining([expect.objectContaining({ what: 'calls', have: 0, need: 344 })]) },
      },
    });
    expect(await store().load()).toEqual(before);
  });

  it('lets one of two people who act at the same time have their way; the other is told', async () => {
    await rollout.start({ group });
    const both = await Promise.allSettled([rollout.pause({ group }), rollout.pause({ group })]);
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((r) => r.status === 'rejected')).toMatchObject({ reason: { kind: 'conflict' } });
  });

  it('knows its groups', async () => {
    await expect(rollout.start({ group: 'nope' })).rejects.toEqual(refusal('not-found', 'rollout.group_not_found'));
    await expect(rollout.kill({ reason: 'x', group: 'nope' })).rejects.toEqual(
      refusal('not-found', 'rollout.group_not_found'),
    );
    expect((await rollout.overview({})).groups.map((g) => g.group).sort()).toEqual([...rolloutGroups].sort());
  });

  it.each([
    ['an event was changed', `UPDATE rollout_events SET event = event || '{"reason":"another"}' WHERE seq = 10`],
    ['the evidence was changed', `UPDATE rollout_events SET evidence = '{}' WHERE seq = 10`],
    ['a time was changed', `UPDATE rollout_events SET at = at + interval '1 second' WHERE seq = 11`],
    ['an event was removed', 'DELETE FROM rollout_events WHERE seq = 10'],
  ])('shows when %s', async (_what, sql) => {
    await rollout.start({ group });
    await rollout.rollback({ group, reason: 'a smell' });
    expect((await rollout.events({ group, limit: 100, after: 0 })).intact).toBe(true);
    await site.container.resolve(keys.database).query(sql, []);
    expect((await rollout.events({ group, limit: 100, after: 0 })).intact).toBe(false);
    expect(isChain(await store().events(undefined, 100, 0))).toBe(false);
  });

  it('takes a new environment as an instruction, and leaves an unchanged one alone', async () => {
    const { plans } = readPlans(null, rolloutGroups);
    const seed = { useDomain: true, percent: 100 };
    await rollout.start({ group });
    const { revision } = await store().load();
    await seedRollout(store(), plans, seed);
    expect((await store().load()).revision).toBe(revision);
    await seedRollout(store(), plans, { ...seed, percent: 30 });
    const { groups } = await store().load();
    expect(groups.get(group)?.state).toMatchObject({ status: 'manual', bps: 3000, effectiveBps: 3000 });
    expect((await store().events(group, 100, 0)).at(-1)).toMatchObject({
      actor: 'environment',
      event: { kind: 'percent_set' },
    });
  });

  it('cannot be reported as complete while a stage is open', async () => {
    await rollout.start({ group });
    for (const lang of ['en', 'zh'] as const) {
      const { report } = await rollout.report({ lang, format: 'md' });
      expect(String(report)).toContain(lang === 'en' ? 'The rollout is not complete.' : '灰度发布尚未完成');
      expect(String(report)).not.toMatch(/rollout is complete|已全部完成/);
    }
    expect((await rollout.report({ lang: 'en', format: 'json' })).report).toMatchObject({
      complete: false,
      chain_intact: true,
    });
  });
});
