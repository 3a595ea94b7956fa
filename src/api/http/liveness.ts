import type { Express, Response } from 'express';
import { Unavailable } from '../../domain/shared/domain-error';
import { onlyGet } from './only-get';
import { sendJson } from './send';

/** Asked by `/readyz`: what is missing to serve requests, one sentence per part; must answer within a second. */
export type Readiness = () => Promise<readonly string[]>;

const LOOK_EVERY_MS = 1_000;

/** However many ask, one look a second: nobody needs a token for it. */
export function sharedLook(ready: Readiness): Readiness {
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
export function mountLiveness(app: Express, ready: Readiness): void {
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
