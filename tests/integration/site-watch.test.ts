import { HealthReporter } from '../../src/application/alerts/site-watch';
import type { PartLook } from '../../src/domain/alerts/component-health';
import { DEFAULT_VIOLATION_TYPES } from '../../src/domain/shared/event';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const group = 'camera-config';
const START = Date.UTC(2026, 0, 5, 12);
const ALERTS = {
  violationTypes: DEFAULT_VIOLATION_TYPES,
  webhookAllow: [],
  alertWebhookUrl: 'https://hooks.example/T0K3N',
  alertWebhookSecret: '',
  smtpUrl: '',
  alertEmailFrom: 'watchgate@localhost',
  eventRetentionDays: 180,
};

describe('the watch of a site by two services', () => {
  let database: TestDatabase;
  let seconds: number;
  let services: Service[];

  interface Service {
    readonly site: TestSite;
    readonly looker: HealthReporter;
    parts: Record<string, PartLook>;
  }

  const clock = () => new Date(START + seconds * 1_000);
  /** Both lead: only the database keeps them from telling everything twice. */
  const service = async (name: string): Promise<Service> => {
    const site = await testSite({ databaseUrl: database.url, clock, alerts: ALERTS });
    const store = site.modules.alerts.siteWatchStore;
    const check = async () => new Map(Object.entries(made.parts));
    const made: Service = { site, parts: {}, looker: new HealthReporter(name, check, store, clock, site.log) };
    await site.modules.alerts.siteWatch.take();
    return made;
  };
  beforeEach(async () => {
    [database, seconds] = [await createTestDatabase(), 0];
    services = [await service('one'), await service('two')];
  });
  afterEach(async () => {
    for (const { site } of services) await site.close();
    await database.drop();
  });

  const first = () => services[0]!.site.modules;
  const watch = () => Promise.all(services.map(({ site }) => site.modules.alerts.siteWatch.run()));
  const history = async () => {
    const { items } = await first().alerts.domain.history({ limit: 1_000, offset: 0 });
    return [...items].reverse();
  };
  const told = async () =>
    (await history()).map(({ alert_type, details, timestamp }) => {
      // Steps of the rollout have the time of the database, which this test does not set.
      if (alert_type.startsWith('rollout_')) return `${alert_type} ${String(details.kind)}`;
      const at = (new Date(timestamp).getTime() - START) / 1_000;
      return `${alert_type} ${String(details.kind)}@${at}`;
    });
  /** Time goes on by some looks of every service. */
  const looks = async (count: number) => {
    for (let i = 0; i < count; i++) {
      seconds += 5;
      for (const { looker } of services) await looker.look().catch(() => undefined);
      await watch();
    }
  };
  const all = (parts: Record<string, PartLook>) => services.forEach((s) => (s.parts = parts));
  const well: Record<string, PartLook> = { database: { status: 'ok' }, disk: { status: 'ok' } };
  const full = { ...well, disk: { status: 'degraded', details: { data: { free_percent: 1 } } } };

  it('tells every step of a rollout once, with its reason, whoever watches and whatever dies', async () => {
    const rollout = first().rollout.service;
    await watch();
    await rollout.start({ group });
    const attention = { group, event: { kind: 'attention', reason: 'errors 2 %' } } as const;
    await first().rollout.store.change(null, () => ({ transitions: [attention] }));
    seconds = 10;
    await rollout.rollback({ group, reason: 'wrong answers on line 3' });
    await watch();
    await services.pop()!.site.close();
    await rollout.resume({ group });
    await rollout.kill({ reason: 'drill' });
    services.push(await service('three'));
    for (let i = 0; i < 3; i++) await watch();
    expect(await told()).toEqual([
      'rollout_attention alert',
      'rollout_rollback alert',
      'rollout_rollback recovery',
      'rollout_killed alert',
    ]);
    const rollback = (await history()).find((a) => a.alert_type === 'rollout_rollback');
    expect(rollback).toMatchObject({
      rule_id: null,
      camera_id: '*',
      message: expect.stringContaining('wrong answers on line 3'),
      details: { kind: 'alert', priority: 'high', group, reason: 'wrong answers on line 3' },
    });
    const { items } = await first().alerts.handling.deliveries({ limit: 100, offset: 0 });
    const of = items.filter((d) => d.alert_id === rollback?.id).map((d) => d.channel);
    expect(of.sort()).toEqual(['log', 'webhook', 'websocket']);
  });

  it('loses nothing of a step that could not be stored', async () => {
    await first().rollout.service.start({ group });
    await first().rollout.service.rollback({ group, reason: 'r' });
    for (const { site } of services)
      jest.spyOn(site.modules.platform.database, 'transaction').mockRejectedValueOnce(new Error('gone'));
    await expect(watch()).rejects.toThrow('gone');
    expect(await told()).toEqual([]);
    await watch();
    await watch();
    expect(await told()).toEqual(['rollout_rollback alert']);
  });

  it('tells a trip of this process that could not be stored at first, once it is', async () => {
    const [runtime, store] = [first().rollout.breaker, first().rollout.store];
    const { groups } = await store.load();
    const lost = jest.spyOn(store, 'change').mockRejectedValue(new Error('gone'));
    runtime.tripped(group, groups.get(group)!.state.entry, 'cameras.list');
    await expect(runtime.storePending()).rejects.toThrow('gone');
    await watch();
    expect(await told()).toEqual([]);
    lost.mockRestore();
    await runtime.storePending();
    await runtime.storePending();
    await watch();
    expect(await told()).toEqual(['rollout_rollback alert']);
    expect((await history())[0]?.message).toContain('calls of cameras.list fail on the domain path');
  });

  it('tells a part that is not well once, and its end once, across a restart of both services', async () => {
    all(well);
    await looks(2);
    all(full);
    await looks(4);
    expect(await told()).toEqual(['health_disk alert@15']);
    for (const { site } of services.splice(0)) await site.close();
    services = [await service('one again'), await service('two again')];
    all(full);
    await looks(4);
    // What the dead services said last is too old by now.
    await sql(`UPDATE alert_site_sights SET looked_at = now() - interval '1 minute' WHERE service IN ('one', 'two')`);
    await looks(2);
    expect(await told()).toEqual(['health_disk alert@15']);
    all(well);
    await looks(10);
    expect(await told()).toEqual(['health_disk alert@15', 'health_disk recovery@95']);
  });

  it('writes an outage of the database when it is over, once for both, with when it was', async () => {
    all(well);
    await looks(2);
    const away = services.map(({ site }) => {
      const store = site.modules.alerts.siteWatchStore;
      return [jest.spyOn(store, 'publish'), jest.spyOn(store, 'load')] as const;
    });
    for (const [publish, load] of away) {
      publish.mockRejectedValue(new Error('away'));
      load.mockRejectedValue(new Error('away'));
    }
    const lost = { status: 'error', error: 'timed out' };
    all({ database: lost, disk: lost });
    for (let i = 0; i < 6; i++) await looks(1).catch(() => undefined);
    for (const [publish, load] of away) {
      publish.mockRestore();
      load.mockRestore();
    }
    expect(await told()).toEqual([]);
    all(well);
    await looks(1);
    expect(await told()).toEqual(['health_database alert@15']);
    await looks(10);
    expect(await told()).toEqual(['health_database alert@15', 'health_database recovery@75']);
    expect((await history())[0]?.message).toMatch(/did not answer, since \S+12:00:15.000Z until \S+12:00:45.000Z/);
  });

  const sql = (text: string) => first().platform.database.execute(text, []);
});
