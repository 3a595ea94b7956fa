import type { JsonObject } from '../../domain/shared/json';
import type { Role } from '../../domain/shared/role';

export interface TokenView {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** Within a minute. */
  readonly last_used_at: string | null;
}

export interface TokenList {
  /** Newest first. */
  readonly tokens: readonly TokenView[];
}

export interface WantedToken {
  readonly name: string;
  readonly role: string;
  readonly expires_at?: string;
}

export interface TokenCreated {
  readonly ok: true;
  readonly token: TokenView;
  /** What the caller sends as `Authorization: Bearer …`; it is shown here and nowhere else. */
  readonly secret: string;
}

export interface TokenKey {
  readonly token_id: string;
}

export interface TokenRevoked {
  readonly ok: true;
  readonly token_id: string;
}

export interface AuditQuery {
  readonly actor?: string;
  readonly operation?: string;
  readonly token_id?: string;
  readonly limit: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: number;
}

export interface AuditView {
  readonly id: number;
  readonly at: string;
  /** The name of a token; null for callers that need none. */
  readonly actor: string | null;
  /** Of the token, whose name others may have, too. */
  readonly token_id: string | null;
  /** Null for an attempt that nobody was let in for. */
  readonly role: Role | null;
  readonly operation: string;
  readonly status: number;
  readonly request_id: string;
  readonly address: string;
  /** What was sent, secrets masked; null when the call was refused before it was read. */
  readonly input: JsonObject | null;
  /** Where the change is kept with its before and after, such as the number of a revision. */
  readonly changed: JsonObject | null;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditView[];
  readonly next_cursor: number | null;
}

/** Who may do what, and who did what. */
export interface AccessPort {
  tokens(input: object): Promise<TokenList>;
  createToken(wanted: WantedToken): Promise<TokenCreated>;
  revokeToken(key: TokenKey): Promise<TokenRevoked>;
  audit(query: AuditQuery): Promise<AuditPage>;
}
