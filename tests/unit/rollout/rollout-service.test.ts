import { runInCall } from '../../../src/application/shared/call-context';
import { latencyBucket } from '../../../src/domain/shared/latency-histogram';
import { GROUP, READ, rolloutSiteInMemory } from '../../support/rollout-site-in-memory';

const MINUTE = 60_000;
const COMPARED = { group: GROUP, operation: READ.id, compared: 10, noise: 1, mismatched: 0 };

let site: ReturnType<typeof rolloutSiteInMemory>;
beforeEach(async () => {
  site = rolloutSiteInMemory();
  await site.begin();
});

const fast = (n: number) => ({ n, ok: n, drawn: n, histogram: { [latencyBucket(10)]: n } });
/** Everything that a stage has to prove, but its time. */
const prove = async (calls = 1_000) => {
  const { entry } = await site.state();
  await site.count('domain', fast(calls), { comparisons: [{ ...COMPARED, entry }] });
  await site.count('control', fast(1_000));
};

/** The stage has lasted as long as it should, and an instance lives that knows everything. */
const ripen = () => {
  site.pass(MINUTE);
  site.heartbeat('one', 1_000);
};

describe('the evidence of a stage', () => {
  it('is that of all instances, with the control as the measure of time', async () => {
    await site.service.start({ group: GROUP });
    await site.count('domain', { ...fast(300), n: 310, failure: 10, fallback: 4 });
    await site.count('control', fast(300));
    site.heartbeat('gone', 2);
    site.pass(MINUTE);
    site.heartbeat('one', 2);
    site.heartbeat('behind', 1);
    const { document } = await site.store.change(null, () => ({ transitions: [] }));
    const found = document.groups.get(GROUP);
    if (!found) throw new Error('the group is gone');
    const { evidence } = await site.collector.collect(found.state, found.plan, 2, site.clock());
    expect(evidence).toMatchObject({
      activeMs: MINUTE,
      instances: { confirmed: 1, alive: 2 },
      share: { domain: 300, drawn: 600, expectedBps: 5_000 },
    });
    expect(evidence.operations).toMatchObject([
      { operation: READ.id, domain: { n: 310, failure: 10, fallback: 4, timed: 300, slow50: 0 }, limits: { n: 300 } },
    ]);
  });

  it('has no limits of time while the control has too few calls', async () => {
    await site.service.start({ group: GROUP });
    await site.count('control', fast(199));
    const found = (await site.store.load()).groups.get(GROUP);
    if (!found) throw new Error('the group is gone');
    const { evidence } = await site.collector.collect(found.state, found.plan, 1, site.clock());
    expect(evidence.operations[0]).not.toHaveProperty('limits');
    expect(evidence.operations[0]?.control).toMatchObject({ n: 199, timed: 0 });
  });
});

describe('the last minutes of a group', () => {
  it('are shown by arm, with the share of each', async () => {
    await site.service.start({ group: GROUP });
    await site.count('domain', { ...fast(100), n: 110, failure: 10, fallback: 4 });
    await site.count('control', fast(330));
    const { points } = await site.service.series({ group: GROUP, minutes: 60 });
    expect(points.map(({ arm }) => arm).sort()).toEqual(['control', 'domain']);
    const domain = points.find(({ arm }) => arm === 'domain');
    expect(domain).toMatchObject({ calls: 110, errors: 10, fallbacks: 4, share: 0.25 });
    expect(domain?.p50_ms).toBeGreaterThan(0);
    expect(domain?.p95_ms).toBeGreaterThanOrEqual(domain?.p50_ms ?? Infinity);
    await expect(site.service.series({ group: 'none', minutes: 60 })).rejects.toMatchObject({
      code: 'rollout.group_not_found',
    });
  });
});

describe('a command', () => {
  it.each(['start', 'pause', 'resume', 'promote'] as const)(
    '%s keeps why in the history, if somebody says it',
    async (name) => {
      if (name !== 'start') await site.service.start({ group: GROUP });
      if (name === 'resume') await site.service.pause({ group: GROUP });
      if (name === 'promote') {
        await prove();
        ripen();
      }
      await site.service[name]({ group: GROUP, reason: 'the shift asked for it' });
      expect(site.memory.stored.at(-1)?.evidence).toMatchObject({ reason: 'the shift asked for it' });
    },
  );
});

describe('the evaluator', () => {
  const evaluate = (leads = true) => site.evaluator(leads).evaluate();

  it('promotes a stage whose evidence is complete, and completes the last one', async () => {
    await site.service.start({ group: GROUP });
    await prove();
    await evaluate();
    expect(site.kinds()).toEqual(['stage_entered']);
    ripen();
    await evaluate();
    expect(await site.state()).toMatchObject({ stage: 1, effectiveBps: 10_000, entry: 2 });
    await evaluate();
    // All but the twentieth that is held out as control.
    await prove(19_000);
    ripen();
    await evaluate();
    expect(await site.state()).toMatchObject({ status: 'complete' });
    expect(site.memory.stored.at(-1)?.evidence).toMatchObject({ action: 'promote', comparisons: 10 });
  });

  it('rolls back what fails, with every number in the reason', async () => {
    await site.service.start({ group: GROUP });
    await site.count('domain', { n: 500, ok: 300, failure: 200 });
    await evaluate();
    expect((await site.state()).tripReason).toMatch(/^records\.violations error_rate 0\.4 \(limit 0\.05, n 500\)/);
    await evaluate();
    expect(site.kinds()).toEqual(['stage_entered', 'rolled_back']);
  });

  it('asks for attention once, and ends that only when it is calm', async () => {
    await site.service.start({ group: GROUP });
    await site.count('domain', { n: 2_000, ok: 1_940, failure: 60 });
    await evaluate();
    await evaluate();
    expect(site.kinds()).toEqual(['stage_entered', 'attention']);
    await site.count('domain', { n: 40_000, ok: 40_000 });
    await evaluate();
    expect((await site.state()).attention).toBeNull();
  });

  it('does nothing while another instance evaluates, nor with a group that is not running', async () => {
    await site.service.start({ group: GROUP });
    await prove();
    ripen();
    await evaluate(false);
    await site.service.pause({ group: GROUP });
    await evaluate();
    expect(site.kinds()).toEqual(['stage_entered', 'paused']);
  });

  it('leaves a group alone that somebody changed this very moment', async () => {
    await site.service.start({ group: GROUP });
    await prove();
    ripen();
    const collect = site.collector.collect.bind(site.collector);
    site.collector.collect = async (...input) => {
      const collected = await collect(...input);
      await site.store.change('li', () => ({ transitions: [{ group: GROUP, event: { kind: 'paused' } }] }));
      return collected;
    };
    await evaluate();
    expect(site.kinds()).toEqual(['stage_entered', 'paused']);
  });

  it('ends a kill whose time is over', async () => {
    await site.service.kill({ group: GROUP, reason: 'drill', for_seconds: 30 });
    await evaluate();
    expect((await site.state()).killed).toBe(true);
    site.pass(30_000);
    await evaluate();
    expect((await site.state()).killed).toBe(false);
  });
});

describe('the rollout as operators steer it', () => {
  it('shows a group with its plan, its evidence and what is missing', async () => {
    const overview = await site.service.start({ group: GROUP });
    expect(overview).toMatchObject({
      group: GROUP,
      status: 'running',
      stage: 1,
      stages: [{ percent: 10, bake_ms: MINUTE }, { percent: 100 }],
      percent: 10,
      operations: [READ.id],
      verdict: { action: 'hold' },
    });
    expect(await site.service.group({ group: GROUP })).toEqual(overview);
    expect(await site.service.overview()).toMatchObject({ killed: false, groups: [{ group: GROUP }] });
  });

  it('promotes by hand only what is proven or approved', async () => {
    await site.service.start({ group: GROUP });
    await expect(site.service.promote({ group: GROUP })).rejects.toMatchObject({
      code: 'rollout.evidence_missing',
      details: { extra: { missing: expect.arrayContaining([expect.objectContaining({ what: 'bake' })]) } },
    });
    await prove();
    ripen();
    expect(await site.service.promote({ group: GROUP })).toMatchObject({ stage: 2, percent: 100 });
  });

  it('refuses a command that makes no sense now, and an unknown group', async () => {
    await expect(site.service.pause({ group: GROUP })).rejects.toMatchObject({ code: 'rollout.not_running' });
    const unknown = { kind: 'not-found', code: 'rollout.group_not_found' };
    await expect(site.service.start({ group: 'odd' })).rejects.toMatchObject(unknown);
    await expect(site.service.events({ group: 'odd', limit: 1, after: 0 })).rejects.toMatchObject(unknown);
    await expect(site.service.kill({ group: 'odd', reason: 'x' })).rejects.toMatchObject(unknown);
    expect(site.kinds()).toEqual([]);
  });

  it('refuses a command that was decided on what somebody has changed meanwhile', async () => {
    await site.service.start({ group: GROUP });
    const both = await Promise.allSettled([
      site.service.pause({ group: GROUP }),
      site.service.rollback({ group: GROUP, reason: 'x' }),
    ]);
    expect(both).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { kind: 'conflict', code: 'rollout.changed' } },
    ]);
  });

  it('says who asked, and with what reason', async () => {
    await runInCall({ requestId: 'r-1', actor: 'li' }, () => site.service.setPercent({ group: GROUP, percent: 5 }));
    await site.service.rollback({ group: GROUP, reason: 'it is slow' });
    const { events, intact } = await site.service.events({ group: GROUP, limit: 9, after: 0 });
    expect(events).toMatchObject([
      { seq: 1, actor: 'li', request_id: 'r-1', event: { kind: 'percent_set', by: 'operator' } },
      { seq: 2, actor: 'operator', event: { reason: 'it is slow' } },
    ]);
    expect(intact).toBe(true);
  });

  it('answers a kill with who has confirmed it, and waits for those that live', async () => {
    site.heartbeat('one', 2);
    site.heartbeat('two', 1);
    site.whileWaiting.happens = () => {
      site.pass(40);
      site.heartbeat('two', 2);
    };
    expect(await site.service.kill({ group: GROUP, reason: 'drill' })).toMatchObject({
      killed: true,
      revision: 2,
      applied: 2,
      of: 2,
      slowest_ms: 40,
      instances: [
        { name: 'one', confirmed: true, ms: 0 },
        { name: 'two', confirmed: true, ms: 40 },
      ],
    });
    site.heartbeat('one', 3);
    site.whileWaiting.happens = () => site.heartbeat('two', 3);
    expect(await site.service.unkill({ group: GROUP, reason: 'over' })).toMatchObject({ killed: false, applied: 2 });
  });

  it('lets only the kill of one group end by itself', async () => {
    await expect(site.service.kill({ reason: 'x', for_seconds: 5 })).rejects.toMatchObject({
      code: 'rollout.kill_invalid',
    });
  });

  it('verifies no group that is killed, and keeps what a verification found', async () => {
    const { id } = await site.service.beginVerification({ group: GROUP, lease_seconds: 60 });
    expect(await site.service.verification({ verification_id: id })).toMatchObject({ group: GROUP });
    expect(await site.service.endVerification({ verification_id: id })).toEqual({ status: 'success' });
    expect(await site.service.verified({ group: GROUP, passed: false, report: { n: 1 } })).toMatchObject({
      verified: false,
    });
    await site.service.kill({ reason: 'drill' });
    await expect(site.service.beginVerification({ group: GROUP, lease_seconds: 60 })).rejects.toMatchObject({
      code: 'rollout.killed',
    });
  });

  it('reports in both languages whether the chain of its events is intact', async () => {
    await site.service.start({ group: GROUP });
    const report = async (lang: 'en' | 'zh') => String((await site.service.report({ lang, format: 'md' })).report);
    expect(await report('en')).toContain('The event chain is intact.');
    const [first] = site.memory.stored;
    if (!first) throw new Error('nothing was stored');
    site.memory.stored[0] = { ...first, actor: 'somebody else' };
    expect(await report('en')).toContain('The event chain is broken');
    expect(await report('zh')).toContain('事件链已损坏');
    expect(await site.service.report({ lang: 'en', format: 'json' })).toMatchObject({
      report: { complete: false, chain_intact: false, history: [{ kind: 'stage_entered' }] },
    });
  });

  it('changes nothing while the database is away', async () => {
    site.outage.away = true;
    await expect(site.service.start({ group: GROUP })).rejects.toMatchObject({ code: 'database.unavailable' });
    await expect(site.service.kill({ reason: 'x' })).rejects.toMatchObject({ code: 'database.unavailable' });
    site.outage.away = false;
    expect(site.kinds()).toEqual([]);
  });
});
