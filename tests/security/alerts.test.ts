import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { LogChannel, type OutgoingNotice } from '../../src/application/alerts/alert-channel';
import { DeliveryWorker } from '../../src/application/alerts/delivery-worker';
import { AddressPolicy, WebhookChannel } from '../../src/infrastructure/notify/webhook-channel';
import { EmailChannel } from '../../src/infrastructure/notify/email-channel';
import { alertState } from '../../src/infrastructure/postgres/pg-alert-archive';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';
import { webhookReceiver } from '../support/webhook-receiver';

const NOTICE: OutgoingNotice = {
  channel: 'webhook',
  target: '',
  idempotencyKey: 'k',
  notice: {
    id: 1,
    rule_id: 1,
    camera_id: 'cam',
    alert_type: 'x',
    timestamp: '2026-01-05T00:00:00.000Z',
    message: 'm',
    details: {},
  },
};
const policy = new AddressPolicy(['127.0.0.1', '127.0.0.2']);
const clock = () => new Date();
const webhooks = (withinMs = 2_000) => new WebhookChannel({ url: '', secret: 'geheim', policy, withinMs }, clock);

/** Answers every request with some bytes, and keeps the connection. */
class RawServer {
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(greeting: string, answer: string) {
    this.server = createServer((socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      if (greeting) socket.write(greeting);
      socket.on('data', (data) => this.heard.push(String(data)) && answer && socket.write(answer));
      socket.on('error', () => socket.destroy());
    });
  }

  readonly heard: string[] = [];

  static async start({ greeting = '', answer = '' }): Promise<RawServer> {
    const raw = new RawServer(greeting, answer);
    raw.server.listen(0, '127.0.0.1');
    await once(raw.server, 'listening');
    return raw;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }
}

describe('receivers of webhooks', () => {
  const servers: { stop(): Promise<void> }[] = [];
  const raw = async (options: { greeting?: string; answer?: string }) => {
    const server = await RawServer.start(options);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  it('S1: that leave HTTP behind are given up at once', async () => {
    const { port } = await raw({
      answer: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    });
    await expect(webhooks().send({ ...NOTICE, target: `http://127.0.0.1:${port}/` })).rejects.toThrow(/101/);
  });

  it('S1: that say nothing, or never finish, are waited for no longer than the deadline', async () => {
    for (const answer of ['', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'HTTP/1.1 200 OK\r\n']) {
      const { port } = await raw({ answer });
      await expect(webhooks(300).send({ ...NOTICE, target: `http://127.0.0.1:${port}/` })).rejects.toThrow(/in time/);
    }
  });

  it('S21: have a signature of their own, and none for whom they lead to', async () => {
    const [one, other] = [await webhookReceiver('127.0.0.1'), await webhookReceiver('127.0.0.2')];
    try {
      one.reaction = () => ({ redirect: other.url });
      await webhooks().send({ ...NOTICE, target: one.url });
      const [signed, passedOn] = [one.received[0]?.headers ?? {}, other.received[0]?.headers ?? {}];
      expect(other.received).toHaveLength(1);
      expect(Object.keys(passedOn).filter((name) => name.includes('signature'))).toEqual([]);
      const key = createHmac('sha256', 'geheim').update(`http://127.0.0.1:${one.port}`).digest('hex');
      const text = `${String(signed['x-watchgate-timestamp'])}.${one.received[0]?.body}`;
      expect(signed['x-watchgate-signature-v2']).toBe(`sha256=${createHmac('sha256', key).update(text).digest('hex')}`);
      one.reaction = () => ({ redirect: '/second' });
      await webhooks()
        .send({ ...NOTICE, target: one.url })
        .catch(() => undefined);
      expect(one.received.at(-1)).toMatchObject({
        path: '/second',
        headers: { 'x-watchgate-signature': expect.any(String) },
      });
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });

  it.each(['::ffff:0:127.0.0.1', '::ffff:0:a00:1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])(
    'S26: inside are refused however they are written: %s',
    (address) => expect(new AddressPolicy([]).permits(address, address)).toBe(false),
  );
});

describe('S22: a mail server', () => {
  it('that offers no encryption is shown no password', async () => {
    const server = await RawServer.start({ greeting: '220 x ESMTP\r\n', answer: '250-x\r\n250 AUTH PLAIN\r\n' });
    const send = (url: string) =>
      new EmailChannel({ smtpUrl: url, from: 'a@b.example' }).send({
        ...NOTICE,
        channel: 'email',
        target: 'c@d.example',
      });
    try {
      // Written so that it does not count as this machine, on which there is no network to listen on.
      await expect(send(`smtp://u:SmtpPw@[::ffff:127.0.0.1]:${server.port}`)).rejects.toThrow(/mail server/);
      expect(server.heard.join('')).toMatch(/EHLO|HELO/);
      expect(server.heard.join('')).not.toMatch(/AUTH PLAIN AHUA|U210cFB3/);
    } finally {
      await server.stop();
    }
  }, 180_000);
});

describe('S1: the delivery of alerts', () => {
  let database: TestDatabase;
  let site: TestSite;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await site.close();
    await database.drop();
  });

  const sql = <T>(text: string, values: readonly unknown[] = []) =>
    site.modules.platform.database.query<T>(text, values);
  const alertOf = async (rule: number) =>
    (
      await sql<{ id: string }>(
        `INSERT INTO alert_history (rule_id, camera_id, alert_type, message, details)
         VALUES ((SELECT id FROM alert_rules WHERE id = $1), 'cam', 'violation_threshold', 'm', '{}') RETURNING id`,
        [rule],
      )
    )[0]?.id;
  const queue = async (alert: string | undefined, channel: string, target: string) =>
    sql('INSERT INTO alert_deliveries (alert_id, channel, target) VALUES ($1, $2, $3)', [alert, channel, target]);
  const statuses = async (like: string) =>
    (await sql<{ status: string }>('SELECT status FROM alert_deliveries WHERE target LIKE $1', [like])).map(
      (r) => r.status,
    );

  it('goes on beside eighty addresses of a receiver, or of a rule, that never answers', async () => {
    const hung: Socket[] = [];
    const silent = createServer((socket) => void hung.push(socket.on('error', () => socket.destroy()))).listen(
      0,
      '127.0.0.1',
    );
    await once(silent, 'listening');
    const good = await webhookReceiver();
    const { port } = silent.address() as AddressInfo;
    const create = async () =>
      (await site.modules.alerts.domain.create({ name: 'r', rule_type: 'violation', conditions: { threshold: 5 } })).id;
    const [bad, fine] = [await alertOf(await create()), await alertOf(await create())];
    for (let i = 0; i < 80; i += 1) await queue(bad, 'webhook', `http://127.0.0.${(i % 2) + 1}:${port}/${i}`);
    for (let i = 0; i < 5; i += 1) await queue(fine, 'webhook', `${good.url}/good${i}`);
    await queue(fine, 'log', 'log-good');
    const channels = {
      webhook: webhooks(60_000),
      email: new EmailChannel({ smtpUrl: '', from: 'x' }),
      websocket: new LogChannel(site.log),
      mqtt: new LogChannel(site.log),
      log: new LogChannel(site.log),
    };
    const worker = new DeliveryWorker(site.modules.alerts.deliveries, channels, clock, site.log);
    try {
      await eventually(
        async () => {
          worker.wake();
          expect([...(await statuses('%good%')), hung.length]).toEqual([...Array(6).fill('delivered'), 4]);
        },
        { within: 20_000 },
      );
      await sql(`UPDATE alert_deliveries SET next_attempt_at = now() - interval '10 minutes' WHERE status = 'queued'`);
      const { oldestWaiting } = await alertState(site.modules.platform.database);
      expect(oldestWaiting).toBeGreaterThanOrEqual(600);
    } finally {
      for (const socket of hung) socket.destroy();
      await worker.stop();
      await good.close();
      silent.close();
    }
  }, 180_000);

  it('ends in time, and lets go of what a channel never finishes', async () => {
    jest.useFakeTimers({ advanceTimers: true });
    try {
      const never = { send: () => new Promise<string>(() => undefined) };
      const claims = [{ id: 1, lease: 'l', attempts: 1, ...NOTICE }];
      const settled: string[] = [];
      const queueOfOne = {
        claim: async () => claims.splice(0),
        settle: async (_claim: object, { detail }: { detail: string }) => void settled.push(detail),
      };
      const channels = { webhook: never, email: never, websocket: never, mqtt: never, log: never };
      const worker = new DeliveryWorker(queueOfOne, channels, clock, site.log);
      worker.wake();
      await jest.advanceTimersByTimeAsync(31_000);
      expect(settled).toEqual(['took too long']);
      claims.push({ id: 2, lease: 'l', attempts: 1, ...NOTICE });
      worker.wake();
      await jest.advanceTimersByTimeAsync(1_000);
      const stopping = worker.stop();
      await jest.advanceTimersByTimeAsync(16_000);
      await stopping;
    } finally {
      jest.useRealTimers();
    }
  });
});
