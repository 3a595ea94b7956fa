import type { Role } from '../../domain/shared/role';

/** The parts of a request that identify its sender. */
export interface Credentials {
  /** The header `Authorization` as it was sent. */
  readonly authorization: string | undefined;
  /** Address of the other end of the connection. */
  readonly address: string;
  /** The headers `Host` and `Origin` as they were sent. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: the relation of the page that sent this to the service, if a browser sends it. */
  readonly site: string | undefined;
  /** Whether a header shows that a proxy forwarded this. */
  readonly proxied: boolean;
  /** The session in the request's cookie. */
  readonly session?: string | undefined;
  /** Whether it may change something, or opens a socket: then a session counts for pages of this service only. */
  readonly needsOwnOrigin?: boolean;
}

export interface Caller {
  /** The name of the token; absent where no token is needed. */
  readonly actor?: string;
  readonly tokenId?: string;
  readonly role: Role;
  /** The session it came by; absent for a caller that sent its token. */
  readonly session?: { readonly hash: string; readonly expiresAt: Date };
}

/** Decides who is let in. */
export interface Gate {
  /** Whether every request needs a token. */
  readonly needsToken: boolean;
  /** Throws `access.unauthorized` or `access.throttled`, neither of which reveals anything about the token. */
  admit(credentials: Credentials): Caller;
}

/** A call that changed something, or tried to, as the audit trail receives it. */
export interface Mutation {
  readonly operation: string;
  /** Absent when no caller was identified. */
  readonly caller?: Caller;
  readonly requestId: string;
  readonly address: string;
  readonly status: number;
  /** Whether it reached no operation; anybody can send any number of those. */
  readonly attempt?: boolean;
  /** Absent when the call was refused before it was read. */
  readonly input?: object;
  /** Where the change itself is recorded with its before and after, e.g. `{ revision: 12 }`. */
  readonly changed?: object;
}
