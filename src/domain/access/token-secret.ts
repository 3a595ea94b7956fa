import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../shared/sha256';

/** The two parts of a token's text: which token it claims to be, and the proof. */
interface TokenText {
  readonly id: string;
  readonly secret: string;
}

const TEXT = /^wgt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;

export interface FreshSecret {
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

/** Compares in a time that tells nothing about the hash. */
export const proves = (secret: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(secret), 'hex'), Buffer.from(hash, 'hex'));
