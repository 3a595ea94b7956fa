import { randomBytes } from 'node:crypto';
import { sha256 } from '../shared/sha256';
import { HOUR_MS } from '../shared/time';

/** How long a browser stays signed in after its last request. */
export const SESSION_MS = 12 * HOUR_MS;
/** A session is extended when this much of its time is over: not one write for each request. */
const EXTENDED_AFTER_MS = HOUR_MS / 2;

const TEXT = /^wgs_([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;

/** A browser that signed in with a token, and may do what the token may. */
export interface Session {
  /** SHA-256 of what the browser holds, in hexadecimal. */
  readonly hash: string;
  readonly tokenId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A session and its text, which only the browser keeps, where no script can read it. */
export function openSession(tokenId: string, now: Date): { readonly session: Session; readonly text: string } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  return { session: { hash: sha256(secret), tokenId, createdAt: now, expiresAt }, text: `wgs_${secret}` };
}

/** The hash under which the session of a text is known; undefined for a text that is none. */
export function sessionHash(text: string): string | undefined {
  const secret = TEXT.exec(text)?.[1];
  return secret === undefined ? undefined : sha256(secret);
}

/** The session with its time as of this use; the same object while there is nothing to extend. */
export function extended(session: Session, now: Date): Session {
  const left = session.expiresAt.getTime() - now.getTime();
  if (left > SESSION_MS - EXTENDED_AFTER_MS) return session;
  return { ...session, expiresAt: new Date(now.getTime() + SESSION_MS) };
}
