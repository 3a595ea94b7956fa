import type { Request, Response } from 'express';

const VERBS = 'GET, POST, PUT, DELETE, OPTIONS';
const MAX_AGE_SECONDS = '600';
/** What scripts of another origin may read besides the body. */
const SHOWN =
  'X-Request-Id, X-Served-By, X-Rollout-Reason, X-Answer-Partial, X-Frame-Age, X-Last-Frame-Age, Retry-After, Content-Disposition, WWW-Authenticate';

/**
 * Pages of any origin may call, without credentials: a browser adds nothing by itself that would let them in, they
 * need a token of their own. The question before such a call (`OPTIONS`) is answered to everybody.
 */
export function crossOrigin(req: Request, res: Response, next: () => void): void {
  if (req.headers.origin === undefined) return next();
  res.setHeader('Access-Control-Allow-Origin', '*').setHeader('Access-Control-Expose-Headers', SHOWN);
  if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
  res.setHeader('Access-Control-Allow-Methods', VERBS).setHeader('Access-Control-Max-Age', MAX_AGE_SECONDS);
  const asked = req.get('access-control-request-headers');
  if (asked) res.setHeader('Access-Control-Allow-Headers', asked);
  res.writeHead(204).end();
}
