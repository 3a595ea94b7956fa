import type { Role } from '../../domain/shared/role';

/** What a request says about who sends it. */
export interface Credentials {
  /** The header `Authorization` as it was sent. */
  readonly authorization: string | undefined;
  /** Address of the other end of the connection. */
  readonly address: string;
  /** The headers `Host` and `Origin` as they were sent. */
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: where the page is from that a browser sends this for. */
  readonly site: string | undefined;
  /** Whether a header says that a proxy passed this on. */
  readonly proxied: boolean;
}

export interface Caller {
  /** The name of the token; absent where no login is needed. */
  readonly actor?: string;
  readonly tokenId?: string;
  readonly role: Role;
}

/** Decides who may come in. */
export interface Gate {
  /** Whether every request needs a token. */
  readonly needsToken: boolean;
  /** Throws `access.unauthorized` or `access.throttled`, never anything about the token itself. */
  admit(credentials: Credentials): Caller;
}

/** A call that changed something, or tried to, as it is told to the audit trail. */
export interface Mutation {
  readonly operation: string;
  /** Absent when nobody was let in. */
  readonly caller?: Caller;
  readonly requestId: string;
  readonly address: string;
  readonly status: number;
  /** Whether it came to no operation; anybody can send any number of those. */
  readonly attempt?: boolean;
  /** Absent when the call was refused before it was read. */
  readonly input?: object;
  /** Where the change itself is kept with its before and after, e.g. `{ revision: 12 }`. */
  readonly changed?: object;
}
