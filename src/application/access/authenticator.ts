import {
  type ApiToken,
  type Session,
  extended,
  openSession,
  proves,
  readToken,
  sessionHash,
} from '../../domain/access/api-token';
import type { Clock } from '../shared/log';
import type { TokenStore } from './token-service';

/** The open sessions of the site. Throws `database.unavailable`. */
export interface SessionStore {
  /** Those that have not expired. */
  all(now: Date): Promise<Session[]>;
  /** Keeps at most `most` of its token, the newest; removes those that have expired. */
  add(session: Session, most: number): Promise<void>;
  /** Sets when sessions expire, by hash; never earlier than it was. */
  extend(times: ReadonlyMap<string, Date>): Promise<void>;
  remove(hash: string): Promise<void>;
}

/** Browsers of one token; the one that signed in first is signed out for the next. */
const MOST_OF_ONE_TOKEN = 100;

/** A session that was presented, and what it was opened with. */
export interface SignedIn {
  readonly session: Session;
  readonly token: ApiToken;
}

/**
 * Browsers that signed in with a token. Holds all of them in memory, as of the last `refresh`, as the authenticator
 * does with the tokens: a request asks no database.
 */
export class Sessions {
  private known = new Map<string, Session>();
  private readonly extensions = new Map<string, Date>();

  constructor(
    private readonly store: SessionStore,
    private readonly authenticator: Authenticator,
    private readonly clock: Clock,
  ) {}

  /** Loads sessions that any instance opened or ended. */
  async refresh(): Promise<void> {
    const read = await this.store.all(this.clock());
    this.known = new Map(read.map((session) => [session.hash, this.latest(session)]));
  }

  /** The text is for the browser alone. */
  async open(token: ApiToken): Promise<SignedIn & { readonly text: string }> {
    const { session, text } = openSession(token.fields.id, this.clock());
    await this.store.add(session, MOST_OF_ONE_TOKEN);
    this.known.set(session.hash, session);
    return { session, token, text };
  }

  /** Undefined for a session that is unknown or over, and for one whose token can no longer be used. */
  identify(text: string): SignedIn | undefined {
    const hash = sessionHash(text);
    const session = hash === undefined ? undefined : this.known.get(hash);
    const now = this.clock();
    if (!session || session.expiresAt <= now) return undefined;
    const token = this.authenticator.usable(session.tokenId);
    if (!token) return undefined;
    const current = extended(session, now);
    if (current !== session) {
      this.known.set(session.hash, current);
      this.extensions.set(session.hash, current.expiresAt);
    }
    return { session: current, token };
  }

  /** Whether a session that was presented before may still be used. */
  isUsable(hash: string): boolean {
    const session = this.known.get(hash);
    return session !== undefined && session.expiresAt > this.clock() && this.authenticator.isUsable(session.tokenId);
  }

  async end({ hash }: Session): Promise<void> {
    await this.store.remove(hash);
    this.known.delete(hash);
    this.extensions.delete(hash);
  }

  /** Stores how long sessions that were used last. */
  async noteUse(): Promise<void> {
    if (this.extensions.size === 0) return;
    const times = new Map(this.extensions);
    await this.store.extend(times);
    for (const [hash, at] of times) if (this.extensions.get(hash) === at) this.extensions.delete(hash);
  }

  /** What was read may be older than an extension that is not stored yet. */
  private latest(session: Session): Session {
    const expiresAt = this.extensions.get(session.hash);
    return expiresAt && expiresAt > session.expiresAt ? { ...session, expiresAt } : session;
  }
}

/** Precise enough to see whether a token is still in use, and one write a minute for a busy one. */
const USED_WITHIN_MS = 60_000;
/** Compared with when there is no such token, so that this takes as long as with one. */
const NO_HASH = '0'.repeat(64);

/**
 * Holds all tokens in memory, as of the last `refresh`; while the database is away, as of the last one that succeeded.
 */
export class Authenticator {
  private known: ReadonlyMap<string, ApiToken> = new Map();
  private readonly used = new Map<string, Date>();

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** Loads tokens that any instance created or revoked. */
  async refresh(): Promise<void> {
    this.known = new Map((await this.store.all()).map((token) => [token.fields.id, token]));
  }

  /** The token that a text proves; undefined for one that is unknown, wrong, expired or revoked. */
  identify(text: string): ApiToken | undefined {
    const sent = readToken(text);
    if (!sent) return undefined;
    const token = this.known.get(sent.id);
    const proven = proves(sent.secret, token?.fields.hash ?? NO_HASH);
    if (!token || !proven || !token.isUsable(this.clock())) return undefined;
    this.noticeUse(token);
    return token;
  }

  private noticeUse({ fields: { id, lastUsedAt } }: ApiToken): void {
    const now = this.clock();
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > USED_WITHIN_MS) this.used.set(id, now);
  }

  /** Whether a token that was shown before may still be used. */
  isUsable(id: string): boolean {
    return this.known.get(id)?.isUsable(this.clock()) ?? false;
  }

  /** The token of an id that was proven before, such as by a session; undefined when it can no longer be used. */
  usable(id: string): ApiToken | undefined {
    const token = this.known.get(id);
    if (!token?.isUsable(this.clock())) return undefined;
    this.noticeUse(token);
    return token;
  }

  /** Stores when tokens were used. */
  async noteUse(): Promise<void> {
    if (this.used.size === 0) return;
    const times = new Map(this.used);
    await this.store.used(times);
    for (const [id, at] of times) if (this.used.get(id) === at) this.used.delete(id);
  }
}
