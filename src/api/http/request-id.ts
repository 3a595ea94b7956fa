import type { Request, Response } from 'express';
import { randomUUID } from 'node:crypto';

/** The request's identity: the client's own if it is a plain word, else a new one. */
export function identify(req: Request, res: Response, next: () => void): void {
  const sent = req.get('x-request-id');
  res.setHeader('X-Request-Id', sent && /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID());
  next();
}

export const requestIdOf = (res: Response): string => String(res.getHeader('X-Request-Id') ?? '');
