import type { TokenStore } from '../../src/application/access/token-service';
import { ApiToken } from '../../src/domain/access/api-token';

/** Tokens without a database. */
export class InMemoryTokens implements TokenStore {
  private tokens: ApiToken[] = [];

  all(): Promise<ApiToken[]> {
    return Promise.resolve([...this.tokens]);
  }

  async add(token: ApiToken): Promise<void> {
    this.tokens.unshift(token);
  }

  async revoke(id: string, at: Date): Promise<boolean> {
    return this.change(id, (token) => ApiToken.restore({ ...token.fields, revokedAt: token.fields.revokedAt ?? at }));
  }

  async used(times: ReadonlyMap<string, Date>): Promise<void> {
    for (const [id, at] of times)
      this.change(id, ({ fields }) => {
        const last = fields.lastUsedAt;
        return ApiToken.restore({ ...fields, lastUsedAt: last && last > at ? last : at });
      });
  }

  private change(id: string, how: (token: ApiToken) => ApiToken): boolean {
    const known = this.tokens.some(({ fields }) => fields.id === id);
    this.tokens = this.tokens.map((token) => (token.fields.id === id ? how(token) : token));
    return known;
  }
}
