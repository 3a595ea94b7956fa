import { once } from 'node:events';
import { Agent, type IncomingMessage, type Server, get, request } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type Patience, httpApplication, httpServer } from '../../src/api/http/application';
import { NoInputDto } from '../../src/api/http/fields';
import { mounted } from '../../src/api/http/mount';
import { operations } from '../../src/api/http/operation';
import { Media } from '../../src/application/shared/media';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';

interface Shelf {
  large(nothing: object): Promise<object>;
  small(nothing: object): Promise<object>;
  table(nothing: object): Promise<Media>;
  broken(nothing: object): Promise<Media>;
  picture(nothing: object): Promise<Media>;
}

const LARGE = { texts: Array.from({ length: 200 }, (_, i) => `text ${i}`) };
const LINE = 'a,b,c,d,e,f,g,h\r\n';
const LINES = 20_000;
const PICTURE = Buffer.alloc(5_000, 'x');

async function* lines(until: number) {
  for (let i = 0; i < until; i += 1) yield LINE;
}
async function* breaking() {
  yield* lines(2_000);
  throw new Error('the database went away');
}

const shelf: Shelf = {
  large: async () => LARGE,
  small: async () => ({ a: 1 }),
  table: async () => new Media('text/csv; charset=utf-8', lines(LINES)),
  broken: async () => new Media('text/csv; charset=utf-8', breaking()),
  picture: async () => new Media('image/jpeg', PICTURE),
};

const row = { summary: '', input: NoInputDto };
const json = { ...row, output: NoInputDto, example: { input: {}, answer: {} } };
const csv = { ...row, output: Media, produces: 'text/csv; charset=utf-8', example: { input: {}, answer: undefined } };
const rows = operations<Shelf>('shelf', {
  large: { ...json, http: 'GET /large', call: (shelf) => shelf.large({}) },
  small: { ...json, http: 'GET /small', call: (shelf) => shelf.small({}) },
  table: { ...csv, http: 'GET /table', call: (shelf) => shelf.table({}) },
  broken: { ...csv, http: 'GET /broken', call: (shelf) => shelf.broken({}) },
  picture: { ...csv, http: 'GET /picture', call: (shelf) => shelf.picture({}), produces: 'image/jpeg' },
});

const HEADERS_MS = 300;
const PATIENCE: Patience = { requestMs: HEADERS_MS, headersMs: HEADERS_MS, lookMs: 30, idleMs: 75_000 };
const gate = { needsToken: false, admit: () => ({ role: 'admin' as const }) };

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Whether the whole of it came. */
  readonly complete: boolean;
}

describe('what clients and proxies know of HTTP', () => {
  const log = rememberingLog();
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = httpServer(
      httpApplication(mounted(rows, shelf), {
        log,
        gate,
        scrape: async () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', text: '# a metric\n'.repeat(200) }),
      }),
      log,
      PATIENCE,
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const fetched = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> =>
    new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', () => undefined);
        answer.on('close', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks),
            complete: answer.complete,
          }),
        );
      });
      call.on('error', reject);
      call.end();
    });
  const gzip = { 'accept-encoding': 'gzip' };

  /** Sends a text on a connection of its own; what is answered until the service closes it. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let said = '';
      socket.on('data', (data) => (said += String(data)));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(said));
    });

  describe('compression', () => {
    it('is there where it is asked for, and not where it is not', async () => {
      const plain = await fetched('/api/v1/large');
      expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding', 'content-length': String(plain.body.length) });
      expect(plain.headers).not.toHaveProperty('content-encoding');
      expect(JSON.parse(String(plain.body))).toEqual(LARGE);
      const zipped = await fetched('/api/v1/large', gzip);
      expect(zipped.headers).toMatchObject({ vary: 'Accept-Encoding', 'content-encoding': 'gzip' });
      expect(zipped.headers['x-request-id']).toEqual(expect.any(String));
      expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
      const brotli = await fetched('/api/v1/large', { 'accept-encoding': 'gzip, deflate, br' });
      expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
      expect((await fetched('/api/v1/large', { 'accept-encoding': 'identity' })).body.equals(plain.body)).toBe(true);
    });

    it.each(['/openapi.json', '/docs', '/docs/style.css', '/metrics'])('serves %s', async (path) => {
      const [plain, zipped] = [await fetched(path), await fetched(path, gzip)];
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    });

    it('is not for small answers, pictures and HEAD', async () => {
      for (const path of ['/api/v1/small', '/api/v1/picture', '/health'])
        expect((await fetched(path, gzip)).headers).not.toHaveProperty('content-encoding');
      expect((await fetched('/api/v1/picture', gzip)).body.equals(PICTURE)).toBe(true);
      const head = await fetched('/api/v1/large', gzip, 'HEAD');
      expect([head.status, head.body.length, head.headers['content-encoding']]).toEqual([200, 0, undefined]);
    });

    it('takes a table as it comes, and cuts one that breaks off', async () => {
      const { body, headers } = await fetched('/api/v1/table', gzip);
      expect(headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(body).length).toBe(LINE.length * LINES);
      for (const asked of [gzip, {}]) expect((await fetched('/api/v1/broken', asked)).complete).toBe(false);
    });
  });

  it('tells whoever has the document already that it is the same', async () => {
    for (const path of ['/openapi.json', '/docs/style.css', '/docs/filter.js']) {
      const { headers } = await fetched(path);
      const etag = headers.etag ?? '';
      expect(etag).toMatch(/^W\/"[0-9a-f]{64}"$/);
      for (const asked of [{}, gzip]) {
        const same = await fetched(path, { ...asked, 'if-none-match': etag });
        expect([same.status, same.body.length, same.headers.etag]).toEqual([304, 0, etag]);
      }
      expect((await fetched(path, { 'if-none-match': '"another"' })).status).toBe(200);
    }
  });

  it('keeps a connection longer than proxies do, and is as impatient with headers as before', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const once1 = (): Promise<[number, Socket, string | undefined]> =>
      new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: '/health', agent }, (answer) => {
          const { socket, headers } = answer;
          answer.resume().on('end', () => resolve([answer.statusCode ?? 0, socket, String(headers['keep-alive'])]));
        }).on('error', reject);
      });
    const [, first, keepAlive] = await once1();
    expect(keepAlive).toBe('timeout=75');
    // Whoever sends half a head is waited for as long as headers may take; by then the other one has waited longer.
    expect(await raw('GET /health HTTP/1.1\r\nHost: x\r\n')).toContain('408');
    const [status, second] = await once1();
    expect([status, second]).toEqual([200, first]);
    agent.destroy();
  });

  it('closes connections that wait when there are too many, and serves who comes', async () => {
    server.maxConnections = 12;
    const waiting: Socket[] = [];
    for (let i = 0; i < 9; i += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
      waiting.push(socket);
    }
    expect(waiting.filter(({ readyState }) => readyState === 'open')).toHaveLength(9);
    expect((await fetched('/health')).status).toBe(200);
    await eventually(() =>
      expect(waiting.every(({ readableEnded, destroyed }) => readableEnded || destroyed)).toBe(true),
    );
    for (const socket of waiting) socket.destroy();
  });

  it.each([
    [400, 'Bad Request', 'request.no_http', 'GET /摄像头 HTTP/1.1\r\nHost: x\r\n\r\n'],
    [400, 'Bad Request', 'request.no_http', 'no HTTP at all\r\n\r\n'],
    [408, 'Request Timeout', 'request.too_slow', 'GET /health HTTP/1.1\r\nHost:'],
    [
      431,
      'Request Header Fields Too Large',
      'request.headers_too_large',
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    ],
  ])('answers what cannot be read with a problem document: %i %s', async (status, title, code, text) => {
    const [head = '', body = ''] = (await raw(text)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} ${title}\r\n`));
    expect(head).toContain('Content-Type: application/problem+json; charset=utf-8');
    expect(head).toContain('Connection: close');
    const problem = JSON.parse(body) as Record<string, unknown>;
    expect(head).toContain(`X-Request-Id: ${String(problem.request_id)}`);
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}\r\n`);
    expect(problem).toMatchObject({ type: 'about:blank', title, status, code, detail: expect.any(String) });
  });

  it.each(['/', '/health', '/livez', '/readyz', '/api/ping', '/metrics', '/docs', '/openapi.json', '/docs/style.css'])(
    'has %s to read and for nothing else',
    async (path) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        const { status, headers, body } = await fetched(path, {}, method);
        expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
        expect(JSON.parse(String(body))).toMatchObject({ status: 405, code: 'request.method_not_allowed' });
      }
      const options = await fetched(path, {}, 'OPTIONS');
      expect([options.status, options.headers.allow, options.body.length]).toEqual([204, 'GET, HEAD, OPTIONS', 0]);
      expect((await fetched(path, {}, 'HEAD')).status).toBe((await fetched(path)).status);
    },
  );

  it('says of an operation what it can do', async () => {
    const { status, headers } = await fetched('/api/v1/small', {}, 'OPTIONS');
    expect([status, headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect((await fetched('/api/v1/none', {}, 'OPTIONS')).status).toBe(404);
  });

  it('leads from its root to its page, with or without a token', async () => {
    const open = await fetched('/');
    expect([open.status, open.headers.location]).toEqual([307, '/docs']);
    const closed = { needsToken: true, admit: () => Promise.reject(new Error('nobody')) as never };
    const guarded = httpServer(httpApplication([], { log, gate: closed }), log).listen(0, '127.0.0.1');
    await once(guarded, 'listening');
    ({ port } = guarded.address() as AddressInfo);
    expect((await fetched('/')).status).toBe(307);
    await new Promise((done) => guarded.close(done));
  });
});
