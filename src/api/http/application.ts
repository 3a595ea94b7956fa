import express from 'express';
import { type Express, type NextFunction, type Request, type Response, Router } from 'express';
import helmet from 'helmet';
import { randomUUID } from 'node:crypto';
import { IncomingMessage, STATUS_CODES, type Server, ServerResponse, createServer } from 'node:http';
import type { Log } from '../../application/shared/log';
import { Unavailable } from '../../domain/shared/domain-error';
import { attempts } from './audit';
import { authentication, locating } from './auth';
import { mountDocs } from './docs';
import { type MountOptions, type Mounted, answerError, answerNoRoute, mount } from './mount';
import { onlyGet } from './only-get';
import { openApi } from './openapi';
import { RequestError, problemOf } from './problem';
import { identify } from './request-id';
import { sendJson, sendText } from './send';

const VERBS = 'GET, POST, PUT, DELETE, OPTIONS';
const MAX_AGE_SECONDS = '600';
/** What scripts of another origin may read besides the body. */
const SHOWN =
  'X-Request-Id, X-Served-By, X-Rollout-Reason, X-Answer-Partial, X-Frame-Age, X-Last-Frame-Age, Retry-After, Content-Disposition, WWW-Authenticate';

/**
 * Pages of any origin may call, without credentials: a browser adds nothing by itself that would let them in, they
 * need a token of their own. The question before such a call (`OPTIONS`) is answered to everybody.
 */
function crossOrigin(req: Request, res: Response, next: () => void): void {
  if (req.headers.origin === undefined) return next();
  res.setHeader('Access-Control-Allow-Origin', '*').setHeader('Access-Control-Expose-Headers', SHOWN);
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
  res.setHeader('Access-Control-Allow-Methods', VERBS).setHeader('Access-Control-Max-Age', MAX_AGE_SECONDS);
  const requestedHeaders = req.get('access-control-request-headers');
  if (requestedHeaders) res.setHeader('Access-Control-Allow-Headers', requestedHeaders);
  res.writeHead(204).end();
}

/** Asked by `/readyz`: what is missing to serve requests, one sentence per part; must answer within a second. */
type Readiness = () => Promise<readonly string[]>;

const LOOK_EVERY_MS = 1_000;

/** However many ask, one look a second: nobody needs a token for it. */
function sharedLook(ready: Readiness): Readiness {
  let last: { readonly at: number; readonly answer: Promise<readonly string[]> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at >= LOOK_EVERY_MS) last = { at: now, answer: ready() };
    return last.answer;
  };
}

/**
 * The answers that scripts and load balancers rely on: the process serves (`/health`, `/livez`, `/api/ping`), and
 * requests can be served (`/readyz`). A degraded service is live and ready; `/api/v1/monitoring/health` says the rest.
 */
function mountLiveness(app: Express, ready: Readiness): void {
  const json = (res: Response, body: object) => sendJson(res, 200, 'application/json', body);
  onlyGet(app, '/health', (_req, res) => json(res, { status: 'healthy' }));
  onlyGet(app, '/livez', (_req, res) => json(res, { status: 'live' }));
  onlyGet(app, '/api/ping', (_req, res) => json(res, { message: 'pong', timestamp: new Date().toISOString() }));
  onlyGet(app, '/readyz', async (_req, res) => {
    const missing = await ready();
    if (missing.length > 0)
      throw new Unavailable('service.not_ready', `Not ready: ${missing.join('; ')}`, 'not-started');
    json(res, { status: 'ready' });
  });
}

/** Gives the text that Prometheus reads, and its content type. */
type Scrape = () => Promise<{ readonly type: string; readonly text: string }>;

function mountScrape(app: Express, scrape: Scrape): void {
  onlyGet(app, '/metrics', async (_req, res) => {
    const { type, text } = await scrape();
    sendText(res, 200, type, text);
  });
}

/** TLS, if any, ends in front of this service, so nothing here may insist on it. */
const chosen = (anywhere: boolean) =>
  helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      directives: {
        'img-src': ["'self'", 'data:', 'https:'],
        'connect-src': ["'self'"],
        'frame-ancestors': ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // Where a token protects it, what anybody may call must also be readable from anywhere; without one nothing is for
    // the pictures and scripts of other sites.
    crossOriginResourcePolicy: { policy: anywhere ? 'cross-origin' : 'same-origin' },
  });

/** None of them depends on the request, so they are asked for once: a dozen small functions per request are not cheap. */
function fixedHeaders(needsToken: boolean): readonly (readonly [string, string])[] {
  const request = { method: 'GET' } as IncomingMessage;
  const response = new ServerResponse(request);
  chosen(needsToken)(request, response, (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  response.setHeader('Permissions-Policy', 'geolocation=(), microphone=(), camera=()');
  return response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]);
}

/** What browsers are told on every answer. */
function secure(needsToken: boolean) {
  const headers = fixedHeaders(needsToken);
  return (_req: Request, res: Response, next: NextFunction): void => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/** How long a client may take, in milliseconds. */
export interface Patience {
  /** For all of a request, its body included. */
  readonly requestMs: number;
  readonly headersMs: number;
  /** How often connections that are too slow are looked for; Node does so only every 30 s otherwise. */
  readonly lookMs: number;
  /** How long a connection may wait for its next request. */
  readonly idleMs: number;
}

/**
 * Proxies keep a connection for 60 s and send a request into it at any moment of them: a service that closes it first
 * makes some of those fail. A connection that waits between two requests is not held to the time for headers.
 */
const PATIENCE: Patience = { requestMs: 30_000, headersMs: 10_000, lookMs: 1_000, idleMs: 75_000 };
/** Of the connections there may be: when more are open, those that wait are closed, so that others can come. */
const CROWDED = 0.75;

interface HttpOptions extends MountOptions {
  /** Absent: nothing is needed but this process. */
  readonly ready?: Readiness;
  /** Addresses and networks of proxies whose word about the address of a client counts. */
  readonly trustedProxy?: readonly string[];
  /** Absent: there is no `/metrics`. */
  readonly scrape?: Scrape;
}

/** The whole HTTP side: every operation below `/api/v1`, and the document that describes them. */
export function httpApplication(operations: readonly Mounted[], options: HttpOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing');
  app.set('query parser', 'simple');
  const locate = locating(options.trustedProxy ?? []);
  app.use(identify, (req, _res, next) => {
    locate(req);
    next();
  });
  if (options.audit) app.use(attempts(options.audit));
  app.use(secure(options.gate.needsToken), crossOrigin, withoutTrailingSlash, authentication(options.gate));
  const api = Router({ strict: true });
  mount(api, operations, options);
  app.use('/api/v1', api);
  mountLiveness(app, sharedLook(options.ready ?? (async () => [])));
  if (options.scrape) mountScrape(app, options.scrape);
  mountDocs(app, openApi(operations.map(({ operation }) => operation)), options.gate.needsToken);
  app.use(answerNoRoute);
  app.use(answerError(options.log));
  return app;
}

/** The old backend answers a path with a trailing slash by a redirection to the path without. */
function withoutTrailingSlash(req: express.Request, res: express.Response, next: () => void): void {
  // A browser would take what follows two slashes, of either kind, for a host.
  if (req.path.length < 2 || !req.path.endsWith('/') || /^[/\\]{2}/.test(req.path)) return next();
  const query = req.url.indexOf('?');
  res.redirect(307, req.path.replace(/\/+$/, '') + (query < 0 ? '' : req.url.slice(query)));
}

/** How what is no complete request is answered, by the code of its error; 400 unless said here. */
const UNREADABLE: Readonly<Record<string, 408 | 431>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const CODES = { 400: 'request.no_http', 408: 'request.too_slow', 431: 'request.headers_too_large' } as const;
const SAYS = {
  400: 'This is no HTTP that can be read. Write what is not ASCII in an address as %XX.',
  408: 'The request did not come as a whole in time.',
  431: 'The address and the headers together are too long.',
} as const;

/**
 * A server whose requests and responses have the application's prototypes from birth. Express would otherwise set
 * them on each object, which makes Node's own HTTP code several times slower.
 */
export function httpServer(app: Express, log: Log, patience: Patience = PATIENCE): Server {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse<AppRequest> {}
  Object.setPrototypeOf(AppRequest.prototype, express.request);
  Object.setPrototypeOf(AppResponse.prototype, express.response);
  for (const prototype of [AppRequest.prototype, AppResponse.prototype]) {
    Object.defineProperty(prototype, 'app', { value: app, configurable: true, enumerable: true, writable: true });
  }
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  const server = createServer(
    { IncomingMessage: AppRequest, ServerResponse: AppResponse, connectionsCheckingInterval: patience.lookMs },
    app,
  );
  server.requestTimeout = patience.requestMs;
  server.headersTimeout = patience.headersMs;
  server.keepAliveTimeout = patience.idleMs;
  closeIdleWhenCrowded(server);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    log.warn('a connection sent no valid HTTP', { code: error.code });
    // A client that does not close its side, too, would keep the descriptor for as long as it likes.
    socket.end(unreadable(error.code ?? ''), () => socket.destroy());
  });
  return server;
}

function closeIdleWhenCrowded(server: Server): void {
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
    if (server.maxConnections > 0 && open > server.maxConnections * CROWDED) server.closeIdleConnections();
  });
}

/** A whole answer, as text: there is no request that could have a response. */
function unreadable(error: string): string {
  const status = UNREADABLE[error] ?? 400;
  const { body } = problemOf(new RequestError(status, CODES[status], SAYS[status]), randomUUID());
  const text = JSON.stringify(body);
  const head = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'X-Request-Id': body.request_id,
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`;
}
