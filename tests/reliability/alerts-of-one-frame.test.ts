import { recordAlerts } from '../../src/infrastructure/postgres/pg-evaluation-store';
import { AlertSite } from '../support/alert-site';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

describe('alerts', () => {
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

  it('of two persons in one frame are one alert, and those of every other rule and time go on', async () => {
    await site.rule(
      'violation',
      { threshold: 1, cooldown_seconds: 0 },
      { notification_channels: ['log', 'websocket'] },
    );
    await site.rule('violation', { threshold: 1, cooldown_seconds: 0 }, { camera_id: 'other' });
    await site.saw({ at: 1, track: 1 }, { at: 1, track: 2 }, { at: 1, camera: 'other' });
    await site.at(2);
    await site.saw({ at: 3 });
    await site.at(4);
    expect((await site.told()).sort()).toEqual(['cam alert@1', 'cam alert@3', 'other alert@1', 'other alert@1']);
    const [queued] = await site.sql<{ n: number }>('SELECT count(*)::int AS n FROM alert_deliveries');
    expect(queued?.n).toBe(2 + 2 + 2 + 1);
  });

  it('of many events of one millisecond are one alert as well', async () => {
    await site.rule('violation', { threshold: 3, cooldown_seconds: 0 });
    await site.saw(...Array.from({ length: 12 }, () => ({ at: 1 })));
    await site.at(2);
    expect(await site.told()).toEqual(['cam alert@1']);
  });

  it('that the database refuses are logged and hold up no other one', async () => {
    const log = rememberingLog();
    const alert = (message: string, i: number) => ({
      key: `k${i}`,
      ruleId: null,
      cameraId: 'cam',
      type: 't',
      at: new Date(),
      message,
      details: {},
      notices: [{ channel: 'log' as const, target: '' }],
    });
    const all = ['good', 'b\u0000d', 'better'].map(alert);
    await site.modules.platform.database.transaction((sql) => recordAlerts(sql, all, log));
    expect(await site.sql('SELECT message FROM alert_history ORDER BY id')).toEqual([
      { message: 'good' },
      { message: 'better' },
    ]);
    expect(log.lines).toContainEqual(expect.stringContaining('an alert could not be stored'));
  });
});
