import { randomBytes, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../shared/domain-error';
import type { Fault } from '../shared/fault';
import { type Role, roles } from '../shared/role';
import { sha256 } from '../shared/sha256';
import { HOUR_MS } from '../shared/time';

/** How long a browser stays signed in after its last request. */
export const SESSION_MS = 12 * HOUR_MS;
/** A session is extended when this much of its time is over: not one write for each request. */
const EXTENDED_AFTER_MS = HOUR_MS / 2;

const SECRET_BYTES = 32;
const SESSION_TEXT = /^wgs_([A-Za-z0-9_-]{43})$/;

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
  const secret = SESSION_TEXT.exec(text)?.[1];
  return secret === undefined ? undefined : sha256(secret);
}

/** The session with its time as of this use; the same object while there is nothing to extend. */
export function extended(session: Session, now: Date): Session {
  const left = session.expiresAt.getTime() - now.getTime();
  if (left > SESSION_MS - EXTENDED_AFTER_MS) return session;
  return { ...session, expiresAt: new Date(now.getTime() + SESSION_MS) };
}

/** The two parts of a token's text: which token it claims to be, and the proof. */
interface TokenText {
  readonly id: string;
  readonly secret: string;
}

const TEXT = /^wgt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

interface FreshSecret {
  readonly id: string;
  readonly hash: string;
  /** The whole token, which is shown once and kept nowhere. */
  readonly text: string;
}

/**
 * A fast hash is right here, as it is wrong for passwords: 256 random bits cannot be guessed however fast guesses are
 * tried, and every request has to be checked.
 */
export function freshSecret(): FreshSecret {
  const [id, secret] = [randomBytes(8).toString('hex'), randomBytes(SECRET_BYTES).toString('base64url')];
  return { id, hash: sha256(secret), text: `wgt_${id}_${secret}` };
}

export function readToken(text: string): TokenText | undefined {
  const [, id, secret] = TEXT.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}

/** Constant-time comparison: its duration reveals nothing about the hash. */
export const proves = (secret: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(secret), 'hex'), Buffer.from(hash, 'hex'));

/** Everything about a token but its secret, of which only the hash is known. */
interface TokenFields {
  /** 16 hexadecimal digits; the public part of the token's text. */
  readonly id: string;
  /** Whom it was given to; the audit trail records their actions under this name. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the secret part, in hexadecimal. */
  readonly hash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: string;
  readonly expiresAt?: Date;
}

const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@-]{0,98}[\p{L}\p{N}._@-])?$/u;

/** Names whose actions no caller may claim: what is done without a token is recorded under them. */
const RESERVED = new Set(['anonymous', 'operator', 'command line', 'environment', 'evaluator']);

/** Letters that look like Latin ones: a name that mixes them with Latin letters is made to be confused with another. */
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
const LATIN = /\p{Script=Latin}/u;

function isAllowed(name: string): boolean {
  const read = name.normalize('NFKC');
  return NAME.test(name) && !RESERVED.has(read.toLowerCase()) && !(LATIN.test(read) && LOOKALIKE.test(read));
}

/** What a caller shows in place of a login. */
export class ApiToken {
  private constructor(readonly fields: TokenFields) {}

  /** Throws `access.invalid` with every fault of the request. */
  static issue({ name, role, expiresAt }: NewToken, id: string, hash: string, now: Date): ApiToken {
    const known = roles.find((r) => r === role);
    const faults: Fault[] = [];
    if (!isAllowed(name))
      faults.push({
        path: ['name'],
        type: 'pattern',
        message: 'must be 1 to 100 letters, digits, spaces, ".", "_", "@" or "-", of one script, and no reserved name',
      });
    if (!known) faults.push({ path: ['role'], type: 'enum', message: `must be one of ${roles.join(', ')}` });
    if (expiresAt && !(expiresAt > now))
      faults.push({ path: ['expires_at'], type: 'range', message: 'must be a time to come' });
    if (!known || faults.length > 0) {
      const message = faults.map((f) => `${f.path.join('.')} ${f.message}`).join('; ');
      throw new DomainError('access.invalid', message, { faults });
    }
    const times = { createdAt: now, expiresAt: expiresAt ?? null, revokedAt: null, lastUsedAt: null };
    return new ApiToken({ id, name, role: known, hash, ...times });
  }

  static restore(fields: TokenFields): ApiToken {
    return new ApiToken(fields);
  }

  isUsable(now: Date): boolean {
    const { revokedAt, expiresAt } = this.fields;
    return revokedAt === null && (expiresAt === null || expiresAt > now);
  }
}
