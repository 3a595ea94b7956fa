import { type IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

/** TLS, if any, ends in front of this service, so nothing here may insist on it. */
const chosen = helmet({
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
  // What anybody may call must also be readable from anywhere; a token is what protects it.
  crossOriginResourcePolicy: { policy: 'cross-origin' },
});

/** None of them depends on the request, so they are asked for once: a dozen small functions per request are not cheap. */
function fixedHeaders(): readonly (readonly [string, string])[] {
  const request = { method: 'GET' } as IncomingMessage;
  const response = new ServerResponse(request);
  chosen(request, response, (error?: unknown) => {
    if (error !== undefined) throw error;
  });
  response.setHeader('Permissions-Policy', 'geolocation=(), microphone=(), camera=()');
  return response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]);
}

const HEADERS = fixedHeaders();

/** What browsers are told on every answer. */
export function secure(_req: Request, res: Response, next: NextFunction): void {
  for (const [name, value] of HEADERS) res.setHeader(name, value);
  next();
}
