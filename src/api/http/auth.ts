import type { NextFunction, Request, Response } from 'express';
import proxyAddr from 'proxy-addr';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Caller, Gate } from '../../application/shared/gate';
import { DomainError } from '../../domain/shared/domain-error';
import { type Role, covers } from '../../domain/shared/role';
import type { Operation } from './operation';
import { problemOf } from './problem';

/** Endpoints for monitoring, and the redirection to the documentation; they reveal only that the service is there. */
const PUBLIC = new Set(['/', '/health', '/api/ping', '/livez', '/readyz']);

/** For callers that choose the path of a call, or make it fail to test the fallback. */
const STEERING_NEEDS: Role = 'operator';
const STEERING_HEADERS = ['x-rollout-probe', 'x-rollout-drill'];
/** Headers that proxies add; a client that sends them itself gains nothing. */
const PROXY_HEADER = /^(forwarded|x-forwarded-.*|x-real-ip|via)$/;

const callers = new WeakMap<IncomingMessage, Caller>();
const addresses = new WeakMap<IncomingMessage, string>();

/** An IPv4 address as an IPv6 socket shows it, in its usual form. */
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/i, '');

/** Determines the address of the client, which trusted proxies may name; to be called before all else. */
export function locating(proxies: readonly string[]): (request: IncomingMessage) => void {
  const trusted = proxyAddr.compile([...proxies]);
  return (request) => {
    const said = proxyAddr(request, trusted);
    addresses.set(request, plain(isIP(said) === 0 ? request.socket.remoteAddress : said));
  };
}

/** Address of the client of a request. */
export const clientAddress = (request: IncomingMessage): string =>
  addresses.get(request) ?? plain(request.socket.remoteAddress);

/** The caller of a request. Throws `access.unauthorized` or `access.throttled`. */
const authenticate = (
  gate: Gate,
  request: IncomingMessage,
  authorization: string | undefined = request.headers.authorization,
): Caller => {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  const proxied = Object.keys(request.headers).some((name) => PROXY_HEADER.test(name));
  return gate.admit({
    authorization,
    address: clientAddress(request),
    host,
    origin,
    site: typeof site === 'string' ? site : undefined,
    proxied,
  });
};

/** Browser scripts cannot set the headers of a socket, only the names of its protocols: one of them is the token. */
const TOKEN_PROTOCOL = /(?:^|,)\s*bearer\.([^\s,]+)/;

function tokenAmongProtocols({ headers }: IncomingMessage): string | undefined {
  const token = TOKEN_PROTOCOL.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** The caller of a socket, or the refusal: every role that may read may listen. */
export function socketCaller(gate: Gate, request: IncomingMessage) {
  try {
    const caller = authenticate(gate, request, request.headers.authorization ?? tokenAmongProtocols(request));
    return { tokenId: caller.tokenId, address: clientAddress(request) };
  } catch (error) {
    return { refusal: problemOf(error, '') };
  }
}

/** Throws `access.forbidden`. */
function authorize(caller: Caller, needed: Role, what: string): void {
  if (covers(caller.role, needed)) return;
  throw new DomainError('access.forbidden', `${what} needs the role ${needed}; this token is a ${caller.role}'s.`);
}

/** Every request, except to the public endpoints, is authenticated before anything else is looked at. */
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

/** Undefined for a request that was not let in, or that needs no authentication. */
export const callerIfKnown = (req: IncomingMessage): Caller | undefined => callers.get(req);

export function callerOf(req: IncomingMessage): Caller {
  const caller = callers.get(req);
  if (!caller) throw new Error('a request reached its operation unauthenticated');
  return caller;
}
