import type { ApiToken } from '../../domain/access/api-token';
import type { JsonObject } from '../../domain/shared/json';
import type { Role } from '../../domain/shared/role';
import { utcTime } from '../../domain/shared/time';
import type { AuditStore, AuditTrail, StoredAuditEntry } from './audit-trail';
import type { Authenticator } from './authenticator';
import type { TokenService } from './token-service';

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
  /** What the caller sends as `Authorization: Bearer …`; it is shown here and never again. */
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
  /** Id of the token; several tokens may have the same name. */
  readonly token_id: string | null;
  /** Null for an attempt without a valid token. */
  readonly role: Role | null;
  readonly operation: string;
  readonly status: number;
  readonly request_id: string;
  readonly address: string;
  /** What was sent, secrets masked; null when the call was refused before it was read. */
  readonly input: JsonObject | null;
  /** Where the change is recorded with its before and after, such as the number of a revision. */
  readonly changed: JsonObject | null;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditView[];
  readonly next_cursor: number | null;
}

/** Tokens and the audit trail, for administrators. */
export class AccessService {
  constructor(
    private readonly service: TokenService,
    private readonly authenticator: Authenticator,
    private readonly trail: AuditTrail,
    private readonly entries: AuditStore,
  ) {}

  async tokens() {
    return { tokens: (await this.service.list()).map(tokenView) };
  }

  async createToken({ name, role, expires_at }: WantedToken) {
    const expiry = expires_at === undefined ? {} : { expiresAt: new Date(utcTime(expires_at)) };
    const { token, text } = await this.service.create({ name, role, ...expiry });
    await this.authenticator.refresh();
    return { ok: true, token: tokenView(token), secret: text } as const;
  }

  async revokeToken({ token_id }: TokenKey) {
    await this.service.revoke(token_id);
    await this.authenticator.refresh();
    return { ok: true, token_id } as const;
  }

  async audit({ actor, operation, token_id: tokenId, limit, cursor }: AuditQuery): Promise<AuditPage> {
    // The answer includes what this instance did a moment ago.
    await this.trail.flush();
    const filter = {
      ...(actor === undefined ? {} : { actor }),
      ...(operation === undefined ? {} : { operation }),
      ...(tokenId === undefined ? {} : { tokenId }),
      ...(cursor === undefined ? {} : { before: cursor }),
    };
    const page = await this.entries.page(filter, limit);
    return { entries: page.map(auditView), next_cursor: page.length < limit ? null : (page.at(-1)?.id ?? null) };
  }
}

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

const tokenView = ({ fields }: ApiToken): TokenView => ({
  id: fields.id,
  name: fields.name,
  role: fields.role,
  created_at: fields.createdAt.toISOString(),
  expires_at: timeOf(fields.expiresAt),
  revoked_at: timeOf(fields.revokedAt),
  last_used_at: timeOf(fields.lastUsedAt),
});

const auditView = ({ at, requestId, tokenId, ...entry }: StoredAuditEntry): AuditView => ({
  ...entry,
  token_id: tokenId,
  at: at.toISOString(),
  request_id: requestId,
});
