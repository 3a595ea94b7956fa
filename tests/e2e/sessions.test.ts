import { WebSocket } from 'ws';
import { eventually } from '../support/eventually';
import { BareSite } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

describe('a browser that signs in at a service for other machines', () => {
  let database: TestDatabase;
  let site: BareSite;
  let [url, token] = ['', ''];
  let output = () => '';
  beforeAll(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
    const settings = { DATABASE_URL: database.url, HOST: '0.0.0.0', LOG_LEVEL: 'debug', SITE_NAME: 'Plant 2' };
    token = await site.token('operator', 'li', settings);
    const run = site.start(settings);
    url = (await run.ready()).replace('0.0.0.0', '127.0.0.1');
    output = () => run.output;
  });
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  async function signIn(): Promise<string> {
    const answer = await ask('POST', '/access/session', { origin: url }, { token });
    expect(answer.status).toBe(200);
    const said = answer.headers.get('set-cookie') ?? '';
    expect(said).toMatch(/^watchgate_session=wgs_[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    return said.slice(0, said.indexOf(';'));
  }

  it('reads and changes by its cookie, from pages of this service only', async () => {
    const cookie = await signIn();
    expect(await (await ask('GET', '/access/me', { cookie })).json()).toMatchObject({
      name: 'li',
      role: 'operator',
      session: true,
      needs_token: true,
      site: { name: 'Plant 2', time_zone: 'UTC' },
    });
    const camera = { id: 'gate', name: 'Gate', source: 'rtsp://192.0.2.7/main' };
    for (const [origin, status] of [
      ['http://evil.example', 403],
      ['null', 403],
      [url, 200],
    ] as const)
      expect((await ask('POST', '/cameras', { cookie, origin }, camera)).status).toBe(status);
    expect((await ask('DELETE', '/cameras/gate', { cookie })).status).toBe(403);
    expect((await ask('GET', '/cameras', { cookie })).status).toBe(200);
    expect((await ask('GET', '/cameras', { cookie: 'watchgate_session=wgs_guessed' })).status).toBe(401);
  });

  it('is told what is wrong with a token, and gets no cookie for it', async () => {
    const answer = await ask('POST', '/access/session', { origin: url }, { token: `${token}x` });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await answer.json()).toMatchObject({ code: 'access.unauthorized' });
    expect((await ask('POST', '/access/session', { origin: 'http://evil.example' }, { token })).status).toBe(403);
  });

  const socket = (cookie: string, origin: string) => {
    const opened = new WebSocket(`${url.replace('http', 'ws')}/ws/events`, { headers: { cookie, origin } });
    const state = { status: 0, closed: 0 };
    opened.on('open', () => (state.status = 101));
    opened.on('unexpected-response', (_request, { statusCode = 0 }) => (state.status = statusCode));
    opened.on('close', (code) => (state.closed = code));
    opened.on('error', () => undefined);
    return state;
  };

  it('has sockets, which end when it signs out and when its token is revoked', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const foreign = socket(first, 'http://evil.example');
    await eventually(() => expect(foreign.status).toBe(403));
    const [one, other] = [socket(first, url), socket(second, url)];
    await eventually(() => expect([one.status, other.status]).toEqual([101, 101]));
    const out = await ask('DELETE', '/access/session', { cookie: first, origin: url });
    expect(out.headers.get('set-cookie')).toMatch(/^watchgate_session=; Path=\/; Max-Age=0;/);
    await eventually(() => expect(one.closed).toBe(4401));
    expect((await ask('GET', '/access/me', { cookie: first })).status).toBe(401);
    expect(other.closed).toBe(0);
    await site.command(['revoke', token.slice(4, 20)], { DATABASE_URL: database.url });
    await eventually(() => expect(other.closed).toBe(4401));
    expect((await ask('GET', '/cameras', { cookie: second })).status).toBe(401);
  });

  it('writes neither token nor session to the log', () => {
    expect(output()).not.toContain(token.slice(21));
    expect(output()).not.toMatch(/wgs_/);
  });
});
