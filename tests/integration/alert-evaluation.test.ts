import { AlertSite } from '../support/alert-site';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

/** The absence of events counts only after a while, for they may still be on their way. */
const LATE = 15;

describe('the evaluation of alert rules', () => {
  let database: TestDatabase;
  let site: AlertSite;
  beforeEach(async () => {
    database = await createTestDatabase();
    site = await AlertSite.on(database.url);
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  it('makes 1 alert and 1 closing summary of 1,000 events, whatever crashes in the middle', async () => {
    await site.rule('violation', { threshold: 5, cooldown_seconds: 120 }, { camera_id: 'cam' });
    const events = Array.from({ length: 1_000 }, (_, i) => ({ at: i * 0.06 }));
    for (let i = 0; i < 10; i++) {
      await site.saw(...events.slice(i * 100, (i + 1) * 100));
      await site.at((i + 1) * 6);
      if (i % 3 === 1) await site.crash();
    }
    expect(await site.told()).toEqual(['cam alert@0.24']);
    await site.at(120 + LATE);
    await site.at(1_000);
    expect(await site.told()).toEqual(['cam alert@0.24', 'cam summary(995)@120.24']);
  });

  it('is silent about a camera that is away for 3 minutes when 5 are allowed, across a crash', async () => {
    await site.rule('camera_down', { duration_minutes: 5 });
    site.camera('cam', 'up');
    await site.at(0);
    site.camera('cam', 'down', 10);
    for (let t = 10; t < 190; t += 10) {
      await site.at(t);
      if (t === 90) await site.crash();
    }
    site.camera('cam', 'up', 190);
    for (let t = 190; t < 900; t += 10) await site.at(t);
    expect(await site.told()).toEqual([]);
  });

  it('tells a real outage once, and its end once, across crashes', async () => {
    await site.rule('camera_down', { duration_minutes: 5 });
    site.camera('cam', 'up');
    await site.at(0);
    site.camera('cam', 'down', 10);
    for (let t = 10; t < 600; t += 10) {
      await site.at(t);
      if (t === 150 || t === 400) await site.crash();
    }
    site.camera('cam', 'up', 600);
    for (let t = 600; t < 900; t += 10) {
      await site.at(t);
      if (t === 610) await site.crash();
    }
    expect(await site.told()).toEqual(['cam alert@310', 'cam recovery@630']);
  });

  it('takes a camera that came back while nobody watched to have been back soon', async () => {
    await site.rule('camera_down', { duration_minutes: 5 });
    site.camera('cam', 'up');
    await site.at(0);
    site.camera('cam', 'down', 10);
    await site.at(10);
    await site.crash();
    site.camera('cam', 'up', 900);
    await site.at(900);
    await site.at(1_000);
    expect(await site.told()).toEqual([]);
  });

  it('tells an absence and its end; a site that was down takes in first what happened meanwhile', async () => {
    await site.rule('no_detection', { duration_minutes: 10 }, { camera_id: 'cam' });
    await site.at(1);
    await site.saw({ at: 60 });
    await site.at(61);
    await site.crash();
    await site.saw({ at: 600 }, { at: 1_190 });
    await site.at(1_200);
    await site.at(1_200 + LATE);
    expect(await site.told()).toEqual([]);
    await site.at(1_800 + LATE);
    await site.saw({ at: 1_900 });
    await site.at(1_901);
    expect(await site.told()).toEqual(['cam alert@1790', 'cam recovery@1900']);
  });

  it('counts every camera for itself where a rule is for all of them', async () => {
    await site.rule('violation', { threshold: 2 });
    await site.saw({ at: 0, camera: 'a', type: 'constructor' }, { at: 0.5, camera: 'a', type: '__proto__' });
    await site.saw({ at: 1, camera: 'a' }, { at: 2, camera: 'b' }, { at: 3, camera: 'c' }, { at: 4, camera: 'b' });
    await site.at(5);
    expect(await site.told()).toEqual(['b alert@4']);
  });

  it('follows a change of a rule: other conditions count afresh, another name does not', async () => {
    const id = await site.rule('violation', { threshold: 3 });
    await site.saw({ at: 1 }, { at: 2 });
    await site.at(3);
    await site.alerts.update({ rule_id: id, name: 'new name' });
    await site.at(4);
    await site.saw({ at: 5 });
    await site.at(6);
    expect(await site.told()).toEqual(['cam alert@5']);
    await site.alerts.update({ rule_id: id, conditions: { threshold: 2 } });
    await site.saw({ at: 7 });
    await site.at(8);
    await site.saw({ at: 9 });
    await site.at(10);
    expect(await site.told()).toEqual(['cam alert@5', 'cam alert@9']);
    await site.alerts.remove({ rule_id: id });
    await site.saw({ at: 400 }, { at: 401 });
    await site.at(402);
    expect(await site.sql('SELECT * FROM alert_rule_states')).toEqual([]);
    expect(await site.told()).toHaveLength(2);
  });

  it('says nothing about yesterday, nor about a camera whose clock is far ahead', async () => {
    await site.rule('violation', { threshold: 1, cooldown_seconds: 0 });
    await site.saw({ at: -90_000 }, { at: 3_600 }, { at: 10 });
    await site.at(11);
    expect(await site.told()).toEqual(['cam alert@10']);
  });

  it('lets one of two evaluators at once have its way: nothing is told twice', async () => {
    await site.rule('violation', { threshold: 1, cooldown_seconds: 0 });
    const other = await AlertSite.on(database.url);
    await site.rule('violation', { threshold: 1, cooldown_seconds: 0 });
    await Promise.all([site.at(1), other.at(1)]);
    for (let t = 2; t < 12; t++) {
      await site.saw({ at: t });
      await Promise.all([site.at(t), other.at(t)]);
    }
    await site.at(13);
    expect(await site.told()).toEqual(Array.from({ length: 10 }, (_, i) => `cam alert@${i + 2}`));
    await other.close();
  });

  it('goes on where it was after the database was away for a moment', async () => {
    await site.rule('violation', { threshold: 3 });
    await site.saw({ at: 1 }, { at: 2 });
    await site.at(2);
    await site.saw({ at: 3 });
    const lost = jest.spyOn(site.modules.platform.database, 'transaction').mockRejectedValueOnce(new Error('gone'));
    await expect(site.at(4)).rejects.toThrow('gone');
    lost.mockRestore();
    await site.at(5);
    expect(await site.told()).toEqual(['cam alert@3']);
  });

  it('queues a notice for each channel and address, and one that shows that nobody can be reached', async () => {
    const recipients = ['a@b.example', 'https://hooks.example/T0K3N', 'https://other.example/'];
    const all = ['websocket', 'webhook', 'email', 'log'];
    await site.rule('violation', { threshold: 1 }, { notification_channels: all, recipients });
    await site.rule('violation', { threshold: 1 }, { notification_channels: ['email'] });
    await site.saw({ at: 1 });
    await site.at(2);
    const { items } = await site.modules.alerts.handling.deliveries({ limit: 100, offset: 0 });
    expect(items.map((d) => `${d.channel} ${d.target ?? ''}`.trim()).sort()).toEqual([
      'email',
      'email a@b.example',
      'log',
      'webhook https://hooks.example/***',
      'webhook https://other.example/',
      'websocket',
    ]);
    expect(new Set(items.map((d) => d.idempotency_key)).size).toBe(6);
  });
});

describe('the tables of alerts', () => {
  it('lose what is too old, but neither what was told nor how a camera is', async () => {
    const database = await createTestDatabase();
    const site = await AlertSite.on(database.url);
    await site.rule('violation', { threshold: 1 });
    await site.saw({ at: 1 });
    site.camera('cam', 'up');
    await site.at(2);
    site.camera('cam', 'down', 3);
    await site.at(4);
    await site.sql(`UPDATE alert_deliveries SET created_at = now() - interval '999 days', status = 'delivered'`);
    await site.at(200 * 86_400);
    await site.sql('UPDATE retention_clock SET at = $1', [new Date(Date.UTC(2026, 0, 5, 12) + 200 * 86_400_000)]);
    await site.modules.events.retention.run();
    expect(await site.sql('SELECT camera_id, condition FROM alert_camera_changes')).toEqual([
      { camera_id: 'cam', condition: 'down' },
    ]);
    expect(await site.sql('SELECT id FROM alert_deliveries')).toEqual([]);
    expect(await site.told()).toContain('cam alert@1');
    await site.close();
    await database.drop();
  });
});

describe('the dry run', () => {
  let database: TestDatabase;
  let site: AlertSite;
  beforeEach(async () => {
    database = await createTestDatabase();
    site = await AlertSite.on(database.url);
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  it('tells exactly what live evaluation told, and changes nothing', async () => {
    const schedule = { from: '12:05', to: '12:50' };
    const rules = [
      await site.rule('violation', { threshold: 4, duration_seconds: 60, cooldown_seconds: 90 }),
      await site.rule('violation', { threshold: 2, labels: ['SKIP_DRYING'], schedule }, { camera_id: 'a' }),
      await site.rule('continuous_violation', { duration_seconds: 20, cooldown_seconds: 30 }),
      await site.rule('no_detection', { duration_minutes: 4 }, { camera_id: 'a' }),
      await site.rule('no_detection', { duration_minutes: 3 }),
      await site.rule('camera_down', { duration_minutes: 2, recovery_seconds: 5 }),
    ];
    for (const id of ['a', 'b']) site.camera(id, 'up', 0);
    let chance = 7;
    const draw = (n: number) => (chance = (chance * 48_271) % 2_147_483_647) % n;
    for (let t = 0; t < 3_600; t += 12) {
      const quietTime = Math.floor(t / 400) % 3 === 2;
      const events = Array.from({ length: quietTime ? 0 : draw(4) }, (_, i) => ({
        at: t + i * 3,
        camera: draw(2) ? 'a' : 'b',
        type: draw(3) ? 'NO_HAIRNET_AT_SINK' : 'SKIP_DRYING',
        track: draw(2),
      }));
      if (events.length > 0) await site.saw(...events);
      if (t % 600 === 120) site.camera('b', 'down', t + 1);
      if (t % 600 === 480) site.camera('b', 'up', t + 1);
      await site.at(t + 12);
      if (t % 900 === 600) await site.crash();
    }
    // 1.02 hours after the beginning, so that the dry run sees all of it and nothing before the rules existed.
    await site.at(3_672);
    const { items: live } = await site.alerts.history({ limit: 1_000, offset: 0 });
    const handling = site.modules.alerts.handling;
    for (const rule_id of rules) {
      const { alerts, total } = await handling.test({ rule_id, hours: 1.02 });
      const told = live
        .filter((a) => a.rule_id === rule_id)
        .map(({ camera_id, alert_type, timestamp, message, details }) => ({
          camera_id,
          alert_type,
          timestamp,
          message,
          details,
        }));
      const sorted = (list: readonly { timestamp: string; camera_id: string }[]) =>
        [...list].sort((a, b) => (`${a.timestamp}${a.camera_id}` < `${b.timestamp}${b.camera_id}` ? -1 : 1));
      expect(sorted(alerts)).toEqual(sorted(told));
      expect(total).toBeGreaterThan(2);
    }
    expect((await site.alerts.history({ limit: 1, offset: 0 })).total).toBe(live.length);
  });
});
