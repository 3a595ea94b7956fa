import { ArmMeter, OperationWatch, PathTotals } from '../../../src/application/rollout/evidence-recorder';
import { decide } from '../../../src/domain/rollout/decision';
import { DEFAULT_PLAN } from '../../../src/domain/rollout/rollout-plan';
import { callsOf, latencyBucket } from '../../../src/domain/shared/latency-histogram';
import { GROUP, rolloutSiteInMemory } from '../../support/rollout-site-in-memory';

describe('the policy of this process', () => {
  let site: ReturnType<typeof rolloutSiteInMemory>;
  beforeEach(async () => {
    site = rolloutSiteInMemory();
    await site.begin();
    await site.service.setPercent({ group: GROUP, percent: 100 });
    await site.install();
  });
  const decided = (effect: 'read' | 'write' = 'read') => {
    const snapshot = site.policy.snapshot();
    const group = snapshot.groups.get(GROUP);
    if (!group) throw new Error('the policy lost its group');
    const { path, reason } = decide(snapshot, group, effect, 'key', undefined);
    return `${path} ${reason}`;
  };

  it('decides by the stored rollout', async () => {
    expect([decided(), site.policy.revision]).toEqual(['domain static', 2]);
    await site.service.setPercent({ group: GROUP, percent: 0 });
    expect(decided()).toBe('domain static');
    await site.install();
    expect(decided()).toBe('legacy static');
    expect(site.policy.planOf(GROUP)?.stages).toHaveLength(2);
  });

  it('takes a group back at once, until its next stage entry', async () => {
    const { entry } = await site.state();
    site.policy.trip(GROUP, entry);
    expect([decided(), site.policy.takenBack()]).toEqual(['legacy tripped', [GROUP]]);
    await site.service.approve({ group: GROUP, reason: 'of no matter' }).catch(() => undefined);
    await site.install();
    expect(decided()).toBe('legacy tripped');
    await site.service.setPercent({ group: GROUP, percent: 100 });
    await site.install();
    expect([decided(), site.policy.takenBack()]).toEqual(['domain static', []]);
  });

  it('sends writes to legacy while nobody could stop it', () => {
    site.policy.setStale(true);
    expect([decided('write'), decided('read')]).toEqual(['legacy stale', 'domain static']);
    site.policy.setStale(false);
    expect(decided('write')).toBe('domain static');
  });

  it('keeps what was stopped stopped when the database has forgotten it, and says what was forgotten', async () => {
    const before = await site.store.load();
    await site.service.kill({ group: GROUP, reason: 'drill' });
    await site.install();
    const forgotten = site.policy.install(before);
    expect(forgotten).toMatchObject({ revision: before.revision + 1 });
    expect([decided(), site.policy.stateOf(GROUP)?.killed]).toEqual(['legacy killed', true]);
    expect(site.policy.install(before)).toBeUndefined();
  });
});

describe('the counts of an arm', () => {
  const where = { group: 'g', entry: 1, operation: 'o', arm: 'domain' } as const;

  it('begin at nothing again once they are taken', () => {
    const meter = new ArmMeter(0);
    expect(meter.take(where)).toBeUndefined();
    meter.count('ok', true);
    meter.time(latencyBucket(10));
    meter.count('reject', false);
    meter.count('failure', true);
    meter.countFallback();
    const taken = meter.take(where);
    expect(taken).toMatchObject({ ...where, n: 3, ok: 1, reject: 1, failure: 1, fallback: 1, drawn: 2 });
    expect(callsOf(taken?.histogram ?? {})).toBe(1);
    expect(meter.take(where)).toBeUndefined();
  });

  it('leave the times of the first calls of a process out', () => {
    const meter = new ArmMeter(2);
    for (let call = 1; call <= 3; call++) {
      meter.count('ok', false);
      meter.time(latencyBucket(call * 100));
    }
    expect(meter.take(where)).toMatchObject({ n: 3, histogram: { [latencyBucket(300)]: 1 } });
  });
});

describe('the totals of a path', () => {
  it('never begin again', () => {
    const totals = new PathTotals();
    totals.count('ok', latencyBucket(5));
    totals.total('o', 'domain');
    totals.count('failure', latencyBucket(5));
    expect(totals.total('o', 'domain')).toEqual({
      operation: 'o',
      path: 'domain',
      ok: 1,
      reject: 0,
      failure: 1,
      histogram: { [latencyBucket(5)]: 2 },
    });
  });
});

describe('the breaker of an operation', () => {
  it('raises each alarm once, attention before it trips', () => {
    const alarms: string[] = [];
    const alarm = (name: string) => (group: string, entry: number, operation: string) =>
      void alarms.push(`${name} ${group} ${entry} ${operation}`);
    const rules = () => DEFAULT_PLAN.rules;
    const watch = new OperationWatch('g', 3, 'o', { onTrip: alarm('trip'), onAttention: alarm('attention'), rules });
    for (let call = 0; call < 1_000; call++) watch.outcome(false);
    expect(alarms).toEqual([]);
    for (let call = 0; call < 50; call++) watch.outcome(true);
    expect(alarms).toEqual(['attention g 3 o', 'trip g 3 o']);
  });
});
