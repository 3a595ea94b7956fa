import { SESSION_MS } from '../../domain/access/api-token';
import { DomainError } from '../../domain/shared/domain-error';
import type { Role } from '../../domain/shared/role';
import { type Client, currentCall, noteChange, noteSession } from '../shared/call-context';
import type { Caller } from '../shared/gate';
import type { Clock } from '../shared/log';
import type { AccessGate } from './access-gate';
import type { Sessions } from './authenticator';

/** What pages need to know of the site before they ask for anything else. */
export interface SiteView {
  readonly name: string;
  /** IANA name of the time zone of days and reports. */
  readonly time_zone: string;
  readonly version: string;
  /** Types of violations that events of this site open. */
  readonly violation_types: readonly string[];
  readonly event_retention_days: number;
  readonly history_retention_days: number;
}

/** Who calls, and where. */
export interface Me {
  /** The name of the token; null where none was needed. */
  readonly name: string | null;
  readonly token_id: string | null;
  readonly role: Role;
  readonly needs_token: boolean;
  /** Whether a session of a browser let the caller in. */
  readonly session: boolean;
  /** When the session ends unless it is used; null without one. */
  readonly expires_at: string | null;
  /** Of the service: pages compare their clock with it. */
  readonly time: string;
  readonly site: SiteView;
}

export interface SignIn {
  readonly token: string;
}

/** Browsers sign in with a token, which they need not keep. */
export class SessionService {
  constructor(
    private readonly gate: AccessGate,
    private readonly sessions: Sessions,
    private readonly site: SiteView,
    private readonly clock: Clock,
  ) {}

  async me(): Promise<Me> {
    const { caller, session: text } = clientOfCall();
    // The browser forgets its cookie after its time, unless it gets it again.
    if (caller?.session && text !== undefined) giveCookie(text);
    return this.view(caller);
  }

  /** Throws `access.unauthorized`, `access.foreign_origin` or `access.throttled`. */
  async signIn({ token: text }: SignIn): Promise<Me> {
    const token = this.gate.signIn(text, clientOfCall());
    const { text: cookie, session } = await this.sessions.open(token);
    giveCookie(cookie);
    const { id: tokenId, name: actor, role } = token.fields;
    noteChange({ token_id: tokenId });
    return this.view({ actor, tokenId, role, session });
  }

  /** A browser whose session is over already is signed out, too. Throws `access.foreign_origin`. */
  async signOut(): Promise<{ readonly ok: true }> {
    const signedIn = this.gate.signedIn(clientOfCall());
    if (signedIn) await this.sessions.end(signedIn.session);
    noteSession('over');
    return { ok: true };
  }

  private view(caller: Caller | undefined): Me {
    if (!caller) throw new DomainError('access.unauthorized', 'Sign in, or send a token.');
    return {
      name: caller.actor ?? null,
      token_id: caller.tokenId ?? null,
      role: caller.role,
      needs_token: this.gate.needsToken,
      session: caller.session !== undefined,
      expires_at: caller.session?.expiresAt.toISOString() ?? null,
      time: this.clock().toISOString(),
      site: this.site,
    };
  }
}

/** The browser holds its session for as long as it lasts from now on. */
const giveCookie = (text: string): void => noteSession({ text, seconds: SESSION_MS / 1_000 });

function clientOfCall(): Client {
  const client = currentCall()?.client;
  if (!client) throw new Error('a session is of a call from outside, and this is none');
  return client;
}
