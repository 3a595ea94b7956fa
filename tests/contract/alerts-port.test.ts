import type { AlertsPort } from '../../src/application/alerts/alerts-port';
import type { Site } from '../../src/composition/site';
import type { JsonObject } from '../../src/domain/shared/json';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const refusal = (kind: string, code: string) => expect.objectContaining({ kind, code });
const PAGE = { limit: 100, offset: 0 };
const RULE = { name: '测试规则', rule_type: 'violation', conditions: { threshold: 5 } };

interface Implementation {
  readonly name: string;
  readonly port: (site: Site) => AlertsPort;
}

const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: 'AlertRuleService', port: (site: Site) => site.alerts.domain },
  { name: 'LegacyAlerts', port: (site: Site) => site.legacy.alerts },
];

describe.each(IMPLEMENTATIONS)('AlertsPort by $name', ({ port }) => {
  let database: TestDatabase;
  let site: TestSite;
  let alerts: AlertsPort;
  let now: Date;

  beforeEach(async () => {
    database = await createTestDatabase();
    now = new Date('2030-01-01T00:00:00.000Z');
    site = await testSite({ databaseUrl: database.url, clock: () => now });
    alerts = port(site.modules);
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  const create = async (fields: JsonObject = {}): Promise<number> => {
    now = new Date(now.getTime() + 1_000);
    return (await alerts.create({ ...RULE, ...fields })).id;
  };
  const tell = async (camera: string, at: string, more: JsonObject = {}) => {
    const columns = { rule_id: null, alert_type: 'no_detection', message: null, details: null, ...more };
    await site.modules.platform.database.query(
      `INSERT INTO alert_history (camera_id, timestamp, rule_id, alert_type, message, details) VALUES ($1, $2, $3, $4, $5, $6)`,
      [camera, at, columns.rule_id, columns.alert_type, columns.message, columns.details],
    );
  };

  it('begins with the two rules that every site has', async () => {
    const { count, total, items } = await alerts.list(PAGE);
    expect([count, total]).toEqual([2, 2]);
    expect(items.find((r) => r.rule_type === 'violation_threshold')).toMatchObject({
      camera_id: null,
      conditions: { violation_type: 'no_hairnet', threshold: 5, duration_minutes: 10 },
      notification_channels: ['websocket'],
      enabled: true,
    });
    expect(items.find((r) => r.rule_type === 'continuous_violation')).toMatchObject({
      conditions: { violation_type: 'no_handwash', duration_seconds: 30, min_detections: 3 },
    });
  });

  it('creates a rule from a name, a type and conditions, and answers it with every key', async () => {
    const id = await create();
    expect(await alerts.get({ rule_id: id })).toEqual({
      id,
      name: '测试规则',
      camera_id: null,
      rule_type: 'violation_threshold',
      conditions: { threshold: 5 },
      notification_channels: ['websocket'],
      recipients: null,
      enabled: true,
      priority: 'medium',
      created_at: '2030-01-01T00:00:01.000Z',
      updated_at: '2030-01-01T00:00:01.000Z',
      created_by: null,
    });
  });

  it('keeps everything a rule may have', async () => {
    const schedule = { weekdays: ['mon'], from: '08:00', to: '17:00', time_zone: 'Europe/Berlin' };
    const full = {
      name: 'full',
      camera_id: 'cam1',
      rule_type: 'violation_threshold',
      conditions: { threshold: 2, labels: ['SKIP_DRYING'], duration_seconds: 5, schedule, cooldown_seconds: 0 },
      notification_channels: ['email', 'webhook'],
      recipients: ['shift@plant.example', 'https://hooks.example/x?y=1'],
      enabled: false,
      priority: 'critical',
      created_by: 'qa',
    };
    expect(await alerts.get({ rule_id: await create(full) })).toMatchObject(full);
  });

  it('names every fault of a new rule at once and stores nothing', async () => {
    const bad = { rule_type: 'odd', conditions: [], priority: 'x', recipients: ['x'], fields: 1 };
    const paths = [['name'], ['rule_type'], ['conditions'], ['priority'], ['recipients', 0], ['fields']];
    await expect(alerts.create(bad)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'alert_rule.invalid',
      details: { faults: expect.arrayContaining(paths.map((path) => expect.objectContaining({ path }))) },
    });
    expect((await alerts.list(PAGE)).total).toBe(2);
  });

  it('lists rules newest first, by camera, by whether they are enabled, and by page', async () => {
    const [a, b, c] = [await create({ camera_id: 'cam1' }), await create({ enabled: false }), await create()];
    const ids = async (query: object) => (await alerts.list({ ...PAGE, ...query })).items.map((r) => r.id);
    expect((await ids({})).filter((id) => [a, b, c].includes(id))).toEqual([c, b, a]);
    expect(await ids({ camera_id: 'cam1' })).toEqual([a]);
    expect(await ids({ camera_id: 'nope' })).toEqual([]);
    expect(await ids({ enabled: false })).toEqual([b]);
    expect(await alerts.list({ limit: 1, offset: 1 })).toMatchObject({ count: 1, total: 5, items: [{ id: b }] });
    expect(await alerts.list({ limit: 5, offset: 9 })).toEqual({ count: 0, total: 5, items: [] });
  });

  it('changes only what is sent, and says when', async () => {
    const id = await create({ recipients: ['a@b.example'] });
    now = new Date('2030-02-01T00:00:00.000Z');
    expect(await alerts.update({ rule_id: id, enabled: false })).toEqual({ ok: true });
    expect(await alerts.get({ rule_id: id })).toMatchObject({
      enabled: false,
      recipients: ['a@b.example'],
      created_at: '2030-01-01T00:00:01.000Z',
      updated_at: '2030-02-01T00:00:00.000Z',
    });
  });

  it('takes an answer sent back, and an empty change, as no change', async () => {
    const id = await create({ camera_id: 'cam1' });
    const before = await alerts.get({ rule_id: id });
    now = new Date('2030-02-01T00:00:00.000Z');
    const { id: _, ...answer } = before;
    await alerts.update({ rule_id: id, ...(answer as unknown as JsonObject) });
    await alerts.update({ rule_id: id });
    expect(await alerts.get({ rule_id: id })).toEqual(before);
  });

  it('loses none of many changes at once', async () => {
    const id = await create();
    const changes: JsonObject[] = [{ name: 'new' }, { enabled: false }, { priority: 'high' }, { camera_id: 'cam1' }];
    await Promise.all(changes.map((change) => alerts.update({ rule_id: id, ...change })));
    expect(await alerts.get({ rule_id: id })).toMatchObject(Object.assign({}, ...changes));
  });

  it('refuses a change that breaks a rule, and changes nothing', async () => {
    const id = await create();
    const before = await alerts.get({ rule_id: id });
    const bad = alerts.update({ rule_id: id, name: 'x', conditions: { threshold: 0 } });
    await expect(bad).rejects.toMatchObject({ details: { faults: [{ path: ['conditions', 'threshold'] }] } });
    expect(await alerts.get({ rule_id: id })).toEqual(before);
  });

  it('knows nothing of an unknown rule', async () => {
    const unknown = refusal('not-found', 'alert_rule.not_found');
    await expect(alerts.get({ rule_id: 4040 })).rejects.toEqual(unknown);
    await expect(alerts.update({ rule_id: 4040, enabled: false })).rejects.toEqual(unknown);
    await expect(alerts.update({ rule_id: 4040 })).rejects.toEqual(unknown);
    await expect(alerts.remove({ rule_id: 4040 })).rejects.toEqual(unknown);
  });

  it('removes a rule, once; what it told stays', async () => {
    const id = await create();
    await tell('cam1', '2030-01-01T00:00:00Z', { rule_id: id });
    expect(await alerts.remove({ rule_id: id })).toEqual({ ok: true });
    await expect(alerts.remove({ rule_id: id })).rejects.toEqual(refusal('not-found', 'alert_rule.not_found'));
    expect((await alerts.history(PAGE)).items).toMatchObject([{ rule_id: id, camera_id: 'cam1' }]);
  });

  it('answers the history newest first, every key there, by camera, type and page', async () => {
    await tell('cam1', '2025-11-03T21:40:00.010001Z');
    await tell('cam2', '2025-11-04T08:02:11.5Z', { alert_type: 'camera_down', message: 'm', details: { count: 6 } });
    await tell('cam1', '2025-11-04T08:02:11.4Z');
    const { items, count, total } = await alerts.history(PAGE);
    expect([count, total]).toEqual([3, 3]);
    expect(items.map((a) => a.timestamp)).toEqual([
      '2025-11-04T08:02:11.500Z',
      '2025-11-04T08:02:11.400Z',
      '2025-11-03T21:40:00.010Z',
    ]);
    expect(items[2]).toEqual({
      id: expect.any(Number),
      rule_id: null,
      camera_id: 'cam1',
      alert_type: 'no_detection',
      message: null,
      details: {},
      notification_sent: false,
      notification_channels_used: null,
      timestamp: '2025-11-03T21:40:00.010Z',
      status: 'open',
      acknowledged_at: null,
      acknowledged_by: null,
      resolved_at: null,
      resolved_by: null,
      note: null,
    });
    expect(await alerts.history({ ...PAGE, camera_id: 'cam1' })).toMatchObject({ count: 2, total: 2 });
    expect(await alerts.history({ ...PAGE, alert_type: 'camera_down' })).toMatchObject({ items: [{ message: 'm' }] });
    expect(await alerts.history({ ...PAGE, status: 'open' })).toMatchObject({ count: 3 });
    expect(await alerts.history({ ...PAGE, status: 'resolved' })).toMatchObject({ count: 0, total: 0 });
    expect(await alerts.history({ ...PAGE, from: '2000-01-01', to: '2000-01-02T00:00:00Z' })).toMatchObject({
      count: 0,
    });
    expect(await alerts.history({ ...PAGE, from: '2000-01-01' })).toMatchObject({ count: 3 });
    expect(await alerts.history({ limit: 1, offset: 2 })).toMatchObject({
      count: 1,
      total: 3,
      items: [{ message: null }],
    });
  });
});
