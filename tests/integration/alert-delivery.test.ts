import { LogChannel } from '../../src/application/alerts/alert-channel';
import { AlertHandlingService } from '../../src/application/alerts/alert-handling-service';
import { DeliveryWorker } from '../../src/application/alerts/delivery-worker';
import { AddressPolicy, WebhookChannel, signatureOf } from '../../src/infrastructure/notify/webhook-channel';
import { EmailChannel } from '../../src/infrastructure/notify/email-channel';
import { MqttChannel, MqttLink } from '../../src/infrastructure/notify/mqtt-link';
import { PgAnnouncer } from '../../src/infrastructure/postgres/pg-deliveries';
import { eventually } from '../support/eventually';
import { mailServer } from '../support/mail-server';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';
import { type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver';

const SECRET = 'geheim';

describe('the delivery of alerts', () => {
  let database: TestDatabase;
  let site: TestSite;
  let mail: Awaited<ReturnType<typeof mailServer>>;
  let receiver: WebhookReceiver;
  let worker: DeliveryWorker;
  let email: EmailChannel;

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    [mail, receiver] = [await mailServer(), await webhookReceiver()];
    const sql = site.modules.platform.database;
    const policy = new AddressPolicy(['127.0.0.1']);
    const clock = () => new Date();
    email = new EmailChannel({ smtpUrl: mail.url, from: 'watchgate@plant.example' });
    const channels = {
      webhook: new WebhookChannel({ url: '', secret: SECRET, policy, withinMs: 400 }, clock),
      email,
      websocket: new PgAnnouncer(sql),
      mqtt: new MqttChannel(new MqttLink({ mqttUrl: '', mqttTopic: 't' }, site.log)),
      log: new LogChannel(site.log),
    };
    worker = new DeliveryWorker(site.modules.alerts.deliveries, channels, clock, site.log);
  });
  afterEach(async () => {
    await worker.stop();
    email.close();
    await receiver.close();
    await mail.close();
    await site.close();
    await database.drop();
  });

  const handling = (): AlertHandlingService => site.modules.alerts.handling;
  const sql = (text: string, values: readonly unknown[] = []) =>
    site.modules.platform.database.query<{ id: string }>(text, values);
  const queue = async (channel: string, target: string): Promise<number> => {
    const [alert] = await sql(
      `INSERT INTO alert_history (camera_id, alert_type, message, details) VALUES ('cam', 'violation_threshold', '5 at cam', '{"priority":"high","rule_name":"r"}') RETURNING id`,
    );
    const insert = 'INSERT INTO alert_deliveries (alert_id, channel, target) VALUES ($1, $2, $3) RETURNING id';
    return Number((await sql(insert, [alert?.id, channel, target]))[0]?.id);
  };
  const delivery = async (id: number) => {
    const { items } = await handling().deliveries({ limit: 1_000, offset: 0 });
    return items.find((d) => d.id === id)!;
  };
  const settled = (id: number, status: string, within = 15_000) =>
    eventually(
      async () => {
        worker.wake();
        expect((await delivery(id)).status).toBe(status);
      },
      { within },
    );

  it('makes 4 attempts and 1 delivery of 500, 500, no answer, 200', async () => {
    const answers = [500, 500, 'hang', 200] as const;
    receiver.reaction = (nth) => answers[nth] ?? 200;
    const id = await queue('webhook', receiver.url);
    await settled(id, 'delivered');
    const { attempts, idempotency_key } = await delivery(id);
    expect(attempts.map((a) => a.ok)).toEqual([false, false, false, true]);
    expect(attempts.map((a) => a.detail)).toEqual([
      'answered 500',
      'answered 500',
      'no answer in time',
      'answered 200',
    ]);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map((r) => r.headers['idempotency-key']))).toEqual(new Set([idempotency_key]));
    expect(new Set(receiver.received.map((r) => r.body)).size).toBe(1);
    const gaps = receiver.received.slice(1).map(({ at }, i) => at - receiver.received[i]!.at);
    [800, 1_600, 3_200].forEach((least, i) => expect(gaps[i]).toBeGreaterThanOrEqual(least));
    const { items } = await site.modules.alerts.archive.page({ limit: 1, offset: 0 });
    expect(items[0]).toMatchObject({ notification_sent: true, notification_channels_used: ['webhook'] });
  }, 180_000);

  it('signs time and body, which a receiver can check', async () => {
    await settled(await queue('webhook', receiver.url), 'delivered');
    const [{ headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    const timestamp = String(headers['x-watchgate-timestamp']);
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(600);
    expect(headers['x-watchgate-signature']).toBe(signatureOf(SECRET, timestamp, body));
    expect(headers['x-watchgate-signature']).not.toBe(signatureOf('other', timestamp, body));
    expect(JSON.parse(body)).toMatchObject({
      type: 'alert',
      idempotency_key: headers['idempotency-key'],
      data: { camera_id: 'cam', alert_type: 'violation_threshold', message: '5 at cam', details: { priority: 'high' } },
    });
  });

  it('gives up at once what is refused for good; it is listed, and can be replayed under the same key', async () => {
    receiver.reaction = (nth) => (nth === 0 ? 410 : 200);
    const id = await queue('webhook', receiver.url);
    await settled(id, 'dead');
    const dead = await handling().deliveries({ limit: 10, offset: 0, status: 'dead' });
    expect(dead).toMatchObject({
      count: 1,
      total: 1,
      items: [{ id, attempts: [{ ok: false, detail: 'answered 410' }] }],
    });
    expect(await handling().replay({ delivery_id: id })).toMatchObject({ status: 'queued' });
    await settled(id, 'delivered');
    expect(new Set(receiver.received.map((r) => r.headers['idempotency-key'])).size).toBe(1);
    await expect(handling().replay({ delivery_id: id })).rejects.toMatchObject({ kind: 'conflict' });
    await expect(handling().replay({ delivery_id: 4040 })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('gives up after 8 attempts that fail', async () => {
    receiver.reaction = () => 503;
    const id = await queue('webhook', receiver.url);
    await eventually(
      async () => {
        // Time passes.
        await sql(`UPDATE alert_deliveries SET next_attempt_at = now() WHERE status = 'queued'`);
        worker.wake();
        expect((await delivery(id)).status).toBe('dead');
      },
      { within: 15_000 },
    );
    expect((await delivery(id)).attempts).toHaveLength(8);
    expect(receiver.received).toHaveLength(8);
  }, 180_000);

  it('sends e-mail through a real server, one to each recipient', async () => {
    await settled(await queue('email', 'shift@plant.example'), 'delivered');
    expect(mail.mails).toHaveLength(1);
    const [{ to, text }] = mail.mails as [(typeof mail.mails)[0]];
    expect(to).toEqual(['shift@plant.example']);
    expect(text).toMatch(/^Subject: \[high\] 5 at cam\r$/m);
    expect(text).toMatch(/^From: watchgate@plant.example\r$/m);
    expect(text).toMatch(/^X-Watchgate-Idempotency-Key: [0-9a-f-]{36}\r$/m);
    expect(text).toMatch(/camera {4}cam/);
  });

  it('gives up a recipient that the mail server does not know, and tries a server that is away again', async () => {
    const id = await queue('email', 'nobody@plant.example');
    await settled(id, 'dead');
    expect((await delivery(id)).attempts).toMatchObject([{ ok: false, detail: 'the mail server answered 550' }]);
    await mail.close();
    const later = await queue('email', 'shift@plant.example');
    await eventually(async () => {
      worker.wake();
      expect((await delivery(later)).attempts.length).toBeGreaterThan(0);
    });
    expect(await delivery(later)).toMatchObject({ status: 'queued', next_attempt_at: expect.any(String) });
  });

  it('gives up what nobody configured, and says what is missing', async () => {
    const id = await queue('webhook', '');
    await settled(id, 'dead');
    expect((await delivery(id)).attempts[0]?.detail).toMatch(/ALERT_WEBHOOK_URL is not set/);
    const mailless = await queue('email', '');
    await settled(mailless, 'dead');
  });

  it('writes to the log, and announces to sockets', async () => {
    await settled(await queue('log', ''), 'delivered');
    await settled(await queue('websocket', ''), 'delivered');
    expect(site.log.lines.join('\n')).toContain('alert: 5 at cam');
  });

  it('is held up by nobody who does not answer', async () => {
    const slow = await webhookReceiver();
    slow.reaction = () => 'hang';
    for (let i = 0; i < 20; i++) await queue('webhook', `${slow.url}/${i}`);
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push(await queue('webhook', `${receiver.url}/${i}`));
    for (const id of ids) await settled(id, 'delivered');
    await slow.close();
  }, 180_000);

  it('never shows the secret, nor what addresses hold', async () => {
    receiver.reaction = () => 404;
    const id = await queue('webhook', `${receiver.url}?token=geheim2`);
    await settled(id, 'dead');
    const everything = JSON.stringify(await delivery(id)) + site.log.lines.join('\n');
    expect(everything).not.toContain(SECRET);
    expect((await delivery(id)).target).toBe(`http://127.0.0.1:${receiver.port}/***`);
  });
});
