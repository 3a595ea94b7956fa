import { randomUUID } from 'node:crypto';
import type { EvidenceBatch, Mismatch, Sample, SampleMinute } from '../../src/application/rollout/evidence-store';
import { ALL_GROUPS, type Transition } from '../../src/application/rollout/rollout-store';
import { runInCall } from '../../src/application/shared/call-context';
import { AlertRule } from '../../src/domain/alerts/alert-rule';
import { readPlans } from '../../src/domain/rollout/rollout-plan';
import { STORE_SETS, storesForEach } from '../support/store-sets';

const [A, B, C] = [randomUUID(), randomUUID(), randomUUID()];
const { plans } = readPlans(null, ['record-read', 'event-read']);

describe.each(STORE_SETS)('the rollout in $where', ({ open }) => {
  const here = storesForEach(open);

  const change = (...transitions: Transition[]) => here.stores.rollout.change('li', () => ({ transitions }));
  const plan = () =>
    here.stores.rollout.change(null, () => ({
      transitions: [],
      plans: { all: plans, sha256: 'of the plans' },
      environment: { percent: 5 },
    }));
  const kill = (group: string): Transition => ({ group, event: { kind: 'killed' }, evidence: { reason: 'drill' } });

  it('makes no revision of a change that finds nothing to do', async () => {
    await plan();
    const { revision } = await here.stores.rollout.load();
    expect((await change()).document.revision).toBe(revision);
    expect((await here.stores.rollout.load()).revision).toBe(revision);
    expect((await change(kill('event-read'))).document.revision).toBe(revision + 1);
  });

  it('begins with nothing', async () => {
    expect(await here.stores.rollout.load()).toEqual({
      revision: 0,
      now: expect.any(Date),
      killed: false,
      planSha256: '',
      environment: {},
      groups: new Map(),
    });
    expect([await here.stores.rollout.events(undefined, 9, 0), await here.stores.rollout.instances()]).toEqual([
      [],
      [],
    ]);
    expect(await here.stores.rollout.isIntact()).toBe(true);
  });

  it('keeps plans and environment, and begins every group where nothing was asked for', async () => {
    const { document } = await plan();
    expect(document).toMatchObject({ revision: 1, planSha256: 'of the plans', environment: { percent: 5 } });
    const { groups } = await here.stores.rollout.load();
    expect([...groups.keys()]).toEqual(['event-read', 'record-read']);
    expect(groups.get('record-read')).toMatchObject({
      plan: { group: 'record-read', stages: plans[0]?.stages },
      state: { group: 'record-read', status: 'manual', effectiveBps: 0, entry: 0 },
    });
  });

  it('writes transitions with who asked and why, and what they make of a group', async () => {
    await plan();
    const cohort = { bps: 1_000, effectiveBps: 1_000, effectiveWhy: 'as asked', holdout: 0 };
    const { document, committedAt } = await runInCall({ requestId: 'r-1' }, () =>
      change(
        { group: 'record-read', event: { kind: 'percent_set', cohort, by: 'operator' }, evidence: { n: 1 } },
        kill('record-read'),
      ),
    );
    expect(document.groups.get('record-read')?.state).toMatchObject({
      bps: 1_000,
      killed: true,
      entry: 1,
      revision: 2,
    });
    expect(committedAt).toBeInstanceOf(Date);
    const { now: _, ...stored } = await here.stores.rollout.load();
    expect(document).toMatchObject(stored);
    const [first, second] = await here.stores.rollout.events('record-read', 9, 0);
    expect(first).toMatchObject({
      seq: 1,
      group: 'record-read',
      actor: 'li',
      requestId: 'r-1',
      revision: 2,
      event: { kind: 'percent_set', cohort },
      evidence: { n: 1 },
      prevHash: '',
    });
    expect(second).toMatchObject({ seq: 2, prevHash: first?.hash, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await here.stores.rollout.isIntact()).toBe(true);
  });

  it('switches all groups off and on by one event, which is told of each of them', async () => {
    await plan();
    expect((await change(kill(ALL_GROUPS))).document.killed).toBe(true);
    expect((await here.stores.rollout.load()).groups.get('event-read')?.state.killed).toBe(false);
    await change(kill('record-read'), { group: ALL_GROUPS, event: { kind: 'unkilled' } });
    expect((await here.stores.rollout.load()).killed).toBe(false);
    const kinds = async (group: string | undefined, limit = 9, after = 0) =>
      (await here.stores.rollout.events(group, limit, after)).map((e) => `${e.group} ${e.event.kind}`);
    expect(await kinds('event-read')).toEqual(['* killed', '* unkilled']);
    expect(await kinds(undefined, 2, 1)).toEqual(['record-read killed', '* unkilled']);
    expect((await here.stores.rollout.newestEvents(2)).map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('writes nothing where the decision is refused', async () => {
    await plan();
    const refused = here.stores.rollout.change('li', () => {
      throw new Error('changed meanwhile');
    });
    await expect(refused).rejects.toThrow('changed meanwhile');
    expect([(await here.stores.rollout.load()).revision, await here.stores.rollout.newestEvents(9)]).toEqual([1, []]);
  });

  it('decides one change after the other', async () => {
    await plan();
    const seen: number[] = [];
    const one = () =>
      here.stores.rollout.change(null, ({ revision }) => {
        seen.push(revision);
        return { transitions: [kill('record-read')] };
      });
    await Promise.all([one(), one(), one()]);
    expect(seen).toEqual([1, 2, 3]);
    expect((await here.stores.rollout.newestEvents(9)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await here.stores.rollout.isIntact()).toBe(true);
  });

  describe('the evidence', () => {
    const sample = (more: Partial<Sample> = {}): Sample => ({
      group: 'record-read',
      entry: 1,
      operation: 'records.violations',
      arm: 'domain',
      n: 4,
      ok: 2,
      reject: 1,
      failure: 1,
      fallback: 1,
      drawn: 3,
      histogram: { '5': 2, '9': 1 },
      ...more,
    });
    const batch = (number: number, samples: readonly Sample[] = [], compared = 0): EvidenceBatch => {
      const counts = { compared, noise: 1, mismatched: 0 };
      const about = { group: 'record-read', entry: 1, operation: 'records.violations' };
      return { number, samples, comparisons: compared > 0 ? [{ ...about, ...counts }] : [] };
    };
    const STAGE = { group: 'record-read', entry: 1 };

    it('sums up what all instances counted of one stage entry', async () => {
      await here.stores
        .evidence(A)
        .add(batch(1, [sample(), sample({ arm: 'control', n: 9 }), sample({ entry: 2 })], 5));
      await here.stores.evidence(B).add(batch(1, [sample({ histogram: { '9': 3 } })], 7));
      await here.stores.evidence(A).add(batch(2, [sample({ histogram: {} })]));
      const samples = await here.stores.evidence(C).samples(STAGE);
      expect(samples).toHaveLength(2);
      expect(samples).toContainEqual(
        sample({ n: 12, ok: 6, reject: 3, failure: 3, fallback: 3, drawn: 9, histogram: { '5': 2, '9': 4 } }),
      );
      expect(samples).toContainEqual(sample({ arm: 'control', n: 9 }));
      expect(await here.stores.evidence(C).comparisons(STAGE)).toEqual({ compared: 12, noise: 2, mismatched: 0 });
      expect(await here.stores.evidence(C).comparisons({ ...STAGE, entry: 9 })).toEqual({
        compared: 0,
        noise: 0,
        mismatched: 0,
      });
    });

    it('sums up what all instances counted of all operations of a group within a minute, by arm', async () => {
      const since = new Date(Date.now() - 120_000);
      await here.stores
        .evidence(A)
        .add(batch(1, [sample(), sample({ arm: 'control', n: 9, operation: 'records.one' })]));
      await here.stores
        .evidence(B)
        .add(batch(1, [sample({ entry: 2, histogram: { '9': 3 } }), sample({ group: 'x' })]));
      const found = await here.stores.evidence(C).minutes('record-read', since);
      const of = (wanted: string) => found.filter(({ arm }) => arm === wanted);
      const sum = (count: (minute: SampleMinute) => number, arm: string) =>
        of(arm).reduce((total, minute) => total + count(minute), 0);
      // The clock may have gone on to the next minute between the two.
      expect(of('domain').length).toBeLessThanOrEqual(2);
      expect([sum(({ n }) => n, 'domain'), sum(({ n }) => n, 'control')]).toEqual([8, 9]);
      expect([sum(({ failure }) => failure, 'domain'), sum(({ fallback }) => fallback, 'domain')]).toEqual([2, 2]);
      expect(sum(({ histogram }) => histogram['9'] ?? 0, 'domain')).toBe(4);
      expect(found.every(({ at }) => at.getTime() % 60_000 === 0)).toBe(true);
      expect(await here.stores.evidence(C).minutes('record-read', new Date(Date.now() + 60_000))).toEqual([]);
    });

    it('counts a batch that is sent twice once', async () => {
      const evidence = here.stores.evidence(A);
      await evidence.add(batch(1, [sample()], 5));
      await evidence.add(batch(1, [sample()], 5));
      expect(await evidence.samples(STAGE)).toEqual([sample()]);
      expect(await evidence.comparisons(STAGE)).toMatchObject({ compared: 5 });
    });

    it('keeps the newest hundred differences of a group', async () => {
      const evidence = here.stores.evidence(A);
      const mismatch = (entry: number, group = 'record-read'): Mismatch => ({
        group,
        entry,
        operation: 'records.violations',
        at: new Date('2030-01-01T00:00:00Z'),
        requestId: null,
        served: 'domain',
        pointers: [{ pointer: '/total', domain: 1, legacy: null }],
        input: { camera_id: 'gate' },
        answers: { domain: { total: 1 }, legacy: null },
      });
      await evidence.addMismatch(mismatch(0, 'event-read'));
      for (let entry = 1; entry <= 102; entry++) await evidence.addMismatch(mismatch(entry));
      const kept = await evidence.mismatches('record-read', 200);
      expect(kept.map(({ entry }) => entry)).toEqual(Array.from({ length: 100 }, (_, i) => 102 - i));
      expect(kept[0]).toEqual(mismatch(102));
      expect(await evidence.mismatches('event-read', 9)).toHaveLength(1);
    });
  });

  describe('verifications', () => {
    const ID = 'rollout-verify-1';
    const begin = (leaseSeconds = 60, violation = false, id = ID) =>
      here.stores.verifications.begin(id, 'record-read', { leaseSeconds, violation });

    it('are found until they are forgotten, with what they may write on', async () => {
      const view = await begin();
      expect(view).toEqual({
        id: ID,
        group: 'record-read',
        event_camera_id: `~${ID}`,
        violation_id: null,
        events: 0,
        expires_at: expect.stringMatching(/Z$/),
      });
      expect(await here.stores.verifications.find(ID)).toEqual(view);
      expect(await here.stores.verifications.find('other')).toBeUndefined();
    });

    it('lose all that carries their id, and nothing else', async () => {
      const { violation_id: own } = await begin(60, true);
      const rule = (created_by: string) =>
        AlertRule.register({ name: 'r', rule_type: 'camera_down', conditions: {}, created_by }, new Date());
      const [mine, other] = [await here.stores.rules.add(rule(ID)), await here.stores.rules.add(rule('li'))];
      await here.stores.desired.set(ID, 'running');
      await here.stores.desired.set('cam1', 'running');
      await here.stores.violations.change([own ?? 0], (v) => v.handle({ status: 'resolved' }, new Date()));
      await here.stores.verifications.clear(ID);
      expect([await here.stores.rules.get(mine), (await here.stores.rules.get(other))?.id]).toEqual([undefined, other]);
      expect(await here.stores.desired.all()).toEqual(new Map([['cam1', 'running']]));
      expect([await here.stores.violations.find(own ?? 0), await here.stores.violations.trail(own ?? 0)]).toEqual([
        undefined,
        [],
      ]);
      expect(await here.stores.verifications.find(ID)).toBeDefined();
    });

    it('are over when their time is, the longest over first', async () => {
      await begin(60, false, 'running');
      await begin(-1, false, 'late');
      await begin(-30, false, 'later');
      expect(await here.stores.verifications.expired()).toEqual(['later', 'late']);
    });

    it('end early when they are ended, and are forgotten once nothing of them can be under way', async () => {
      await begin();
      await begin(-30, false, 'old');
      await here.stores.verifications.expire(ID);
      const ended = await here.stores.verifications.find(ID);
      expect(Date.parse(ended?.expires_at ?? '')).toBeLessThanOrEqual(Date.now() + 5_000);
      for (const id of [ID, 'old']) await here.stores.verifications.forget(id);
      expect(await here.stores.verifications.find(ID)).toBeDefined();
      expect(await here.stores.verifications.find('old')).toBeUndefined();
    });
  });
});
