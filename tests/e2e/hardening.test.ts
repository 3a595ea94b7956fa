import request from 'supertest';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { inTime } from '../support/in-time';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

let database: TestDatabase;
let site: TestSite;
let server: Server;

beforeAll(async () => {
  database = await createTestDatabase();
  site = await testSite({ databaseUrl: database.url, access: { needsToken: true, perMinute: 0 } });
  server = httpOf(site).listen(0, '127.0.0.1');
  // A conversation is over when the service closes its connection: here soon after the last answer.
  server.keepAliveTimeout = 500;
  await once(server, 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await site.close();
  await database.drop();
});

/** Everything a connection is answered until the service closes it, and after how many milliseconds it does. */
function conversation(...pieces: readonly string[]): Promise<{ said: string; ms: number }> {
  const from = performance.now();
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let said = '';
  socket.on('data', (data) => (said += String(data)));
  for (const piece of pieces) socket.write(piece);
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ said, ms: performance.now() - from }));
  });
}

describe('every answer', () => {
  it.each(['/health', '/api/v1/cameras', '/nothing'])('of %s has the headers that protect its reader', async (path) => {
    const { headers } = await request(server).get(path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'permissions-policy': 'geolocation=(), microphone=(), camera=()',
    });
    const policy = headers['content-security-policy'];
    for (const part of ["default-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(part);
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('may be read by a page of any origin, without credentials', async () => {
    const { headers, status } = await request(server).get('/health').set('Origin', 'https://plant.example');
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

it('a page is told what it may send before it has a token', async () => {
  const { status, headers } = await request(server)
    .options('/api/v1/cameras')
    .set('Origin', 'https://plant.example')
    .set('Access-Control-Request-Method', 'PUT')
    .set('Access-Control-Request-Headers', 'authorization,content-type');
  expect(status).toBe(204);
  expect(headers['access-control-allow-methods']).toContain('PUT');
  expect(headers['access-control-allow-headers']).toBe('authorization,content-type');
  expect(headers['access-control-max-age']).toBe('600');
});

describe('a connection is ended', () => {
  it('that does not finish its headers', async () => {
    const { said, ms } = await conversation('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    expect(said).toMatch(/^HTTP\/1\.1 408 /);
    expect(ms).toBeGreaterThan(5_000);
    inTime(ms, 15_000);
  });

  it('that does not finish its body', async () => {
    const text = 'POST /api/v1/cameras HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{';
    const { said, ms } = await conversation(text);
    // It has no token, so it was answered before its body, which then never came.
    expect(said).toMatch(/^HTTP\/1\.1 401 /);
    inTime(ms, 40_000);
  });

  it('that sends headers without end', async () => {
    const { said } = await conversation('GET /health HTTP/1.1\r\n', `X-Long: ${'x'.repeat(100_000)}\r\n\r\n`);
    expect(said).toMatch(/^HTTP\/1\.1 431 /);
  });

  it.each(['GET //[ HTTP/1.1', 'GET http://[ HTTP/1.1', 'GET /none HTTP/1.1'])(
    'that wants to be a socket by %s, and the service goes on',
    async (line) => {
      const { said } = await conversation(
        `${line}\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      expect(said).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect((await request(server).get('/health')).status).toBe(200);
    },
  );
});
