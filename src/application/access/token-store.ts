import type { ApiToken } from '../../domain/access/api-token';

/** The tokens of the site. Throws `database.unavailable`. */
export interface TokenStore {
  /** Newest first, revoked and expired ones included. */
  all(): Promise<ApiToken[]>;
  add(token: ApiToken): Promise<void>;
  /** Answers whether there is such a token; one that is revoked already stays as it is. */
  revoke(id: string, at: Date): Promise<boolean>;
  /** Notes when tokens were last used, by id. */
  used(times: ReadonlyMap<string, Date>): Promise<void>;
}
