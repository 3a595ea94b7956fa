import type { NextFunction, Request, Response } from 'express';
import proxyAddr from 'proxy-addr';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { BrowserSession, Client } from '../../application/shared/call-context';
import type { Caller, Gate } from '../../application/shared/gate';
import { DomainError } from '../../domain/shared/domain-error';
import { type Role, covers } from '../../domain/shared/role';
import type { Operation } from './operation';
import { problemOf } from './problem';

/** For monitoring, signing in, and the redirection to the documentation; they reveal only that the service is there. */
const PUBLIC = new Set(['/', '/health', '/api/ping', '/livez', '/readyz', '/api/v1/access/session']);
export const SESSION_COOKIE = 'watchgate_session';
const SESSION_IN_COOKIE = new RegExp(`(?:^|;)\\s*${SESSION_COOKIE}=([^;\\s]+)`);
/** Methods that change nothing. */
export const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

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

/** Where a request came from, and the session that its browser holds. */
const clientOf = (request: IncomingMessage) => ({
  address: clientAddress(request),
  host: request.headers.host,
  origin: request.headers.origin,
  session: SESSION_IN_COOKIE.exec(request.headers.cookie ?? '')?.[1],
});

/** The caller of a request. Throws `access.unauthorized` or `access.throttled`. */
const authenticate = (
  gate: Gate,
  request: IncomingMessage,
  authorization: string | undefined = request.headers.authorization,
): Caller => {
  const { 'sec-fetch-site': site, upgrade } = request.headers;
  const proxied = Object.keys(request.headers).some((name) => PROXY_HEADER.test(name));
  return gate.admit({
    ...clientOf(request),
    authorization,
    needsOwnOrigin: upgrade !== undefined || !READS.has(request.method ?? ''),
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
    return { tokenId: caller.tokenId, session: caller.session?.hash, address: clientAddress(request) };
  } catch (error) {
    return { refusal: problemOf(error, '') };
  }
}

/** Throws `access.forbidden`. */
function authorize(caller: Caller, needed: Role, what: string): void {
  if (covers(caller.role, needed)) return;
  throw new DomainError('access.forbidden', `${what} needs the role ${needed}; this token is a ${caller.role}'s.`, {
    params: { operation: what, needed, role: caller.role },
  });
}

/** Every request, except to the public endpoints, is authenticated before anything else is looked at. */
export const authentication = (gate: Gate) => (req: Request, _res: Response, next: NextFunction) => {
  if (!PUBLIC.has(req.path)) callers.set(req, authenticate(gate, req));
  next();
};

/** The same for what is no operation of the catalogue. */
export const authorizeOperator = (req: Request, what: string): void => authorize(callerOf(req), 'operator', what);

/** Throws `access.forbidden`. */
export function authorizeOperation(req: Request, { id, role, switched }: Operation): void {
  if (role === 'anybody') return;
  const caller = callerOf(req);
  authorize(caller, role, id);
  if (!switched) return;
  if ('force_domain' in req.query) authorize(caller, STEERING_NEEDS, 'force_domain');
  for (const name of STEERING_HEADERS) if (name in req.headers) authorize(caller, STEERING_NEEDS, name);
}

/** Undefined for a request that was not let in, or that needs no authentication. */
export const callerIfKnown = (req: IncomingMessage): Caller | undefined => callers.get(req);

/** The client of a request, for operations that let browsers in or say who called. */
export function clientOfRequest(req: IncomingMessage): Client {
  const caller = callerIfKnown(req);
  return { ...clientOf(req), ...(caller ? { caller } : {}) };
}

/** The cookie of a session, as a header: no script can read it, and no page of another site makes a browser send it. */
export function sessionCookie(req: IncomingMessage, session: BrowserSession | 'over'): string {
  const [value, seconds] = session === 'over' ? ['', 0] : [session.text, session.seconds];
  // TLS ends in front of this service, if anywhere: the page's own address shows it.
  const secure = req.headers.origin?.startsWith('https:') ? '; Secure' : '';
  return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

export function callerOf(req: IncomingMessage): Caller {
  const caller = callers.get(req);
  if (!caller) throw new Error('a request reached its operation unauthenticated');
  return caller;
}
