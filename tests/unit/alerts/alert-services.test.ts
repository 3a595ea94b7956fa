import { type CallContext, runInCall } from '../../../src/application/shared/call-context';
import { AlertRule } from '../../../src/domain/alerts/alert-rule';
import { alertSiteInMemory } from '../../support/alert-site-in-memory';

const PAGE = { limit: 9, offset: 0 };
const RULE = {
  name: 'hairnets',
  rule_type: 'violation_threshold',
  conditions: { violation_type: 'no_hairnet', threshold: 2, duration_seconds: 60, cooldown_seconds: 0 },
};

let site: ReturnType<typeof alertSiteInMemory>;
beforeEach(() => {
  site = alertSiteInMemory();
});

describe('alert rules on the domain path', () => {
  const noted = async (work: () => Promise<unknown>) => {
    const context: CallContext = { requestId: 'r' };
    await runInCall(context, work);
    return context.changed;
  };

  it('are created, read, changed and removed, and the audit trail is told of what they were', async () => {
    expect(await noted(() => site.alerts.create(RULE))).toEqual({ rule_id: 1 });
    expect(await noted(() => site.alerts.update({ rule_id: 1, enabled: false }))).toEqual({
      rule_id: 1,
      before: { enabled: true },
      after: { enabled: false },
    });
    expect(await site.alerts.get({ rule_id: 1 })).toMatchObject({ name: 'hairnets', enabled: false });
    expect(await site.alerts.list(PAGE)).toMatchObject({ count: 1, total: 1, items: [{ id: 1 }] });
    expect(await noted(() => site.alerts.remove({ rule_id: 1 }))).toMatchObject({
      rule_id: 1,
      before: { enabled: false },
    });
    expect((await site.alerts.list(PAGE)).total).toBe(0);
  });

  it('are refused with every fault, and nothing is stored', async () => {
    await expect(site.alerts.create({ rule_type: 'odd', priority: 'x' })).rejects.toMatchObject({
      code: 'alert_rule.invalid',
      details: { faults: expect.arrayContaining([expect.objectContaining({ path: ['name'] })]) },
    });
    await site.alerts.create(RULE);
    const worse = site.alerts.update({ rule_id: 1, conditions: { threshold: 0 } });
    await expect(worse).rejects.toMatchObject({ code: 'alert_rule.invalid' });
    expect(await site.alerts.get({ rule_id: 1 })).toMatchObject({ conditions: RULE.conditions });
  });

  it('are not found where there are none', async () => {
    const unknown = { kind: 'not-found', code: 'alert_rule.not_found' };
    await expect(site.alerts.get({ rule_id: 9 })).rejects.toMatchObject(unknown);
    await expect(site.alerts.update({ rule_id: 9 })).rejects.toMatchObject(unknown);
    await expect(site.alerts.remove({ rule_id: 9 })).rejects.toMatchObject(unknown);
  });

  it('say what became of a write while the database is away', async () => {
    Object.assign(site.outage, { away: true, effect: 'unknown' });
    await expect(site.alerts.create(RULE)).rejects.toMatchObject({ code: 'database.unavailable', effect: 'unknown' });
    site.outage.away = false;
    expect((await site.alerts.history(PAGE)).total).toBe(0);
  });
});

describe('what people do about alerts', () => {
  const tell = (camera_id = 'cam1') =>
    site.rows.record([
      {
        key: camera_id,
        ruleId: 1,
        cameraId: camera_id,
        type: 'no_detection',
        at: site.clock(),
        message: 'm',
        details: {},
        notices: [{ channel: 'email', target: 'li@plant.example' }],
      },
    ]);

  it('acknowledges an alert, then resolves it, but does not acknowledge what is resolved', async () => {
    tell();
    expect(await site.handling.acknowledge({ alert_id: 1, by: 'li', note: 'on my way' })).toMatchObject({
      status: 'acknowledged',
      acknowledged_at: site.clock().toISOString(),
    });
    expect(await site.handling.resolve({ alert_id: 1, by: 'wang' })).toMatchObject({
      status: 'resolved',
      acknowledged_by: 'li',
      resolved_by: 'wang',
      note: 'on my way',
    });
    await expect(site.handling.acknowledge({ alert_id: 1 })).rejects.toMatchObject({ code: 'alert.resolved' });
    expect((await site.alerts.history(PAGE)).items).toMatchObject([{ status: 'resolved' }]);
  });

  it('acknowledges many at once, each on its own', async () => {
    for (const camera of ['cam1', 'cam2', 'cam3']) tell(camera);
    await site.handling.resolve({ alert_id: 2 });
    const { ok, results } = await site.handling.acknowledgeMany({ alert_ids: [1, 2, 3, 3, 9], by: 'li' });
    expect(ok).toBe(false);
    expect(results.map(({ id, code }) => [id, code])).toEqual([
      [1, null],
      [2, 'alert.resolved'],
      [3, null],
      [9, 'alert.not_found'],
    ]);
    expect(results[0]?.alert).toMatchObject({ id: 1, status: 'acknowledged', acknowledged_by: 'li' });
    const { items } = await site.alerts.history(PAGE);
    expect(Object.fromEntries(items.map(({ id, status }) => [id, status]))).toEqual({
      1: 'acknowledged',
      2: 'resolved',
      3: 'acknowledged',
    });
  });

  it('knows nothing of an unknown alert', async () => {
    await expect(site.handling.resolve({ alert_id: 9 })).rejects.toMatchObject({ code: 'alert.not_found' });
  });

  it('tries a delivery again that was given up, and no other', async () => {
    tell();
    await expect(site.handling.replay({ delivery_id: 9 })).rejects.toMatchObject({ code: 'alert_delivery.not_found' });
    await expect(site.handling.replay({ delivery_id: 1 })).rejects.toMatchObject({ code: 'alert_delivery.not_dead' });
    site.pass(1);
    const [claim] = await site.deliveries.claim(1, { hosts: [], rules: [] });
    if (!claim) throw new Error('there is nothing to deliver');
    await site.deliveries.settle(claim, { at: '', ok: false, detail: 'no', ms: 1 }, { status: 'dead', waitMs: 0 });
    expect(await site.handling.replay({ delivery_id: 1 })).toMatchObject({
      status: 'queued',
      attempts: [{ ok: false }],
    });
    expect(await site.handling.deliveries({ ...PAGE, status: 'queued' })).toMatchObject({ count: 1 });
  });

  it('shows what a rule would have told, over what is stored, and tells nobody', async () => {
    await site.alerts.create({ ...RULE, enabled: false });
    for (const minutes of [90, 30, 29.5, 5]) {
      site.see('NO_HAIRNET_AT_SINK', 'cam1', new Date(site.clock().getTime() - minutes * 60_000));
    }
    const run = await site.handling.test({ rule_id: 1, hours: 1 });
    expect(run).toMatchObject({ rule_id: 1, events: 3, count: 1, total: 1 });
    expect(run.alerts).toMatchObject([{ camera_id: 'cam1', timestamp: '2030-01-07T07:30:30.000Z' }]);
    expect([site.told(), (await site.alerts.get({ rule_id: 1 })).enabled]).toEqual([[], false]);
  });

  it('shows what a rule would tell before it is stored, and refuses one that could not be', async () => {
    for (const minutes of [30, 29.5, 5])
      site.see('NO_HAIRNET_AT_SINK', 'cam1', new Date(site.clock().getTime() - minutes * 60_000));
    const run = await site.handling.tryOut({ ...RULE, hours: 1 });
    expect(run).toMatchObject({ events: 3, count: 1, total: 1 });
    expect(run).not.toHaveProperty('rule_id');
    expect(await site.alerts.list(PAGE)).toMatchObject({ total: 0 });
    await expect(site.handling.tryOut({ ...RULE, conditions: { threshold: -1 }, hours: 1 })).rejects.toMatchObject({
      code: 'alert_rule.invalid',
    });
  });

  it('tries no rule that there is not, or that only the old backend knew', async () => {
    await expect(site.handling.test({ rule_id: 9, hours: 1 })).rejects.toMatchObject({ code: 'alert_rule.not_found' });
    const old = { name: 'old', rule_type: 'of the old backend', conditions: {}, enabled: true };
    site.rows.rules = [AlertRule.restore(1, old, site.clock(), site.clock())];
    await expect(site.handling.test({ rule_id: 1, hours: 1 })).rejects.toMatchObject({
      code: 'alert_rule.unknown_type',
    });
  });
});
