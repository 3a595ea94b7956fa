import { sessionOperations } from '../api/access/session-operations';
import { accessOperations } from '../api/access/access-operations';
import { type Mounted, mounted } from '../api/http/mount';
import { AccessGate, type AccessRules } from '../application/access/access-gate';
import { AccessService } from '../application/access/access-service';
import { AuditTrail } from '../application/access/audit-trail';
import { Authenticator, Sessions } from '../application/access/authenticator';
import { type SiteView, SessionService } from '../application/access/session-service';
import { TokenService } from '../application/access/token-service';
import type { JsonObject } from '../domain/shared/json';
import { maskFields } from '../domain/cameras/camera-secrets';
import { PgAudit } from '../infrastructure/postgres/pg-audit';
import { PgSessions, PgTokens } from '../infrastructure/postgres/pg-tokens';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

/** Events wake it; this is the safety net. */
const REFRESH_EVERY_MS = 30_000;
const APART_MS = 50;
const NOTE_USE_EVERY_MS = 30_000;
const STORE_EVERY_MS = 1_000;

/** Who is let in, and the trail of what callers did. */
export interface Access {
  readonly tokens: TokenService;
  readonly authenticator: Authenticator;
  readonly sessions: Sessions;
  readonly gate: AccessGate;
  readonly trail: AuditTrail;
  readonly operations: readonly Mounted[];
}

export function createAccess({ database, clock, log }: Platform, rules: AccessRules, site: SiteView): Access {
  const store = new PgTokens(database);
  const tokens = new TokenService(store, clock);
  const authenticator = new Authenticator(store, clock);
  const sessions = new Sessions(new PgSessions(database), authenticator, clock);
  const gate = new AccessGate(rules, authenticator, sessions, clock);
  const entries = new PgAudit(database);
  const trail = new AuditTrail(entries, maskInput, clock, log);
  return {
    tokens,
    authenticator,
    sessions,
    gate,
    trail,
    operations: [
      ...mounted(accessOperations, new AccessService(tokens, authenticator, trail, entries)),
      ...mounted(sessionOperations, new SessionService(gate, sessions, site, clock)),
    ],
  };
}

/**
 * A whole text of the cameras file has no names by which all its secrets could be masked; the revision that it became
 * has it.
 */
const maskInput = ({ text, ...input }: JsonObject): JsonObject => ({
  ...maskFields(input),
  ...(text === undefined ? {} : { text: `${String(text).length} characters` }),
});

/** From now on loads tokens and sessions, and stores the audit trail. */
export async function startAccess({ wakes }: Platform, access: Access, life: Lifecycle): Promise<void> {
  const { authenticator, sessions, trail } = access;
  const refresh = () => Promise.all([authenticator.refresh(), sessions.refresh()]);
  const noteUse = () => Promise.all([authenticator.noteUse(), sessions.noteUse()]);
  await refresh();
  life.onStop(() => Promise.all([trail.close(), noteUse()]));
  wakes.on('tokens', life.every(REFRESH_EVERY_MS, 'learning of tokens', refresh, { apartMs: APART_MS }).wake);
  life.every(NOTE_USE_EVERY_MS, 'noting the use of tokens', noteUse);
  life.every(STORE_EVERY_MS, 'storing the audit trail', () => trail.flush());
}
