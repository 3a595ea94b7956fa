import { rolloutGroups } from '../../src/api/catalogue';
import { seedRollout } from '../../src/application/rollout/rollout-seeding';
import type { RolloutService } from '../../src/application/rollout/rollout-service';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { apply, initialState } from '../../src/domain/rollout/rollout-state';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const group = 'camera-config';
/** The service's clock is wrong in all of this: nothing of the rollout may depend on it. */
const AHEAD_MS = 86_400_000;
const refusal = (kind: string, code: string) => expect.objectContaining({ kind, code });

describe('the stored rollout', () => {
  let database: TestDatabase;
  let site: TestSite;
  let rollout: RolloutService;

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, clock: () => new Date(Date.now() + AHEAD_MS) });
    await site.modules.cameras.configuration.reconcile();
    rollout = site.modules.rollout.service;
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  const store = () => site.modules.rollout.store;
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
    const { now: _, ...before } = await store().load();
    await expect(rollout.promote({ group })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'rollout.evidence_missing',
      details: {
        extra: { missing: expect.arrayContaining([expect.objectContaining({ what: 'calls', have: 0, need: 344 })]) },
      },
    });
    expect(await store().load()).toMatchObject(before);
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
    expect((await rollout.overview()).groups.map((g) => g.group).sort()).toEqual([...rolloutGroups].sort());
  });

  it.each([
    ['an event was changed', `UPDATE rollout_events SET event = event || '{"reason":"another"}' WHERE seq = 10`],
    ['the evidence was changed', `UPDATE rollout_events SET evidence = '{}' WHERE seq = 10`],
    ['a time was changed', `UPDATE rollout_events SET at = at + interval '1 second' WHERE seq = 11`],
    ['an event was removed', 'DELETE FROM rollout_events WHERE seq = 10'],
    ['its end was cut off', 'DELETE FROM rollout_events WHERE seq >= 12'],
    ['all of it was removed', 'DELETE FROM rollout_events'],
  ])('shows when %s', async (_what, sql) => {
    await rollout.start({ group });
    await rollout.rollback({ group, reason: 'a smell' });
    expect((await rollout.events({ group, limit: 100, after: 0 })).intact).toBe(true);
    expect(await store().isIntact()).toBe(true);
    await site.modules.platform.database.query(sql, []);
    expect(await store().isIntact()).toBe(false);
    expect((await rollout.report({ lang: 'en', format: 'json' })).report).toMatchObject({ chain_intact: false });
    // Whatever happens next does not heal it.
    await rollout.kill({ group, reason: 'a smell' });
    expect(await store().isIntact()).toBe(false);
  });

  it('shows all of a long history, page by page, and the newest part of it in the report', async () => {
    const sql = site.modules.platform.database;
    for (let i = 0; i < 6; i++) await rollout.kill({ group, reason: `drill ${i}` });
    const seqs: number[] = [];
    for (let after = 0; ; after = seqs.at(-1) ?? 0) {
      const { events } = await rollout.events({ group, limit: 3, after });
      if (events.length === 0) break;
      expect(events.every((e) => e.group === group || e.group === '*')).toBe(true);
      seqs.push(...events.map(({ seq }) => seq));
    }
    const own = await sql.query<{ seq: string }>('SELECT seq FROM rollout_events WHERE group_name = $1 ORDER BY seq', [
      group,
    ]);
    expect(seqs).toEqual(own.map(({ seq }) => Number(seq)));
    const newest = await store().newestEvents(2);
    expect(newest.map(({ seq }) => seq)).toEqual(seqs.slice(-2));
  });

  it('goes on in time as the database sees it, whatever the clock of the service says', async () => {
    await rollout.start({ group });
    const { now, groups } = await store().load();
    const entered = Date.parse(String(groups.get(group)?.state.enteredAt));
    expect(Math.abs(now.getTime() - entered)).toBeLessThan(60_000);
  });

  it('lets the kill of a drill end by itself, and no other one', async () => {
    const lasting = 'system-read';
    await rollout.kill({ group: lasting, reason: 'a smell' });
    await rollout.kill({ group, reason: 'drill', for_seconds: 600 });
    const evaluator = site.modules.rollout.evaluator;
    await evaluator.evaluate();
    expect(await rollout.group({ group })).toMatchObject({ killed: true, killed_until: expect.stringMatching(/Z$/) });
    await site.modules.platform.database.query(
      `UPDATE rollout_groups SET state = jsonb_set(state, '{killedUntil}', to_jsonb('2020-01-01T00:00:00.000Z'::text)) WHERE group_name = $1`,
      [group],
    );
    await evaluator.evaluate();
    expect(await rollout.group({ group })).toMatchObject({ killed: false, killed_until: null });
    expect(await rollout.group({ group: lasting })).toMatchObject({ killed: true });
    expect((await store().newestEvents(1))[0]).toMatchObject({ group, event: { kind: 'unkilled' } });
    await expect(rollout.kill({ reason: 'all', for_seconds: 5 })).rejects.toEqual(
      refusal('invalid', 'rollout.kill_invalid'),
    );
  });

  it('holds a kill that the database has lost, and stores it again', async () => {
    const [policy, runtime] = [site.modules.rollout.policy, site.modules.rollout.breaker];
    const before = await store().load();
    await rollout.kill({ group, reason: 'a smell' });
    policy.install(await store().load());
    // A failover to a server that was behind.
    await site.modules.platform.database.transaction(async (sql) => {
      await sql.query('UPDATE rollout_control SET revision = $1', [before.revision]);
      await sql.query('UPDATE rollout_groups SET state = $1 WHERE group_name = $2', [
        JSON.stringify(before.groups.get(group)?.state),
        group,
      ]);
    });
    const forgotten = policy.install(await store().load());
    expect(policy.snapshot().groups.get(group)).toMatchObject({ killed: true });
    expect(forgotten).toBeDefined();
    runtime.forgot(forgotten!);
    await runtime.storePending();
    expect(site.log.lines).toContainEqual(expect.stringContaining('the rollout went back to an older revision'));
    const after = await store().load();
    expect(after.groups.get(group)?.state).toMatchObject({ killed: true });
    expect(policy.install(after)).toBeUndefined();
    await rollout.unkill({ group, reason: 'found' });
    policy.install(await store().load());
    expect(policy.snapshot().groups.get(group)).toMatchObject({ killed: false });
  });

  it('takes a new environment as an instruction, and leaves an unchanged one alone', async () => {
    const { plans } = readPlans(null, rolloutGroups);
    const seed = { useDomain: true, percent: 100 };
    await rollout.start({ group });
    const { revision } = await store().load();
    expect(await seedRollout(store(), plans, { instruction: seed })).toBe('stored');
    expect((await store().load()).revision).toBe(revision);
    expect(await seedRollout(store(), plans, { instruction: { ...seed, percent: 30 } })).toBe('instructed');
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
