import { createServer, IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import express, { type Express, Router } from 'express';
import type { Log } from '../../application/shared/log';
import { authentication } from './auth';
import { crossOrigin } from './cross-origin';
import { mountLiveness, type Readiness } from './liveness';
import { answerError, answerNoRoute, mount, type MountOptions, type Mounted } from './mount';
import { openApi } from './openapi';
import { identify } from './request-id';
import { mountScrape, type Scrape } from './scrape';
import { secure } from './security-headers';

const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** Node looks for connections that are too slow only every 30 s otherwise. */
const LOOK_FOR_SLOW_MS = 1_000;

export interface HttpOptions extends MountOptions {
  /** Absent: nothing is needed but this process. */
  readonly ready?: Readiness;
  /** Absent: there is no `/metrics`. */
  readonly scrape?: Scrape;
}

/** The whole HTTP side: every operation below `/api/v1`, and the document that describes them. */
export function httpApplication(operations: readonly Mounted[], options: HttpOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing');
  app.set('query parser', 'simple');
  app.use(identify, secure, crossOrigin, withoutTrailingSlash, authentication(options.gate));
  const api = Router({ strict: true });
  mount(api, operations, options);
  app.use('/api/v1', api);
  mountLiveness(app, options.ready ?? (async () => []));
  if (options.scrape) mountScrape(app, options.scrape);
  const document = openApi(operations.flatMap((m) => Object.values(m.operations)));
  app.get('/openapi.json', (_req, res) => void res.json(document));
  app.use(answerNoRoute);
  app.use(answerError(options.log));
  return app;
}

/** The old backend answers a path with a trailing slash by a redirection to the path without. */
function withoutTrailingSlash(req: express.Request, res: express.Response, next: () => void): void {
  if (req.path.length < 2 || !req.path.endsWith('/') || req.path.startsWith('//')) return next();
  res.redirect(307, req.path.replace(/\/+$/, '') + req.url.slice(req.path.length));
}

/** How what is no complete request is answered, by the code of its error; 400 unless said here. */
const UNREADABLE: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/**
 * A server whose requests and responses have the application's prototypes from birth. Express would otherwise set
 * them on each object, which makes Node's own HTTP code several times slower.
 */
export function httpServer(app: Express, log: Log): Server {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse<AppRequest> {}
  Object.setPrototypeOf(AppRequest.prototype, express.request);
  Object.setPrototypeOf(AppResponse.prototype, express.response);
  for (const prototype of [AppRequest.prototype, AppResponse.prototype]) {
    Object.defineProperty(prototype, 'app', { value: app, configurable: true, enumerable: true, writable: true });
  }
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  const server = createServer(
    { IncomingMessage: AppRequest, ServerResponse: AppResponse, connectionsCheckingInterval: LOOK_FOR_SLOW_MS },
    app,
  );
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    log.warn('a connection sent no valid HTTP', { code: error.code });
    const status = UNREADABLE[error.code ?? ''] ?? 400;
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}
