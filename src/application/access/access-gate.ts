import type { ApiToken } from '../../domain/access/api-token';
import { DomainError } from '../../domain/shared/domain-error';
import { type Allowance, TokenBuckets } from '../../domain/shared/token-bucket';
import type { Caller, Credentials, Gate } from '../shared/gate';
import type { Clock } from '../shared/log';
import type { Authenticator, Sessions, SignedIn } from './authenticator';

/** Wrong tokens: ten at once, then one every six seconds, for each address. */
const FAILURES: Allowance = { burst: 10, perSecond: 10 / 60 };
const MOST_KEYS = 10_000;

const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

export interface AccessRules {
  /** Whether the service listens on an address that others can reach. */
  readonly needsToken: boolean;
  /** Requests a minute for each token, or for each address without one; 0: unlimited. */
  readonly perMinute: number;
}

/** Lets callers in by their token, or without one where only this machine can call. */
export class AccessGate implements Gate {
  private readonly failures = new TokenBuckets(FAILURES, MOST_KEYS);
  private readonly requests: TokenBuckets | undefined;
  /**
   * The last host that was found to be this machine: parsing a name as an address is costly, and most callers send the
   * same.
   */
  private localHost: string | undefined;

  constructor(
    private readonly rules: AccessRules,
    private readonly authenticator: Authenticator,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
  ) {
    const { perMinute } = rules;
    if (perMinute > 0) this.requests = new TokenBuckets({ burst: perMinute, perSecond: perMinute / 60 }, MOST_KEYS);
  }

  get needsToken(): boolean {
    return this.rules.needsToken;
  }

  admit(credentials: Credentials): Caller {
    const { authorization, address } = credentials;
    if (authorization === undefined) return this.bySession(credentials) ?? this.withoutToken(credentials);
    return this.callerOf(this.proven(/^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '', address));
  }

  /** The token that a browser signs in with. Throws `access.unauthorized`, `access.foreign_origin` or `access.throttled`. */
  signIn(text: string, client: Pick<Credentials, 'address' | 'host' | 'origin'>): ApiToken {
    refuseForeign(client);
    return this.proven(text, client.address);
  }

  /** The session of a browser; undefined without one that counts. Throws `access.foreign_origin`. */
  signedIn(client: Pick<Credentials, 'session' | 'host' | 'origin'>): SignedIn | undefined {
    refuseForeign(client);
    return this.sessionOf(client);
  }

  private sessionOf({ session: text }: Pick<Credentials, 'session'>): SignedIn | undefined {
    return text === undefined ? undefined : this.sessions.identify(text);
  }

  private proven(text: string, address: string): ApiToken {
    const token = this.authenticator.identify(text);
    // A correct token never waits: a caller who shares an address with a guesser is not locked out.
    if (token) return token;
    this.limit(this.failures, address);
    throw unauthorized('This token is not valid: it is wrong, expired or revoked.');
  }

  /** A browser sends the cookie with whatever a page asks for, so a page of another origin must change nothing by it. */
  private bySession(credentials: Credentials): Caller | undefined {
    const signedIn = this.sessionOf(credentials);
    if (!signedIn) return undefined;
    const { needsOwnOrigin, origin, host } = credentials;
    if (needsOwnOrigin && !isOwnOrigin(origin, host)) throw foreign();
    return { ...this.callerOf(signedIn.token), session: signedIn.session };
  }

  private callerOf({ fields: { id, name, role } }: ApiToken): Caller {
    this.limit(this.requests, id);
    return { actor: name, tokenId: id, role };
  }

  /**
   * A program that can connect to this machine's own address is trusted; the pages that a browser here shows are not.
   */
  private withoutToken({ address, host, origin, site, proxied }: Credentials): Caller {
    if (this.rules.needsToken) {
      this.limit(this.requests, address);
      throw unauthorized('Sign in, or send a token: "Authorization: Bearer …". "npm run token -- create" makes one.');
    }
    if (proxied) throw unauthorized(PROXIED);
    const ownPage =
      origin === undefined || origin === '' || (isLocal(origin) && portOf(origin) === portOf(`http://${host}`));
    const foreign = site === 'cross-site' || site === 'same-site';
    if (this.isLocalHost(host) && ownPage && !foreign) return { role: 'admin' };
    throw unauthorized('A page or name of another site, or of another port, needs a token: "Authorization: Bearer …".');
  }

  private isLocalHost(host: string | undefined): boolean {
    if (host !== undefined && host === this.localHost) return true;
    const local = isLocal(host && `http://${host}`);
    if (local) this.localHost = host;
    return local;
  }

  private limit(buckets: TokenBuckets | undefined, key: string): void {
    buckets?.takeOrRefuse(key, this.clock().getTime(), 'requests');
  }
}

const PROXIED =
  'A proxy passed this request on, so it is not known to be from this machine. Set REQUIRE_TOKEN=true and send ' +
  '"Authorization: Bearer …", or let the proxy add it (docs/access.md).';

/** The port of an address as a browser writes it. */
const portOf = (url: string): string => (URL.canParse(url) ? new URL(url).port : '');

/** No origin counts as local, too: programs send none. */
function isLocal(url: string | undefined): boolean {
  if (url === undefined || url === '') return true;
  return URL.canParse(url) && LOCAL.test(new URL(url).hostname);
}

/** Whatever the scheme: TLS may end in front of this service. */
const isOwnOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  origin !== undefined && host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();

/** A program sends no origin: only browsers name the page that calls. */
function refuseForeign({ origin, host }: Pick<Credentials, 'origin' | 'host'>): void {
  if (origin !== undefined && !isOwnOrigin(origin, host)) throw foreign();
}

const foreign = () =>
  new DomainError(
    'access.foreign_origin',
    'A session counts for the pages of this service only; send a token instead.',
  );

const unauthorized = (message: string) =>
  new DomainError('access.unauthorized', message, {
    headers: { 'www-authenticate': 'Bearer realm="watchgate"' },
  });
