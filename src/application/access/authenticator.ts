import { type ApiToken, proves, readToken } from '../../domain/access/api-token';
import type { Clock } from '../shared/log';
import type { TokenStore } from './token-service';

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
