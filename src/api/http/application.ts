import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import express, { type Express, Router } from 'express';
import type { Log } from '../../application/shared/log';
import { attempts } from './audit';
import { authentication, locating } from './auth';
import { crossOrigin } from './cross-origin';
import { mountDocs } from './docs';
import { mountLiveness, type Readiness, sharedLook } from './liveness';
import { answerError, answerNoRoute, mount, type MountOptions, type Mounted } from './mount';
import { openApi } from './openapi';
import { problemOf } from './problem';
import { RequestError } from './request-error';
import { identify } from './request-id';
import { mountScrape, type Scrape } from './scrape';
import { secure } from './security-headers';

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

export interface HttpOptions extends MountOptions {
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
  mountDocs(app, openApi(operations.flatMap((m) => Object.values(m.operations))), options.gate.needsToken);
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
