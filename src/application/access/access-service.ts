import type { ApiToken } from '../../domain/access/api-token';
import { utcTime } from '../../domain/shared/time';
import type { AccessPort, AuditQuery, AuditView, TokenKey, TokenView, WantedToken } from './access-port';
import type { AuditStore, AuditTrail, StoredAuditEntry } from './audit-trail';
import type { Authenticator } from './authenticator';
import type { TokenService } from './token-service';

/** Tokens and audit trail, as administrators see them. */
export class AccessService implements AccessPort {
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

  async audit({ actor, operation, token_id: tokenId, limit, cursor }: AuditQuery) {
    // What this instance did a moment ago is part of the answer.
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
