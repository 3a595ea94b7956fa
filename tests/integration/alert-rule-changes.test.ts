import { dirname } from 'node:path';
import { startAlerts } from '../../src/composition/alerts';
import { Lifecycle } from '../../src/composition/lifecycle';
import { joinSite } from '../../src/composition/platform';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const WITHIN = { within: 1_000, every: 5 };

describe('a rule that is changed through one of two services', () => {
  let database: TestDatabase;
  let sites: [TestSite, TestSite];
  const life = new Lifecycle(rememberingLog());
  beforeAll(async () => {
    database = await createTestDatabase();
    const options = { databaseUrl: database.url };
    const first = await testSite(options);
    sites = [first, await testSite({ ...options, camerasFile: first.file })];
    for (const { modules, file } of sites) {
      const { platform, alerts, live } = modules;
      const member = await joinSite(platform, { dataDir: dirname(file), camerasFile: file }, life);
      await startAlerts(platform, alerts, live, member, life);
    }
  });
  afterAll(async () => {
    await life.stop();
    for (const site of sites) await site.close();
    await database.drop();
  });

  const books = () => sites.map(({ modules }) => modules.alerts.active.rules);
  const alerts = (i: 0 | 1) => sites[i].modules.alerts.domain;
  const sql = (text: string, values: readonly unknown[] = []) =>
    sites[0].modules.platform.database.query<{ n: number }>(text, values);

  it.each([0, 1] as const)(
    'is in force on both within a second: made, changed and removed through service %i',
    async (i) => {
      const rule = { name: 'r', rule_type: 'violation', conditions: { threshold: 7 } };
      const { id } = await alerts(i).create(rule);
      const thresholds = () => books().map((rules) => rules.find((r) => r.id === id)?.threshold);
      await eventually(() => expect(thresholds()).toEqual([7, 7]), WITHIN);
      await alerts(i).update({ rule_id: id, conditions: { threshold: 9 } });
      await eventually(() => expect(thresholds()).toEqual([9, 9]), WITHIN);
      await alerts(i).update({ rule_id: id, enabled: false });
      await eventually(() => expect(thresholds()).toEqual([undefined, undefined]), WITHIN);
      await alerts(i).remove({ rule_id: id });
    },
  );

  it('is evaluated as changed within a second, whichever service evaluates', async () => {
    const conditions = { threshold: 1, cooldown_seconds: 0 };
    const { id } = await alerts(0).create({
      name: 'r',
      rule_type: 'violation',
      conditions,
      notification_channels: ['log'],
    });
    await sql(`SELECT make_week_partitions(now() - interval '1 day', now() + interval '1 day')`);
    const see = () =>
      sql(
        `INSERT INTO events (id, ts, camera_id, type) VALUES (gen_random_uuid(), now(), 'cam', 'NO_HAIRNET_AT_SINK')`,
      );
    const told = async () => (await sql('SELECT count(*)::int AS n FROM alert_history WHERE rule_id = $1', [id]))[0]?.n;
    await eventually(
      () => expect(books().map((rules) => rules.some((r) => r.id === id))).toEqual([true, true]),
      WITHIN,
    );
    await see();
    await eventually(async () => expect(await told()).toBe(1), WITHIN);
    await alerts(1).update({ rule_id: id, conditions: { threshold: 2 } });
    await eventually(
      () => expect(books().map((rules) => rules.find((r) => r.id === id)?.threshold)).toEqual([2, 2]),
      WITHIN,
    );
    await see();
    await see();
    await eventually(async () => expect(await told()).toBe(2), WITHIN);
  });

  it('changes by hand, in the table, count as well', async () => {
    const { id } = await alerts(0).create({ name: 'r', rule_type: 'violation', conditions: { threshold: 3 } });
    await eventually(
      () => expect(books().map((rules) => rules.some((r) => r.id === id))).toEqual([true, true]),
      WITHIN,
    );
    await sql('DELETE FROM alert_rules WHERE id = $1', [id]);
    await eventually(
      () => expect(books().map((rules) => rules.some((r) => r.id === id))).toEqual([false, false]),
      WITHIN,
    );
  });

  it('is in force soon after every connection to the database was lost, and is told of by notification again', async () => {
    await sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const conditions = { threshold: 1, cooldown_seconds: 0 };
    const rule = { name: 'after', rule_type: 'violation', conditions, notification_channels: ['log'] };
    const made = await eventually(
      () =>
        alerts(0)
          .create(rule)
          .catch(() => null),
      { within: 5_000 },
    );
    const id = made!.id;
    await eventually(() => expect(books().map((rules) => rules.some((r) => r.id === id))).toEqual([true, true]), {
      within: 5_000,
    });
    await sql(
      `INSERT INTO events (id, ts, camera_id, type) VALUES (gen_random_uuid(), now(), 'cam', 'NO_HAIRNET_AT_SINK')`,
    );
    const told = async () => (await sql('SELECT count(*)::int AS n FROM alert_history WHERE rule_id = $1', [id]))[0]?.n;
    await eventually(async () => expect(await told()).toBe(1), { within: 10_000 });
    const listening = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'watchgate-site' AND datname = current_database()`;
    await eventually(async () => expect((await sql(listening))[0]?.n).toBe(2), { within: 5_000 });
  });
});
