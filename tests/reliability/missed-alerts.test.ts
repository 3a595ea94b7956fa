import type { LiveSockets } from '../../src/infrastructure/notify/live-sockets';
import { LiveEvents } from '../../src/infrastructure/notify/live-topics';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { ALERTS_CHANNEL, PgAnnouncer } from '../../src/infrastructure/postgres/pg-deliveries';
import { AlertSite } from '../support/alert-site';
import { Cable } from '../support/cable';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

describe('a dashboard whose service stopped hearing of alerts without noticing it', () => {
  let database: TestDatabase;
  let site: AlertSite;
  let cable: Cable;
  let connection: DedicatedConnection;
  let shown: unknown[];
  beforeEach(async () => {
    database = await createTestDatabase();
    site = await AlertSite.on(database.url);
    cable = new Cable(database.url);
    shown = [];
    const client = { query: new URLSearchParams(), send: (message: object) => void shown.push(message) };
    const sockets = { at: () => [client] } as unknown as LiveSockets;
    const live = new LiveEvents({ newest: async () => 0, after: async () => [] }, () => sockets);
    const announcer = new PgAnnouncer(site.modules.platform.database);
    const heard = (payload: string, missedMs: number) => {
      if (payload !== '') live.alert(payload);
      else void announcer.since(missedMs).then((all) => all.forEach((one) => live.alert(one)));
    };
    connection = new DedicatedConnection(await cable.open(), rememberingLog(), { askEveryMs: 100 });
    await connection.listen(ALERTS_CHANNEL, heard);
    await site.rule('violation', { threshold: 1, cooldown_seconds: 0 }, { notification_channels: ['websocket'] });
  });
  afterEach(async () => {
    cable.silent = false;
    cable.close();
    await connection.stop();
    await site.close();
    await database.drop();
  });

  const worker = () => site.modules.alerts.deliveryWorker;
  async function alertAt(seconds: number): Promise<void> {
    await site.saw({ at: seconds });
    await site.at(seconds + 1);
    worker().wake();
    await eventually(async () => {
      const rows = await site.sql(`SELECT FROM alert_deliveries WHERE status <> 'delivered'`);
      expect(rows).toEqual([]);
    });
  }

  it('shows each of them once, those of that time included', async () => {
    await alertAt(1);
    await eventually(() => expect(shown).toHaveLength(1));
    cable.silent = true;
    for (const at of [10, 20, 30]) await alertAt(at);
    expect(shown).toHaveLength(1);
    // A silence that ends before it was noticed would be another test: only then is there a new connection.
    await eventually(() => expect(connection.isThere).toBe(false), { within: 20_000 });
    cable.silent = false;
    await eventually(() => expect(shown).toHaveLength(4), { within: 20_000 });
    await alertAt(40);
    await eventually(() => expect(shown).toHaveLength(5));
    const ids = shown.map((message) => (message as { data: { id: number } }).data.id);
    expect(new Set(ids).size).toBe(5);
  }, 180_000);
});
