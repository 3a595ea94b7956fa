import { createHash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of the UTF-8 bytes of a text. */
export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
