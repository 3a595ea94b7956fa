import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { OldCamerasFile, type OldEntry } from './old-cameras-file';
import { OLD_SYSTEM_INFO } from './old-system-info';

/** `refuse` takes no connections, `fail-…` do nothing; the others carry the call out and spoil the answer. */
export type OldFault =
  | 'refuse'
  | 'fail-500'
  | 'fail-503'
  | 'turn-away'
  | 'reset'
  | 'hang'
  | 'slow'
  | 'html'
  | 'truncated'
  | 'huge';

export interface OldRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** The old backend on its legacy path, as far as this service asks it. */
export interface OldBackend {
  readonly url: string;
  readonly requests: OldRequest[];
  /** From now on, for the calls that `meant` says (all by default). */
  fault(fault: OldFault | undefined, meant?: (request: OldRequest) => boolean): Promise<void>;
  close(): Promise<void>;
}

type Answer = readonly [status: number, body: unknown];

const SLOWLY_MS = 300;
const detail = (status: number, text: string): Answer => [status, { detail: text }];
const invalid = (type: string, loc: readonly unknown[], msg: string, input: unknown = null): Answer => [
  422,
  { detail: [{ type, loc, msg, input }] },
];
const unhandled = (): Answer => [
  500,
  {
    error: 'Internal Server Error',
    message: '服务器内部错误',
    request_id: `req_${Date.now()}`,
    timestamp: Date.now() / 1000,
  },
];
const notFound = detail(404, 'Camera not found');

export async function startOldBackend(camerasFile: string): Promise<OldBackend> {
  const file = new OldCamerasFile(camerasFile);
  const requests: OldRequest[] = [];
  const sockets = new Set<Socket>();
  let present: { fault?: OldFault | undefined; meant: (request: OldRequest) => boolean } = { meant: () => true };
  const server = createServer((req, res) => {
    void take(req)
      .then(async (request) => {
        requests.push(request);
        await spoil(res, present.meant(request) ? present.fault : undefined, () => answer(file, request));
      })
      .catch(() => res.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    if (!server.listening) return;
    const closed = new Promise((done) => server.close(done));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    fault: async (fault, meant = () => true) => {
      present = { fault, meant };
      if (fault === 'refuse') await stop();
      else if (!server.listening) await listen(port);
    },
    close: stop,
  };
}

async function take(req: IncomingMessage): Promise<OldRequest> {
  const { pathname, search } = new URL(req.url ?? '', 'http://old');
  const sent = Number(req.headers['content-length'] ?? 0) > 0;
  const body: unknown = sent ? await json(req).catch(() => new SyntaxError('not JSON')) : undefined;
  return { method: req.method ?? '', path: pathname, query: search, headers: req.headers, body };
}

function answer(file: OldCamerasFile, { method, path, query, headers, body }: OldRequest): Answer {
  const force = new URLSearchParams(query).get('force_domain');
  if (force !== null && !/^(true|false|1|0|yes|no|on|off|t|f|y|n)$/i.test(force))
    return invalid('bool_parsing', ['query', 'force_domain'], 'Input should be a valid boolean', force);
  if (path === '/api/v1/system/info' && method === 'GET') return [200, OLD_SYSTEM_INFO];
  const id = /^\/api\/v1\/cameras\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined && path !== '/api/v1/cameras') return detail(404, 'Not Found');
  const refused = method === 'POST' || (method === 'PUT' && body !== undefined) ? noObject(body, headers) : undefined;
  if (refused) return refused;
  try {
    return cameras(file, method, id === undefined ? undefined : decodeURIComponent(id), (body ?? {}) as OldEntry);
  } catch {
    return unhandled();
  }
}

function noObject(body: unknown, headers: IncomingMessage['headers']): Answer | undefined {
  if (body === undefined || body === null) return invalid('missing', ['body'], 'Field required');
  const isJson = /json/.test(headers['content-type'] ?? 'json');
  if (isJson && body instanceof SyntaxError) return invalid('json_invalid', ['body', 0], 'JSON decode error', {});
  const isObject = isJson && typeof body === 'object' && !Array.isArray(body);
  return isObject ? undefined : invalid('dict_type', ['body'], 'Input should be a valid dictionary', body);
}

function cameras(file: OldCamerasFile, method: string, id: string | undefined, body: OldEntry): Answer {
  const all = file.read();
  if (id === undefined && method === 'GET') return [200, { cameras: all }];
  if (id === undefined && method === 'POST') {
    const missing = ['id', 'name', 'source'].find((name) => !(name in body));
    if (missing !== undefined) return detail(400, `Missing field: ${missing}`);
    if (all.some((camera) => camera.id === body.id)) return detail(409, 'Camera id already exists');
    file.write([...all, body]);
    return [200, { ok: true, camera: body }];
  }
  if (id === undefined || (method !== 'PUT' && method !== 'DELETE')) return detail(405, 'Method Not Allowed');
  const at = all.findIndex((camera) => camera.id === id);
  if (at < 0) return notFound;
  file.write(all.flatMap((camera, i) => (i !== at ? [camera] : method === 'PUT' ? [{ ...camera, ...body }] : [])));
  return [200, { status: 'success' }];
}

async function spoil(res: ServerResponse, fault: OldFault | undefined, run: () => Answer): Promise<void> {
  if (fault === 'fail-500') return send(res, ...unhandled());
  if (fault === 'fail-503') return send(res, 503, { detail: 'postgres://user:geheim@db/site: down' });
  if (fault === 'turn-away') return send(res, 429, { error: '请求过于频繁', message: 'geheim' });
  const [status, body] = run();
  const text = JSON.stringify(body);
  const head = { 'content-type': 'application/json' };
  switch (fault) {
    case 'reset':
      res.writeHead(status, { ...head, 'content-length': text.length + 100 }).write(text.slice(0, 5));
      await pause(20);
      res.socket?.resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'slow':
      await pause(SLOWLY_MS);
      return send(res, status, body);
    case 'html':
      res.writeHead(status, { 'content-type': 'text/html' }).end('<html>geheim</html>');
      return;
    case 'truncated':
      res.writeHead(status, head).end(text.slice(0, -1));
      return;
    case 'huge':
      res.writeHead(status, head).end(`{"cameras":["${'x'.repeat(11 * 1024 * 1024)}"]}`);
      return;
    default:
      return send(res, status, body);
  }
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
