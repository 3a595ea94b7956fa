import { type IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';

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
export function secure(needsToken: boolean) {
  const headers = fixedHeaders(needsToken);
  return (_req: Request, res: Response, next: NextFunction): void => {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}
