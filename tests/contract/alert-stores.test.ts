import type { DeliveryTarget } from '../../src/application/alerts/alert-channel';
import type { EvaluationStep } from '../../src/application/alerts/alert-evaluator';
import type { AlertView } from '../../src/application/alerts/alert-views';
import type { Claim } from '../../src/application/alerts/delivery-worker';
import { AlertRule } from '../../src/domain/alerts/alert-rule';
import type { StoredRuleState } from '../../src/domain/alerts/rule-evaluation';
import { DomainError } from '../../src/domain/shared/domain-error';
import type { JsonObject } from '../../src/domain/shared/json';
import { STORE_SETS, storesForEach } from '../support/store-sets';

const NOW = new Date('2030-01-01T00:00:00Z');
const PAGE = { limit: 100, offset: 0 };
const NOBODY_BUSY = { hosts: [], rules: [] };
const HOOK: DeliveryTarget = { channel: 'webhook', target: 'https://Hooks.example:8443/secret?x=1' };
const SOCKET: DeliveryTarget = { channel: 'websocket', target: '' };

const rule = (at: number, more: JsonObject = {}) =>
  AlertRule.register(
    { name: 'r', rule_type: 'violation_threshold', conditions: { threshold: 2 }, ...more },
    new Date(NOW.getTime() + at),
  );

const state = (ruleId: number, cameraId: string, threshold = 0): StoredRuleState => ({
  ruleId,
  cameraId,
  fingerprint: 'f',
  state: { of: 'violation_threshold', hits: [threshold], quiet: null } as unknown as StoredRuleState['state'],
});

/** Told now, unless said otherwise. */
const told = (
  cameraId: string,
  notices: readonly DeliveryTarget[] = [SOCKET],
  more: JsonObject = {},
  at = new Date(),
) => ({
  alert: { ruleId: 7, cameraId, type: 'no_detection', at, message: 'm', details: { kind: 'alert', ...more } },
  notices,
});

describe.each(STORE_SETS)('alerts in $where', ({ open }) => {
  const here = storesForEach(open);
  let version: number;
  beforeEach(() => {
    version = 0;
  });

  const step = (more: Partial<Omit<EvaluationStep, 'to'>> = {}, at = (version += 1)) =>
    here.stores.evaluation.commit({
      to: { version: at, eventSeq: 10 * at, cameraSeq: 0, evaluated: 1_000 * at },
      changed: [],
      deleted: [],
      alerts: [],
      ...more,
    });
  const history = async (query: object = {}) => (await here.stores.archive.page({ ...PAGE, ...query })).items;
  const claimOne = async (): Promise<Claim> => {
    const [claim] = await here.stores.deliveries.claim(1, NOBODY_BUSY);
    if (!claim) throw new Error('there was nothing to claim');
    return claim;
  };
  const attempt = (ok: boolean) => ({ at: NOW.toISOString(), ok, detail: ok ? 'taken' : 'refused', ms: 3 });

  describe('rules', () => {
    it('get ids of their own, and are listed newest first, by camera, by whether they are enabled, and by page', async () => {
      const { rules } = here.stores;
      const [a, b, c] = [
        await rules.add(rule(0, { camera_id: 'cam1' })),
        await rules.add(rule(2, { enabled: false })),
        await rules.add(rule(1)),
      ];
      const any = { cameraId: undefined, enabled: undefined };
      const ids = async (filter: object, limit = 9, offset = 0) =>
        (await rules.page({ ...any, ...filter }, limit, offset)).rules.map(({ id }) => id);
      expect(await ids({})).toEqual([b, c, a]);
      expect(await ids({ cameraId: 'cam1' })).toEqual([a]);
      expect(await ids({ enabled: false })).toEqual([b]);
      expect(await ids({}, 1, 1)).toEqual([c]);
      expect(await rules.page(any, 5, 9)).toEqual({ rules: [], total: 3 });
      expect((await rules.all()).map(({ id }) => id)).toEqual([a, b, c]);
    });

    it('are given back as they were stored', async () => {
      const wanted = rule(0, { recipients: ['a@b.example'], priority: 'high', created_by: 'qa' });
      const stored = await here.stores.rules.get(await here.stores.rules.add(wanted));
      expect(stored?.fields).toEqual(wanted.fields);
      expect(stored?.createdAt).toEqual(NOW);
      expect(await here.stores.rules.get(4040)).toBeUndefined();
    });

    it('change as decided on what is stored, or not at all', async () => {
      const id = await here.stores.rules.add(rule(0));
      const changed = await here.stores.rules.change(id, (before) => before.change({ name: 'new' }, NOW));
      expect(changed?.fields.name).toBe('new');
      const refusal = new DomainError('alert_rule.invalid', 'no');
      const refused = here.stores.rules.change(id, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect((await here.stores.rules.get(id))?.fields.name).toBe('new');
      expect(await here.stores.rules.change(4040, (before) => before)).toBeUndefined();
    });

    it('lose no change of several at once', async () => {
      const id = await here.stores.rules.add(rule(0));
      const patches: JsonObject[] = [{ name: 'new' }, { enabled: false }, { priority: 'high' }];
      await Promise.all(patches.map((patch) => here.stores.rules.change(id, (before) => before.change(patch, NOW))));
      expect((await here.stores.rules.get(id))?.fields).toMatchObject(Object.assign({}, ...patches));
    });

    it('are removed once', async () => {
      const id = await here.stores.rules.add(rule(0));
      expect([await here.stores.rules.remove(id), await here.stores.rules.remove(id)]).toEqual([true, false]);
      expect(await here.stores.rules.all()).toEqual([]);
    });
  });

  describe('the evaluation', () => {
    it('begins at nothing', async () => {
      expect(await here.stores.evaluation.load()).toEqual({
        cursor: { version: 0, eventSeq: 0, cameraSeq: 0, evaluated: 0 },
        states: [],
        cameras: new Map(),
      });
    });

    it('goes on where its last step was, with what its rules remember', async () => {
      await step({ changed: [state(1, 'cam1'), state(1, 'cam2'), state(2, 'cam1')] });
      await step({ changed: [state(1, 'cam1', 5)], deleted: [state(2, 'cam1')] });
      const { cursor, states } = await here.stores.evaluation.load();
      expect(cursor).toEqual({ version: 2, eventSeq: 20, cameraSeq: 0, evaluated: 2_000 });
      expect(states).toHaveLength(2);
      expect(states).toEqual(expect.arrayContaining([state(1, 'cam1', 5), state(1, 'cam2')]));
    });

    it('stores nothing of a step that somebody else took before', async () => {
      await step();
      expect(await step({ alerts: [told('cam1')], changed: [state(1, 'cam1')] }, 1)).toBe(false);
      expect([await history(), (await here.stores.evaluation.load()).states]).toEqual([[], []]);
    });

    it('tells a decision once, however often it is made', async () => {
      const at = new Date();
      const twice = [told('cam1', [SOCKET], { n: 1 }, at), told('cam1', [HOOK], { n: 2 }, at)];
      await step({ alerts: twice });
      await step({ alerts: [told('cam1', [HOOK], {}, at), told('cam2', [SOCKET, SOCKET], {}, at)] });
      const alerts = await history();
      expect(alerts.map((a) => [a.camera_id, a.details.n])).toEqual([
        ['cam2', undefined],
        ['cam1', 1],
      ]);
      const { items } = await here.stores.deliveries.page(PAGE);
      expect(items.map(({ alert_id, channel }) => [alert_id, channel])).toEqual(
        alerts.map(({ id }) => [id, 'websocket']),
      );
    });

    it('knows of the cameras what was noted up to where it read', async () => {
      const { cameraChanges, evaluation } = here.stores;
      await cameraChanges.note([{ cameraId: 'cam1', at: 1_000, condition: 'down' }], 1_500);
      await cameraChanges.note([{ cameraId: 'cam1', at: 2_000, condition: 'up' }], 2_500);
      await evaluation.commit({
        to: { version: 1, eventSeq: 0, cameraSeq: 1, evaluated: 0 },
        changed: [],
        deleted: [],
        alerts: [],
      });
      expect((await evaluation.load()).cameras).toEqual(new Map([['cam1', { condition: 'down', since: 1_000 }]]));
      expect(await cameraChanges.known()).toEqual({
        cameras: new Map([['cam1', { condition: 'up', since: 2_000 }]]),
        until: 2_500,
      });
    });
  });

  describe('the feed', () => {
    it('gives the changes of cameras in the order in which they were noted', async () => {
      await here.stores.cameraChanges.note(
        [
          { cameraId: 'cam1', at: 3_000, condition: 'down' },
          { cameraId: 'cam2', at: 1_000, condition: 'unwanted' },
        ],
        5_000,
      );
      const both = [
        { seq: 1, cameraId: 'cam1', at: 3_000, condition: 'down' },
        { seq: 2, cameraId: 'cam2', at: 1_000, condition: 'unwanted' },
      ];
      expect(await here.stores.feed.cameraChanges(0, 10)).toEqual(both);
      expect(await here.stores.feed.cameraChanges(1, 10)).toEqual(both.slice(1));
      expect(await here.stores.feed.cameraChanges(0, 1)).toEqual(both.slice(0, 1));
      expect(await here.stores.feed.storedCameraChanges(2_000)).toEqual(both.slice(1));
      expect((await here.stores.feed.ends()).watchedUntil).toBe(5_000);
    });

    it('gives events in the order in which they were ingested, with the violation that each is', async () => {
      const event = { externalId: null, type: 'NO_HAIRNET_AT_SINK', cameraId: 'cam1', trackId: 7 };
      const ts = Math.floor(Date.now() / 1_000) - 100;
      const first = { ...event, id: 'b0000000-0000-4000-8000-000000000001', ts, evidence: { label: 'red' } };
      const second = { ...event, id: 'b0000000-0000-4000-8000-000000000002', ts: ts - 50, trackId: null };
      await here.stores.intake.store({
        file: 'f',
        name: 'n',
        from: 0,
        to: 9,
        tail: 't',
        events: [
          { event: first },
          { event: { ...second, type: 'constructor', cameraId: 'cam2', evidence: { label: 1 } } },
        ],
        detections: [],
        verifications: new Map(),
        rejected: 0,
      });
      const fed = await here.stores.feed.events(0, 10);
      expect(fed).toEqual([
        {
          seq: 1,
          at: ts * 1_000,
          event: { cameraId: 'cam1', type: event.type, trackId: 7, violation: 'no_hairnet', label: 'red' },
        },
        {
          seq: 2,
          at: (ts - 50) * 1_000,
          event: expect.objectContaining({ type: 'constructor', trackId: null, violation: undefined }),
        },
      ]);
      expect(await here.stores.feed.events(1, 10)).toEqual(fed.slice(1));
      const span = { after: 0, from: (ts - 60) * 1_000, to: ts * 1_000, cameraId: undefined };
      expect(await here.stores.feed.stored(span, 10)).toEqual(fed);
      expect(await here.stores.feed.stored({ ...span, cameraId: 'cam1' }, 10)).toEqual(fed.slice(0, 1));
      expect(await here.stores.feed.stored({ ...span, to: ts * 1_000 - 1 }, 10)).toEqual(fed.slice(1));
    });
  });

  describe('the history', () => {
    it('lists alerts newest first, by camera, type and page, every key there', async () => {
      const now = Date.now();
      const ago = (ms: number) => new Date(now - ms);
      await step({ alerts: [told('cam1', [], {}, ago(5_000)), told('cam2', [], { count: 6 }, ago(1_000))] });
      await step({ alerts: [told('cam1', [], { kind: 'summary' }, ago(3_000))] });
      expect((await history()).map(({ id }) => id)).toEqual([2, 3, 1]);
      expect(await history({ camera_id: 'cam2' })).toEqual([
        {
          id: 2,
          rule_id: 7,
          camera_id: 'cam2',
          alert_type: 'no_detection',
          message: 'm',
          details: { kind: 'alert', count: 6 },
          notification_sent: false,
          notification_channels_used: null,
          timestamp: ago(1_000).toISOString(),
          status: 'open',
          acknowledged_at: null,
          acknowledged_by: null,
          resolved_at: null,
          resolved_by: null,
          note: null,
        },
      ]);
      expect(await history({ alert_type: 'camera_down' })).toEqual([]);
      expect(await here.stores.archive.page({ limit: 1, offset: 1 })).toMatchObject({
        count: 1,
        total: 3,
        items: [{ id: 3 }],
      });
    });

    it('counts what nobody took care of today: no summaries, nothing older, nothing handled', async () => {
      const yesterday = new Date(Date.now() - 86_500_000);
      const alerts = [told('a'), told('b', [], { kind: 'summary' }), told('c', [], {}, yesterday), told('d')];
      await step({ alerts });
      expect(await here.stores.archive.openOfToday()).toBe(2);
      await here.stores.archive.change(4, (alert) => alert.acknowledge({ by: null, note: null }, NOW));
      expect(await here.stores.archive.openOfToday()).toBe(1);
    });

    it('keeps who handled an alert first, and the last note', async () => {
      await step({ alerts: [told('cam1')] });
      const handle = (by: string, note: string | null, at: Date) =>
        here.stores.archive.change(1, (alert) => alert.acknowledge({ by, note }, at));
      await handle('li', 'seen', NOW);
      expect(await handle('wang', null, new Date())).toMatchObject({
        status: 'acknowledged',
        acknowledged_at: NOW.toISOString(),
        acknowledged_by: 'li',
        resolved_at: null,
        note: 'seen',
      } satisfies Partial<AlertView>);
    });

    it('stores every step of what people did', async () => {
      await step({ alerts: [told('cam1')] });
      await here.stores.archive.change(1, (alert) => alert.acknowledge({ by: 'li', note: 'seen' }, NOW));
      const later = new Date(NOW.getTime() + 1_000);
      const resolved = await here.stores.archive.change(1, (alert) => alert.resolve({ by: 'wang', note: null }, later));
      expect(resolved).toMatchObject({
        status: 'resolved',
        acknowledged_at: NOW.toISOString(),
        acknowledged_by: 'li',
        resolved_at: later.toISOString(),
        resolved_by: 'wang',
        note: 'seen',
      } satisfies Partial<AlertView>);
      expect(await history()).toEqual([resolved]);
    });

    it('refuses what is refused, and knows nothing of an unknown alert', async () => {
      await step({ alerts: [told('cam1')] });
      const refusal = new DomainError('alert.resolved', 'no');
      const refused = here.stores.archive.change(1, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect(await history()).toMatchObject([{ status: 'open', acknowledged_by: null }]);
      expect(await here.stores.archive.change(99, (alert) => alert)).toBeUndefined();
    });
  });

  describe('the outbox', () => {
    it('gives a delivery to one worker, with what is to be told', async () => {
      await step({ alerts: [told('cam1', [HOOK])] });
      const claim = await claimOne();
      expect(claim).toEqual({
        id: 1,
        lease: expect.stringMatching(/^[0-9a-f-]{36}$/),
        channel: 'webhook',
        target: HOOK.target,
        idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
        attempts: 1,
        notice: {
          id: 1,
          rule_id: 7,
          camera_id: 'cam1',
          alert_type: 'no_detection',
          timestamp: expect.stringMatching(/Z$/),
          message: 'm',
          details: { kind: 'alert' },
        },
      });
      expect(await here.stores.deliveries.claim(10, NOBODY_BUSY)).toEqual([]);
    });

    it('leaves for later what is of a busy receiver or a busy rule', async () => {
      await step({ alerts: [told('cam1', [HOOK, SOCKET])] });
      expect(await here.stores.deliveries.claim(10, { hosts: [], rules: [7] })).toEqual([]);
      const others = await here.stores.deliveries.claim(10, { hosts: ['hooks.example:8443'], rules: [8] });
      expect(others.map(({ channel }) => channel)).toEqual(['websocket']);
    });

    it('notes what was delivered, with the channel at the alert', async () => {
      await step({ alerts: [told('cam1', [HOOK, SOCKET])] });
      for (const claim of await here.stores.deliveries.claim(10, NOBODY_BUSY))
        await here.stores.deliveries.settle(claim, attempt(true), { status: 'delivered', waitMs: 0 });
      const [alert] = await history();
      expect(alert?.notification_sent).toBe(true);
      expect([...(alert?.notification_channels_used ?? [])].sort()).toEqual(['webhook', 'websocket']);
      expect(await here.stores.deliveries.page({ ...PAGE, status: 'delivered' })).toMatchObject({
        count: 2,
        items: [
          { id: 2, target: null, attempts: [attempt(true)], next_attempt_at: null, delivered_at: expect.any(String) },
          { id: 1, target: 'https://hooks.example:8443/***' },
        ],
      });
    });

    it('keeps a delivery that failed until it is due again', async () => {
      await step({ alerts: [told('cam1')] });
      await here.stores.deliveries.settle(await claimOne(), attempt(false), { status: 'queued', waitMs: 60_000 });
      expect(await here.stores.deliveries.claim(1, NOBODY_BUSY)).toEqual([]);
      expect((await here.stores.deliveries.page({ ...PAGE, alert_id: 1 })).items).toMatchObject([
        { status: 'queued', attempts: [attempt(false)], next_attempt_at: expect.any(String), delivered_at: null },
      ]);
      expect(await history()).toMatchObject([{ notification_sent: false, notification_channels_used: null }]);
    });

    it('counts the attempts of one that is due again at once', async () => {
      await step({ alerts: [told('cam1')] });
      const first = await claimOne();
      await here.stores.deliveries.settle(first, attempt(false), { status: 'queued', waitMs: 0 });
      const second = await claimOne();
      expect([second.attempts, second.idempotencyKey]).toEqual([2, first.idempotencyKey]);
      expect(second.lease).not.toBe(first.lease);
      // Its lease has deleted to somebody else.
      await here.stores.deliveries.settle(first, attempt(true), { status: 'delivered', waitMs: 0 });
      expect((await here.stores.deliveries.page(PAGE)).items).toMatchObject([
        { status: 'queued', attempts: [{ ok: false }] },
      ]);
    });

    it('queues again what was given up, under the same key, and nothing else', async () => {
      const revive = (id: number) => here.stores.deliveries.change(id, (delivery) => delivery.revive());
      await step({ alerts: [told('cam1')] });
      const claim = await claimOne();
      await expect(revive(1)).rejects.toMatchObject({ code: 'alert_delivery.not_dead' });
      await here.stores.deliveries.settle(claim, attempt(false), { status: 'dead', waitMs: 0 });
      expect(await here.stores.deliveries.claim(1, NOBODY_BUSY)).toEqual([]);
      expect(await revive(1)).toMatchObject({ status: 'queued' });
      expect(await claimOne()).toMatchObject({ attempts: 1, idempotencyKey: claim.idempotencyKey });
      expect(await revive(99)).toBeUndefined();
    });
  });

  describe('the watch of the site', () => {
    const sight = (service: string, since = 0) => ({
      service,
      parts: { disk: { status: 'degraded', looks: 3, since } },
      away: null,
    });
    const notice = (key: string) => ({
      key,
      type: 'site_disk',
      kind: 'alert' as const,
      priority: 'high' as const,
      at: new Date(),
      message: 'The disk is full.',
      details: { n: 1 },
    });

    it('begins with nothing told', async () => {
      expect(await here.stores.siteWatch('a').load()).toEqual({
        version: 0,
        watched: { parts: { parts: {}, awayUntil: 0 }, rollout: { seq: 0, told: {} } },
      });
    });

    it('shares what each service saw last', async () => {
      const [a, b] = [here.stores.siteWatch('a'), here.stores.siteWatch('b')];
      await b.publish(sight('two'));
      await a.publish(sight('one', 1));
      await a.publish({ ...sight('one', 2), away: { from: 1, to: 2 } });
      expect(await b.instances()).toEqual([{ ...sight('one', 2), away: { from: 1, to: 2 } }, sight('two')]);
    });

    it('tells a notice once, and stores nothing of a step that somebody else took', async () => {
      const [a, b] = [here.stores.siteWatch('a'), here.stores.siteWatch('b')];
      const to = { parts: { parts: {}, awayUntil: 5 }, rollout: { seq: 9, told: {} } };
      expect(await a.commit({ version: 0, to, notices: [notice('k')], by: [SOCKET] })).toBe(true);
      expect(await b.commit({ version: 0, to, notices: [notice('other')], by: [SOCKET] })).toBe(false);
      expect(await b.commit({ version: 1, to, notices: [notice('k')], by: [SOCKET] })).toBe(true);
      expect(await b.load()).toEqual({ version: 2, watched: to });
      expect(await history()).toMatchObject([
        { rule_id: null, camera_id: '*', alert_type: 'site_disk', details: { kind: 'alert', priority: 'high', n: 1 } },
      ]);
      expect((await here.stores.deliveries.page(PAGE)).total).toBe(1);
    });
  });
});
