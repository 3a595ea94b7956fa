import { AccessGate, type AccessRules } from './application/access/access-gate';
import { AccessService } from './application/access/access-service';
import { AuditTrail } from './application/access/audit-trail';
import { Authenticator } from './application/access/authenticator';
import { TokenService } from './application/access/token-service';
import { maskFields } from './domain/cameras/camera-secrets';
import { PgAudit } from './infrastructure/postgres/pg-audit';
import { PgTokens } from './infrastructure/postgres/pg-tokens';
import { type Once, keys } from './keys';

export type AccessSite = AccessRules;

const ON_THIS_MACHINE: AccessSite = { needsToken: false, perMinute: 0 };

/** Who may come in, and the trail of what they did. */
export function wireAccess(once: Once, site: AccessSite = ON_THIS_MACHINE): void {
  once(keys.tokenStore, (get) => new PgTokens(get(keys.database)));
  once(keys.tokens, (get) => new TokenService(get(keys.tokenStore), get(keys.clock)));
  once(keys.authenticator, (get) => new Authenticator(get(keys.tokenStore), get(keys.clock)));
  once(keys.gate, (get) => new AccessGate(site, get(keys.authenticator), get(keys.clock)));
  once(keys.auditStore, (get) => new PgAudit(get(keys.database)));
  once(keys.auditTrail, (get) => new AuditTrail(get(keys.auditStore), maskFields, get(keys.clock), get(keys.log)));
  once(
    keys.access,
    (get) => new AccessService(get(keys.tokens), get(keys.authenticator), get(keys.auditTrail), get(keys.auditStore)),
  );
}
