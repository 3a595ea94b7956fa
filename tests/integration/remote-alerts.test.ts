import type { AlertsPort } from '../../src/application/alerts/alerts-port';
import { keys } from '../../src/container';
import type { OldFault } from '../support/old-backend';
import { oldBackendOnFile, type SharedFile } from '../support/old-backend-on-file';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const PAGE = { limit: 100, offset: 0 };
const RULE = { name: '测试规则', rule_type: 'violation', conditions: { threshold: 5 } };

describe('alert rules of an old backend', () => {
  let database: TestDatabase;
  let old: SharedFile;
  let site: TestSite;
  let alerts: AlertsPort;
  beforeEach(async () => {
    [database, old] = [await createTestDatabase(), await oldBackendOnFile()];
    site = await testSite({ databaseUrl: database.url, ...old.site });
    alerts = site.container.resolve(keys.alertsOnLegacy);
  });
  afterEach(async () => {
    await site.close();
    await old.close();
    await database.drop();
  });

  it('are made there, and answered with every key', async () => {
    const { id } = await alerts.create({ ...RULE, recipients: ['a@b.example'] });
    expect(old.backend.alerts.rules).toMatchObject([{ id, name: '测试规则', conditions: { threshold: 5 } }]);
    expect(await alerts.get({ rule_id: id })).toEqual({
      id,
      name: '测试规则',
      camera_id: null,
      rule_type: 'violation_threshold',
      conditions: { threshold: 5 },
      notification_channels: ['websocket'],
      recipients: ['a@b.example'],
      enabled: true,
      priority: 'medium',
      created_at: '2025-10-20T09:00:00.000Z',
      updated_at: '2025-10-20T09:00:00.000Z',
      created_by: null,
    });
  });

  it('are checked here: the old backend would take anything', async () => {
    await expect(alerts.create({ ...RULE, conditions: { threshold: 0 } })).rejects.toMatchObject({
      code: 'alert_rule.invalid',
    });
    expect(old.backend.alerts.rules).toEqual([]);
    expect(old.backend.requests.filter((r) => r.method !== 'GET')).toEqual([]);
  });

  it('are listed newest first, by camera, by whether they are enabled, and by page', async () => {
    for (const camera_id of ['a', 'b', 'a']) await alerts.create({ ...RULE, camera_id });
    await alerts.update({ rule_id: 1, enabled: false });
    const ids = async (query: object) => (await alerts.list({ ...PAGE, ...query })).items.map((r) => r.id);
    expect(await ids({})).toEqual([3, 2, 1]);
    expect(await ids({ camera_id: 'a' })).toEqual([3, 1]);
    expect(await ids({ enabled: false })).toEqual([1]);
    expect(await alerts.list({ limit: 1, offset: 1 })).toMatchObject({ count: 1, total: 3, items: [{ id: 2 }] });
  });

  it('are sent only what changes; of an unknown one, and a removal, it is not asked', async () => {
    const { id } = await alerts.create(RULE);
    await alerts.update({ rule_id: id, enabled: false, name: '测试规则' });
    await alerts.update({ rule_id: id, enabled: false });
    await expect(alerts.update({ rule_id: 99, enabled: false })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(alerts.remove({ rule_id: 99 })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(alerts.remove({ rule_id: id })).rejects.toMatchObject({ kind: 'conflict', code: 'legacy.no_removal' });
    const puts = old.backend.requests.filter((r) => r.method === 'PUT');
    expect(puts.map((r) => r.body)).toEqual([{ enabled: false }]);
  });

  it('tell their history in the shape of the other paths', async () => {
    const told = (id: number, camera_id: string) => ({
      id,
      rule_id: null,
      camera_id,
      alert_type: 'no_detection',
      message: null,
      details: {},
      notification_sent: false,
      notification_channels_used: null,
      timestamp: `2025-11-04T08:0${id}:11.500112`,
    });
    old.backend.alerts.history.push(told(1, 'a'), told(2, 'b'), told(3, 'a'));
    expect(await alerts.history({ ...PAGE, camera_id: 'a' })).toMatchObject({
      count: 2,
      total: 2,
      items: [{ id: 3 }, { id: 1 }],
    });
    const { items } = await alerts.history({ limit: 1, offset: 2 });
    const own = await site.container.resolve(keys.alertsOnDomain).history(PAGE);
    expect(own.items).toEqual([]);
    expect(items).toEqual([
      {
        ...told(1, 'a'),
        timestamp: '2025-11-04T08:01:11.500Z',
        status: 'open',
        acknowledged_at: null,
        acknowledged_by: null,
        resolved_at: null,
        resolved_by: null,
        note: null,
      },
    ]);
  });

  it.each<[OldFault, string, string]>([
    ['refuse', 'not-started', 'legacy.unreachable'],
    ['fail-500', 'unknown', 'legacy.failed'],
    ['html', 'unknown', 'legacy.unreadable'],
    ['reset', 'unknown', 'legacy.interrupted'],
  ])('say what became of a write when the old backend does %s', async (fault, effect, code) => {
    await old.backend.fault(fault, ({ method }) => method !== 'GET');
    await expect(alerts.create(RULE)).rejects.toMatchObject({ kind: 'unavailable', code, effect });
  });
});
