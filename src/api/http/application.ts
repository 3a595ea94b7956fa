import express from 'express';
import { type Express, type NextFunction, type Request, type Response, Router } from 'express';
import helmet from 'helmet';
import { randomUUID } from 'node:crypto';
import { IncomingMessage, STATUS_CODES, type Server, ServerResponse, createServer } from 'node:http';
import type { Log } from '../../application/shared/log';
import { Unavailable } from '../../domain/shared/domain-error';
import { attempts } from './audit';
import { authentication, locating } from './auth';
import { type ServedDashboard, serveDashboard } from './dashboard';
import { mountDocs } from './docs';
import { type MountOptions, type Mounted, answerError, answerNoRoute, mount } from './mount';
import { onlyGet } from './only-get';
import { openApi } from './openapi';
import { RequestError, problemOf } from './problem';
import { identify } from './request-id';
import { sendJson, sendText } from './send';
import { type VideoPush, mountVideoPush } from './video-push';

const VERBS = 'GET, POST, PUT, DELETE, OPTIONS';
const MAX_AGE_SECONDS = '600';
/** Response headers that scripts of another origin may read. */
const SHOWN =
  'X-Request-Id, X-Served-By, X-Rollout-Reason, X-Answer-Partial, X-Frame-Age, X-Picture-Time, X-Last-Frame-Age, Retry-After, Content-Disposition, WWW-Authenticate, X-Watchgate-Build';

/**
 * Pages of any origin may call, without credentials: a browser adds nothing by itself that would let them in, they need
 * a token of their own. The preflight request (`OPTIONS`) is answered without one.
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

/** Called by `/readyz`: what is missing to serve requests, one sentence per component; must answer within a second. */
type Readiness = () => Promise<readonly string[]>;

const LOOK_EVERY_MS = 1_000;

/** At most one check a second, however many requests there are: they need no token. */
function sharedLook(ready: Readiness): Readiness {
  let last: { readonly at: number; readonly answer: Promise<readonly string[]> } | undefined;
  return () => {
    const now = performance.now();
    if (!last || now - last.at >= LOOK_EVERY_MS) last = { at: now, answer: ready() };
    return last.answer;
  };
}

/**
 * The endpoints for scripts and load balancers: the process serves (`/health`, `/livez`, `/api/ping`), and requests can
 * be served (`/readyz`). A degraded service is live and ready; `/api/v1/monitoring/health` has the details.
 */
function mountLiveness(app: Express, ready: Readiness): void {
  const json = (res: Response, body: object) => sendJson(res, 200, 'application/json', body);
  onlyGet(app, '/health', (_req, res) => json(res, { status: 'healthy' }));
  onlyGet(app, '/livez', (_req, res) => json(res, { status: 'live' }));
  onlyGet(app, '/api/ping', (_req, res) => json(res, { message: 'pong', timestamp: new Date().toISOString() }));
  onlyGet(app, '/readyz', async (_req, res) => {
    const missing = await ready();
    if (missing.length > 0)
      throw new Unavailable('service.not_ready', `Not ready: ${missing.join('; ')}`, 'not-started', undefined, {
        missing,
      });
    json(res, { status: 'ready' });
  });
}

/** Gives the text for Prometheus, and its content type. */
type Scrape = () => Promise<{ readonly type: string; readonly text: string }>;

function mountScrape(app: Express, scrape: Scrape): void {
  onlyGet(app, '/metrics', async (_req, res) => {
    const { type, text } = await scrape();
    sendText(res, 200, type, text);
  });
}

/** TLS, if any, ends in front of this service, so no header here may require it. */
const chosen = (anywhere: boolean) =>
  helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      directives: {
        'img-src': ["'self'", 'data:', 'blob:'],
        // A player is given the parts of a live video by an address that it makes itself.
        'media-src': ["'self'", 'blob:'],
        'font-src': ["'self'"],
        // The dashboard's editor and its overlays place things by styles that they compute.
        'style-src': ["'self'", "'unsafe-inline'"],
        'connect-src': ["'self'"],
        'frame-ancestors': ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // Where every request needs a token, endpoints without one must be readable from any origin; without tokens nothing
    // may be used by pictures and scripts of other sites.
    crossOriginResourcePolicy: { policy: anywhere ? 'cross-origin' : 'same-origin' },
  });

/**
 * The headers do not depend on the request, so they are computed once: a dozen small functions per request are not
 * cheap.
 */
function fixedHeaders(needsToken: boolean): readonly (readonly [string, string])[] {
  const request = { method: 'GET' } as IncomingMessage;
  const response = new ServerResponse(request);
  chosen(needsToken)(request, response, (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  response.setHeader('Permissions-Policy', 'geolocation=(), microphone=(), camera=()');
  return response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]);
}

/** Sets the security headers for browsers on every answer. */
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
  /** How often slow connections are looked for; Node does so only every 30 s otherwise. */
  readonly lookMs: number;
  /** How long a connection may wait for its next request. */
  readonly idleMs: number;
}

/**
 * Proxies keep a connection for 60 s and may send a request into it at any moment of that time: a service that closes
 * it first makes some of those fail. A connection that waits between two requests is not held to the time for headers.
 */
const PATIENCE: Patience = { requestMs: 30_000, headersMs: 10_000, lookMs: 1_000, idleMs: 75_000 };
/** Share of the most connections: with more of them open, idle ones are closed to make room. */
const CROWDED = 0.75;

interface HttpOptions extends MountOptions {
  /** Absent: nothing is needed but this process. */
  readonly ready?: Readiness;
  /** Addresses and networks of proxies that are trusted to name the address of a client. */
  readonly trustedProxy?: readonly string[];
  /** Absent: there is no `/metrics`. */
  readonly scrape?: Scrape;
  /** Absent: none was built, and `/` leads to the documentation. */
  readonly dashboard?: ServedDashboard;
  /** Absent: no pictures are taken. */
  readonly video?: VideoPush;
}

/** The whole HTTP side: every operation, and the document that describes them. */
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
  app.use(secure(options.gate.needsToken), crossOrigin, withoutTrailingSlash);
  if (options.dashboard) app.use(serveDashboard(options.dashboard));
  if (options.video) mountVideoPush(app, options.video, false);
  app.use(authentication(options.gate));
  if (options.video) mountVideoPush(app, options.video, true);
  for (const base of new Set(operations.map(({ operation }) => operation.base))) {
    const router = Router({ strict: true });
    const below = operations.filter(({ operation }) => operation.base === base);
    mount(router, below, options);
    app.use(base, router);
  }
  mountLiveness(app, sharedLook(options.ready ?? (async () => [])));
  if (options.scrape) mountScrape(app, options.scrape);
  mountDocs(app, openApi(operations.map(({ operation }) => operation)), options.gate.needsToken);
  app.use(answerNoRoute);
  app.use(answerError(options.log));
  return app;
}

/** The old backend answers a path with a trailing slash by a redirection to the path without. */
function withoutTrailingSlash(req: express.Request, res: express.Response, next: () => void): void {
  // A browser would read what follows two slashes, of either kind, as a host.
  if (req.path.length < 2 || !req.path.endsWith('/') || /^[/\\]{2}/.test(req.path)) return next();
  const query = req.url.indexOf('?');
  res.redirect(307, req.path.replace(/\/+$/, '') + (query < 0 ? '' : req.url.slice(query)));
}

/** Status of the answer to an incomplete or invalid request, by its error code; 400 for all others. */
const UNREADABLE: Readonly<Record<string, 408 | 431>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const CODES = { 400: 'request.no_http', 408: 'request.too_slow', 431: 'request.headers_too_large' } as const;
const SAYS = {
  400: 'This is no HTTP that can be read. Write what is not ASCII in an address as %XX.',
  408: 'The request did not come as a whole in time.',
  431: 'The address and the headers together are too long.',
} as const;

/**
 * A server whose requests and responses are created with the application's prototypes. Express would otherwise set them
 * on each object, which makes Node's own HTTP code several times slower.
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
    // A client that does not close its side, too, would otherwise keep the descriptor open for as long as it likes.
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

/** A whole answer, as text: without a valid request there is no response object. */
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
