import request from 'supertest';
import { WebSocket } from 'ws';
import type { Server } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { httpApplication, httpServer } from '../../src/api/http/application';
import type { AuditView } from '../../src/application/access/access-service';
import { startSockets } from '../../src/composition/http';
import { Lifecycle } from '../../src/composition/lifecycle';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { accessOf, httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
};

describe('a service for this machine', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let port: number;
  let life: Lifecycle;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.cameras.configuration.reconcile();
    server = httpOf(site);
    port = await listening(server);
    life = new Lifecycle(site.log);
    startSockets(site.modules, server, [], life);
  });
  afterAll(async () => {
    await life.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await site.close();
    await database.drop();
  });

  const here = () => `127.0.0.1:${port}`;
  const get = (headers: Record<string, string>, path = '/api/v1/cameras') =>
    request(server)
      .get(path)
      .set({ host: here(), ...headers });
  const auditOf = async (operation: string): Promise<AuditView[]> =>
    (await get({}, `/api/v1/access/audit?operation=${operation}`)).body.entries;

  it.each([
    ['Forwarded', 'for=203.0.113.9'],
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-Host', 'plant.example'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Real-IP', '203.0.113.9'],
    ['Via', '1.1 proxy'],
  ])('S4: lets nobody in without a token whom a proxy sent: %s', async (name, value) => {
    const { status, body } = await get({ [name]: value });
    expect([status, body]).toMatchObject([401, { detail: expect.stringContaining('REQUIRE_TOKEN=true') }]);
    await get({}).expect(200);
    await get({ [name]: value }, '/health').expect(200);
  });

  it('S18, S30: is no administrator for pages of other sites and ports, nor for their pictures', async () => {
    for (const site of ['cross-site', 'same-site']) await get({ 'sec-fetch-site': site }).expect(401);
    for (const site of ['none', 'same-origin']) await get({ 'sec-fetch-site': site }).expect(200);
    await get({ origin: 'http://localhost:9999' }).expect(401);
    await get({ origin: 'http://localhost' }).expect(401);
    await get({ origin: `http://localhost:${port}` }).expect(200);
    expect((await get({})).headers['cross-origin-resource-policy']).toBe('same-origin');
  });

  it('S2: ends connections that were refused, though the client keeps its side open', async () => {
    const clients: Socket[] = [];
    const send = (text: string) => {
      const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      client.on('error', () => client.destroy());
      client.resume();
      client.write(text);
      clients.push(client);
    };
    for (let i = 0; i < 20; i += 1) {
      send(`GET /ws/events HTTP/1.1\r\nHost: evil.example\r\n${UPGRADE}`);
      send(`GET /ws/nowhere HTTP/1.1\r\nHost: ${here()}\r\n${UPGRADE}`);
      send('GET / HTTP/9.9\r\n\r\n');
    }
    await eventually(() => expect(clients.every(({ bytesRead }) => bytesRead > 0)).toBe(true));
    const open = () => new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
    await eventually(async () => expect(await open()).toBeLessThan(5), { within: 10_000 });
    for (const client of clients) client.destroy();
  }, 180_000);

  it('S27: names no other host when it takes a slash away', async () => {
    const raw = (line: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`${line} HTTP/1.1\r\nHost: ${here()}\r\nConnection: close\r\n\r\n`),
        );
        let text = '';
        socket.on('data', (data) => (text += String(data)));
        socket.on('close', () => resolve(text));
      });
    for (const path of ['/\\evil.example/', '//evil.example/', '/\\/evil.example/'])
      expect(await raw(`GET ${path}`)).not.toMatch(/^location:/im);
    expect(await raw(`GET http://${here()}/api/v1/cameras/?x=1`)).toMatch(/^location: \/api\/v1\/cameras\?x=1\r$/im);
  });

  it('S14: notes every attempt to change something, whatever became of it', async () => {
    const post = (path: string) => request(server).post(path).set('host', here());
    await post('/api/v1/cameras').set('x-forwarded-for', '203.0.113.9').send({}).expect(401);
    await post('/api/v1/cameras')
      .send({ name: 'x'.repeat(300_000) })
      .expect(413);
    await post('/api/v1/cameras').set('content-encoding', 'zstd-9').send('x').expect(415);
    await request(server).put('/api/v1/cameras/%ff').set('host', here()).send({}).expect(400);
    await request(server).delete('/api/v1/cameras').set('host', here()).expect(405);
    const half = connect(port, '127.0.0.1', () =>
      half.end(`POST /api/v1/cameras HTTP/1.1\r\nHost: ${here()}\r\nContent-Length: 100\r\n\r\n{"id":`),
    );
    await eventually(async () => {
      const seen = [...(await auditOf('request.refused')), ...(await auditOf('cameras.create'))];
      expect(seen.map(({ status, role }) => [status, role])).toEqual(
        expect.arrayContaining([
          [401, null],
          [400, 'admin'],
          [405, 'admin'],
          [413, 'admin'],
          [415, 'admin'],
        ]),
      );
      expect(seen.length).toBeGreaterThanOrEqual(6);
      expect(seen.find(({ status }) => status === 401)?.input).toEqual({ method: 'POST', path: '/api/v1/cameras' });
    });
  });

  it('S14: says what became of a rule, under whatever it was hidden', async () => {
    const rules = '/api/v1/alerts/rules';
    const rule = {
      name: 'r',
      rule_type: 'violation',
      conditions: { threshold: 5 },
      recipients: ['https://old.example/x'],
    };
    const { body } = await request(server).post(rules).set('host', here()).send(rule).expect(200);
    for (const force of ['true', 'false']) {
      const recipients = [`https://attacker.example/${force}`];
      const change = { recipients, name: 'n'.repeat(200), conditions: { threshold: 5, padding: 'x'.repeat(4_000) } };
      await request(server).put(`${rules}/${body.id}?force_domain=${force}`).set('host', here()).send(change);
      await request(server)
        .put(`${rules}/${body.id}?force_domain=${force}`)
        .set('host', here())
        .send({ recipients })
        .expect(200);
    }
    const updates = await auditOf('alerts.update');
    expect(JSON.stringify(updates[1]?.input)).toContain('https://attacker.example/false');
    expect(updates[0]?.changed).toEqual({
      rule_id: body.id,
      before: { recipients: ['https://attacker.example/true'] },
      after: { recipients: ['https://attacker.example/false'] },
    });
    expect((await auditOf('alerts.create'))[0]?.changed).toEqual({ rule_id: body.id });
  });

  it('S14: whoever sends any number of refused attempts fills no disk', async () => {
    const before = (await auditOf('request.refused')).length;
    for (let i = 0; i < 100; i += 1) await request(server).post('/nowhere').set('host', 'evil.example').expect(401);
    expect((await auditOf('request.refused')).length - before).toBeLessThanOrEqual(10);
    await site.modules.access.trail.close();
    const [newest] = await auditOf('request.refused');
    expect((newest?.input as { more: number } | undefined)?.more).toBeGreaterThanOrEqual(90);
  }, 180_000);

  it('S23: gives up at the depth that it takes, before it reads millions of brackets', async () => {
    // The earlier way made 1.9 million sets of these before it counted them.
    const body = `{"events":${'['.repeat(1_900_000)}${']'.repeat(1_900_000)}}`;
    const { status, body: problem } = await request(server).post('/api/v1/events').set('host', here()).send(body);
    expect([status, problem.code]).toEqual([400, 'request.too_deep']);
    await request(server).post('/api/v1/events').set('host', here()).send('['.repeat(3_900_000)).expect(400);
  });

  it('S16: tells a few of thousands of wrong names, and how many there are', async () => {
    const names = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`w${i}`, 1]));
    for (const path of ['/api/v1/cameras/batch-status', '/api/v1/cameras']) {
      const { status, body, text } = await request(server).post(path).set('host', here()).send(names);
      expect([status, body.detail]).toEqual([400, expect.stringMatching(/\(and (19999|20002) more\)$/)]);
      expect(text.length).toBeLessThan(30_000);
    }
  });

  it('S17: takes no control characters in names and reasons, which terminals would obey', async () => {
    const events = ['cam\u001b]0;own\u0007', 'cam\r\n2026-01-01 ERROR FORGED', 'cam\u009b31m'].map((camera_id) => ({
      ts: new Date().toISOString(),
      type: 'frozen',
      camera_id,
    }));
    const { body } = await request(server).post('/api/v1/events').set('host', here()).send({ events });
    expect(body).toMatchObject({ accepted: 0, rejected: [{ index: 0 }, { index: 1 }, { index: 2 }] });
    const kill = await request(server)
      .post('/api/v1/rollout/kill')
      .set('host', here())
      .send({ reason: 'x\u001b]0;own\u0007' });
    expect(kill.status).toBe(400);
  });

  it('S25: takes no control characters in variables of a camera, in the API and in the file', async () => {
    const camera = { id: 'nul', name: 'n', source: '0', env: { MODEL_X: 'a\u0001b' } };
    const { body } = await request(server).post('/api/v1/cameras').set('host', here()).send(camera).expect(400);
    expect(body.errors).toMatchObject([{ loc: ['body', 'env', 'MODEL_X'] }]);
    const was = site.text();
    site.write(`${was}  - {id: nul, name: n, source: '0', env: {MODEL_X: "a\\0b"}}\n`);
    const config = await request(server).get('/api/v1/cameras/config').set('host', here()).expect(200);
    site.write(was);
    expect(config.body.faults).toMatchObject([{ path: 'cameras[2].env.MODEL_X' }]);
  });
});

describe('S19: whoever asks whether the service is ready', () => {
  it('is answered by one look a second, however many ask', async () => {
    let looks = 0;
    const gate = { needsToken: false, admit: () => ({ role: 'admin' }) as const };
    const ready = async () => {
      looks += 1;
      return [];
    };
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const server = httpServer(httpApplication([], { log, gate, ready }), log);
    await listening(server);
    await Promise.all(Array.from({ length: 50 }, () => request(server).get('/readyz').expect(200)));
    // More only if the machine took longer than a second for them.
    expect(looks).toBeLessThan(10);
    await new Promise((done) => server.close(done));
  });
});

describe('a service for other machines', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let port: number;
  let life: Lifecycle;
  const PROXY = '127.0.0.1';

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, access: { needsToken: true, perMinute: 0 } });
    const options = { log: site.log, ...accessOf(site), trustedProxy: [PROXY] };
    server = httpServer(httpApplication(site.modules.operations, options), site.log);
    port = await listening(server);
    life = new Lifecycle(site.log);
    startSockets(site.modules, server, [PROXY], life);
  });
  afterAll(async () => {
    await life.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await site.close();
    await database.drop();
  });

  const token = async (role: string, name = `a ${role}`) => {
    const made = await site.modules.access.tokens.create({ role, name });
    await site.modules.access.authenticator.refresh();
    return { id: made.token.fields.id, text: made.text, headers: { authorization: `Bearer ${made.text}` } };
  };

  it('S4: throttles and notes the client that a trusted proxy names, not the proxy', async () => {
    const { headers } = await token('admin');
    const wrong = { authorization: 'Bearer wrong' };
    for (let i = 0; i < 11; i += 1)
      await request(server)
        .get('/api/v1/cameras')
        .set({ ...wrong, 'x-forwarded-for': `10.9.9.${i}, 203.0.113.9` });
    const status = async (address: string) =>
      (
        await request(server)
          .get('/api/v1/cameras')
          .set({ ...wrong, 'x-forwarded-for': address })
      ).status;
    expect([await status('203.0.113.9'), await status('203.0.113.10')]).toEqual([429, 401]);
    await request(server)
      .delete('/api/v1/cameras/none')
      .set({ ...headers, 'x-forwarded-for': '203.0.113.77' });
    const { body } = await request(server).get('/api/v1/access/audit?operation=cameras.remove').set(headers);
    expect(body.entries[0].address).toBe('203.0.113.77');
  });

  it('S14: tells two tokens of one name apart, and takes no name that looks like a reserved one', async () => {
    const [one, other, admin] = [await token('operator', 'li'), await token('operator', 'li'), await token('admin')];
    for (const { headers } of [one, other]) await request(server).delete('/api/v1/cameras/none').set(headers);
    const { body } = await request(server).get('/api/v1/access/audit?actor=li').set(admin.headers);
    expect(body.entries.map((entry: AuditView) => entry.token_id)).toEqual([other.id, one.id]);
    const byToken = await request(server).get(`/api/v1/access/audit?token_id=${one.id}`).set(admin.headers);
    expect(byToken.body.entries).toHaveLength(1);
    for (const name of ['оperator', 'ｏｐｅｒａｔｏｒ', 'Operator'])
      await expect(token('admin', name)).rejects.toMatchObject({ code: 'access.invalid' });
    await expect(token('viewer', '李 li')).resolves.toMatchObject({ id: expect.any(String) });
  });

  it('S15: shows the secrets of webhook addresses to those only who may change them', async () => {
    const [viewer, operator] = [await token('viewer'), await token('operator')];
    const hook = 'https://hooks.example/services/T0/B0/S3cretHook';
    const rule = {
      name: 'r',
      rule_type: 'violation',
      conditions: { threshold: 5 },
      recipients: [hook, 'li@plant.example'],
    };
    const { body } = await request(server).post('/api/v1/alerts/rules').set(operator.headers).send(rule).expect(200);
    for (const path of ['/api/v1/alerts/rules', `/api/v1/alerts/rules/${body.id}`])
      for (const force of ['true', 'false']) {
        const as = (headers: Record<string, string>) =>
          request(server).get(`${path}?force_domain=${force}`).set(headers);
        const shown = await request(server).get(path).set(viewer.headers).expect(200);
        expect(shown.text).not.toContain('S3cretHook');
        expect(shown.text).toContain('https://hooks.example/***');
        expect((await as(operator.headers)).text).toContain('S3cretHook');
      }
  });

  it('S7: closes the sockets of a token that was revoked, and of one that expired', async () => {
    const { id, text } = await token('viewer');
    const soon = await site.modules.access.tokens.create({
      role: 'viewer',
      name: 'guest',
      expiresAt: new Date(Date.now() + 1_500),
    });
    const stays = await token('viewer');
    await site.modules.access.authenticator.refresh();
    const closed = new Map<string, number>();
    const open = async (name: string, secret: string) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/events`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      socket.on('close', (code) => closed.set(name, code));
      await eventually(() => expect(socket.readyState).toBe(WebSocket.OPEN));
      return socket;
    };
    await open('revoked', text);
    await open('expired', soon.text);
    const kept = await open('kept', stays.text);
    await site.modules.access.tokens.revoke(id);
    await site.modules.access.authenticator.refresh();
    await eventually(() => expect(Object.fromEntries(closed)).toEqual({ expired: 4401, revoked: 4401 }), {
      within: 10_000,
    });
    expect(kept.readyState).toBe(WebSocket.OPEN);
    kept.terminate();
  }, 180_000);

  it('S16: gives one token so many sockets, and the others to others', async () => {
    const [{ headers }, admin] = [await token('viewer'), await token('admin')];
    const sockets: WebSocket[] = [];
    const refused: number[] = [];
    const open = (auth: object) =>
      new Promise<void>((done) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/events`, { headers: { ...auth } });
        sockets.push(socket);
        socket.on('open', () => done());
        socket.on('unexpected-response', (_request, response) => {
          refused.push(response.statusCode ?? 0);
          done();
        });
        socket.on('error', () => done());
      });
    for (let i = 0; i < 210; i += 1) await open(headers);
    expect(refused).toEqual(Array(10).fill(429));
    await open(admin.headers);
    expect(refused).toHaveLength(10);
    for (const socket of sockets) socket.terminate();
  }, 180_000);
});
