import { Client } from 'pg';
import { WebSocket } from 'ws';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AlertView } from '../../src/application/alerts/alert-views';
import { eventLine, write } from '../support/events';
import { eventually } from '../support/eventually';
import { BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver';

const CAMERAS = `cameras:
  - {id: line, name: line, source: 'testsrc:size=320x180,rate=5', fps: 5, active: false}
`;
/** 10,000 show what a long queue costs; fewer that nothing of it is lost. */
const DELIVERIES = Number(process.env.ALERT_DELIVERIES ?? 2_000);

describe('alerts of a running service', () => {
  let database: TestDatabase;
  let sql: Client;
  let site: BareSite;
  let receiver: WebhookReceiver;
  let url: string;

  beforeEach(async () => {
    [database, receiver] = [await createTestDatabase(), await webhookReceiver()];
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    site = new BareSite();
    writeFileSync(site.camerasFile, CAMERAS);
    url = await start();
  }, 180_000);
  afterEach(async () => {
    await site.remove();
    await sql.end();
    await receiver.close();
    await database.drop();
  }, 180_000);

  const start = () =>
    site
      .start({
        DATABASE_URL: database.url,
        WEBHOOK_ALLOW: '127.0.0.1',
        ALERT_WEBHOOK_URL: receiver.url,
        ALERT_WEBHOOK_SECRET: 'geheim',
        ...(process.env.FFMPEG_PATH ? { FFMPEG_PATH: process.env.FFMPEG_PATH } : {}),
      })
      .ready();
  const history = async (query = '') =>
    (await call(url, 'GET', `/alerts/history-db?limit=1000${query}`)).body as { total: number; items: AlertView[] };
  const journal = () => path.join(site.dir, 'logs/events_record.jsonl');
  const violation = (ts: number, camera = 'cam') =>
    eventLine({ ts, type: 'NO_HAIRNET_AT_SINK', camera_id: camera, track_id: 1 });
  const rule = async (body: object): Promise<number> =>
    (
      (await call(url, 'POST', '/alerts/rules', { name: 'r', notification_channels: ['webhook'], ...body })).body as {
        id: number;
      }
    ).id;

  it('are 1 alert and 1 closing summary of 1,000 events in a minute, though the service is killed in the middle', async () => {
    const conditions = { threshold: 5, cooldown_seconds: 70 };
    const id = await rule({ rule_type: 'violation', conditions, camera_id: 'cam' });
    const from = Math.floor(Date.now() / 1_000) - 80;
    const lines = Array.from({ length: 1_000 }, (_, i) => violation(from + i * 0.06));
    write(journal(), ...lines.slice(0, 500));
    await eventually(
      async () => expect((await history('&camera_id=cam')).items.some((a) => a.rule_id === id)).toBe(true),
      { within: 15_000 },
    );
    await site.kill();
    write(journal(), ...lines.slice(500));
    url = await start();
    const told = async () => (await history()).items.filter((a) => a.rule_id === id);
    await eventually(async () => expect(await told()).toHaveLength(2), { within: 40_000 });
    const [summary, alert] = (await told()) as [AlertView, AlertView];
    expect(alert.details).toMatchObject({ kind: 'alert', count: 5 });
    expect(summary.details).toMatchObject({ kind: 'summary', suppressed: 995 });
    expect(new Date(summary.timestamp).getTime() - new Date(alert.timestamp).getTime()).toBe(70_000);
    await eventually(() => expect(receiver.received).toHaveLength(2), { within: 70_000 });
    expect(new Set(receiver.received.map((r) => r.headers['idempotency-key'])).size).toBe(2);
  }, 180_000);

  it(`lose none of ${DELIVERIES} queued deliveries when the service is killed`, async () => {
    await sql.query(
      `WITH told AS (INSERT INTO alert_history (camera_id, alert_type, message) SELECT 'cam', 'x', 'm' FROM generate_series(1, $1) RETURNING id)
       INSERT INTO alert_deliveries (alert_id, channel, target) SELECT id, 'webhook', $2 FROM told`,
      [DELIVERIES, receiver.url],
    );
    await eventually(() => receiver.received.length > DELIVERIES / 4, { within: 170_000 });
    await site.kill();
    const atKill = receiver.received.length;
    expect(atKill).toBeLessThan(DELIVERIES);
    // What the dead service had claimed is waited for until its leases end; here they end at once.
    await sql.query(`UPDATE alert_deliveries SET leased_until = now() WHERE status = 'queued'`);
    url = await start();
    const waiting = async () =>
      Number((await sql.query(`SELECT count(*) AS n FROM alert_deliveries WHERE status <> 'delivered'`)).rows[0].n);
    await eventually(async () => expect(await waiting()).toBe(0), { within: 400_000, every: 200 });
    const { rows } = await sql.query<{ key: string }>('SELECT idempotency_key::text AS key FROM alert_deliveries');
    const seen = new Set(receiver.received.map((r) => String(r.headers['idempotency-key'])));
    expect(seen).toEqual(new Set(rows.map((r) => r.key)));
    expect(seen.size).toBe(DELIVERIES);
    // Only what was under way at that moment comes twice.
    expect(receiver.received.length - DELIVERIES).toBeLessThanOrEqual(64);
  }, 600_000);

  it('tell when a camera fails and when it runs again', async () => {
    await rule({ rule_type: 'camera_down', conditions: { duration_seconds: 2, recovery_seconds: 1 } });
    await call(url, 'POST', '/cameras', { id: 'broken', name: 'b', source: '/nowhere/at/all.mp4', auto_start: true });
    const kinds = async () => (await history('&camera_id=broken')).items.map((a) => a.details.kind).reverse();
    await eventually(async () => expect(await kinds()).toEqual(['alert']), { within: 40_000 });
    await call(url, 'PUT', '/cameras/broken', { source: 'testsrc:size=320x180,rate=5' });
    await call(url, 'POST', '/cameras/broken/start');
    await eventually(async () => expect(await kinds()).toEqual(['alert', 'recovery']), { within: 40_000 });
  }, 180_000);

  it('show events and alerts to dashboards as they happen, by type where one is asked for', async () => {
    const socket = (where: string) => {
      const messages: { type: string; data?: { type?: string; camera_id?: string } }[] = [];
      const ws = new WebSocket(`${url.replace('http', 'ws')}${where}`);
      ws.on('message', (data) => messages.push(JSON.parse(String(data))));
      return { ws, messages };
    };
    const [all, some, status] = [socket('/ws/events'), socket('/ws/events?etype=SKIP_DRYING'), socket('/ws/status')];
    await eventually(() => expect([all, some, status].map(({ ws }) => ws.readyState)).toEqual([1, 1, 1]));
    await rule({ rule_type: 'violation', conditions: { threshold: 1 }, notification_channels: ['websocket'] });
    await eventually(() => expect(all.messages).toContainEqual({ type: 'ping' }));
    write(journal(), violation(Date.now() / 1_000, 'cam7'), eventLine({ ts: Date.now() / 1_000, type: 'SKIP_DRYING' }));
    await eventually(
      () => {
        expect(all.messages).toContainEqual({ type: 'event', data: expect.objectContaining({ camera_id: 'cam7' }) });
        expect(all.messages).toContainEqual({ type: 'alert', data: expect.objectContaining({ camera_id: 'cam7' }) });
        expect(some.messages).toContainEqual({ type: 'event', data: expect.objectContaining({ type: 'SKIP_DRYING' }) });
      },
      { within: 15_000 },
    );
    expect(some.messages).not.toContainEqual({ type: 'event', data: expect.objectContaining({ camera_id: 'cam7' }) });
    status.ws.send('{"type":"ping"}');
    await eventually(() => expect(status.messages).toContainEqual({ type: 'pong' }));
    expect(status.messages[0]).toMatchObject({
      type: 'status_update',
      data: expect.any(Object),
      timestamp: expect.any(Number),
    });
    for (const { ws } of [all, some, status]) ws.terminate();
    await expect(fetch(`${url}/ws/nowhere`)).resolves.toMatchObject({ status: 404 });
  }, 180_000);
});
