import { ApiToken, type NewToken, freshSecret } from '../../domain/access/api-token';
import { DomainError } from '../../domain/shared/domain-error';
import { noteChange } from '../shared/call-context';
import type { Clock } from '../shared/log';

/** The tokens of the site. Throws `database.unavailable`. */
export interface TokenStore {
  /** Newest first, revoked and expired ones included. */
  all(): Promise<ApiToken[]>;
  add(token: ApiToken): Promise<void>;
  /** Answers whether there is such a token; one that is revoked already stays as it is. */
  revoke(id: string, at: Date): Promise<boolean>;
  /** Stores when tokens were last used, by id. */
  used(times: ReadonlyMap<string, Date>): Promise<void>;
}

/** Issues and revokes tokens. */
export class TokenService {
  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** Answers the token and its text, which is stored nowhere. Throws `access.invalid`. */
  async create(wanted: NewToken): Promise<{ readonly token: ApiToken; readonly text: string }> {
    const { id, hash, text } = freshSecret();
    const token = ApiToken.issue(wanted, id, hash, this.clock());
    await this.store.add(token);
    noteChange({ token_id: id });
    return { token, text };
  }

  list(): Promise<ApiToken[]> {
    return this.store.all();
  }

  /** Throws `access.token_not_found`. */
  async revoke(id: string): Promise<void> {
    if (!(await this.store.revoke(id, this.clock())))
      throw new DomainError('access.token_not_found', `There is no token "${id}".`, { params: { id } });
    noteChange({ token_id: id });
  }
}
