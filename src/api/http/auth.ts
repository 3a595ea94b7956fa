import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Caller, Gate } from '../../application/shared/gate';
import { DomainError } from '../../domain/shared/domain-error';
import { covers, type Role } from '../../domain/shared/role';
import type { Operation } from './operation';
import { problemOf } from './problem';

/** What whoever watches over the service asks; it tells nothing but that it is there. */
const PUBLIC = new Set(['/health', '/api/ping', '/livez', '/readyz']);

/** Whoever steers calls past the plan, or makes one fail to see the fallback work. */
const STEERING_NEEDS: Role = 'operator';
const STEERING_HEADERS = ['x-rollout-probe', 'x-rollout-drill'];

const callers = new WeakMap<IncomingMessage, Caller>();

/** Who sends a request. Throws `access.unauthorized` or `access.throttled`. */
const authenticate = (
  gate: Gate,
  { headers, socket }: IncomingMessage,
  authorization: string | undefined = headers.authorization,
): Caller =>
  gate.admit({ authorization, address: addressOf(socket.remoteAddress), host: headers.host, origin: headers.origin });

/** A browser lets a page choose no header of a socket but the names of its protocols: one of them is the token. */
const TOKEN_PROTOCOL = /(?:^|,)\s*bearer\.([^\s,]+)/;

function tokenAmongProtocols({ headers }: IncomingMessage): string | undefined {
  const token = TOKEN_PROTOCOL.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** Why a request may not become a socket; undefined when it may: whoever may look at anything may listen. */
export function socketRefusal(gate: Gate, request: IncomingMessage) {
  try {
    authenticate(gate, request, request.headers.authorization ?? tokenAmongProtocols(request));
    return undefined;
  } catch (error) {
    return problemOf(error, '');
  }
}

/** Throws `access.forbidden`. */
export function authorize(caller: Caller, needed: Role, what: string): void {
  if (covers(caller.role, needed)) return;
  throw new DomainError(
    'forbidden',
    'access.forbidden',
    `${what} needs the role ${needed}; this token is a ${caller.role}'s.`,
  );
}

/** Every request but those that watch the service says who sends it, before anything else is looked at. */
export const authentication = (gate: Gate) => (req: Request, _res: Response, next: NextFunction) => {
  if (!PUBLIC.has(req.path)) callers.set(req, authenticate(gate, req));
  next();
};

/** Throws `access.forbidden`. */
export function authorizeOperation(req: Request, { id, role, switched }: Operation): void {
  const caller = callerOf(req);
  authorize(caller, role, id);
  if (!switched) return;
  if ('force_domain' in req.query) authorize(caller, STEERING_NEEDS, 'force_domain');
  for (const name of STEERING_HEADERS) if (name in req.headers) authorize(caller, STEERING_NEEDS, name);
}

export function callerOf(req: IncomingMessage): Caller {
  const caller = callers.get(req);
  if (!caller) throw new Error('a request reached its operation unauthenticated');
  return caller;
}

/** As people write it: an IPv4 address of a socket that also takes IPv6 is an IPv4 address. */
export const addressOf = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/i, '');
