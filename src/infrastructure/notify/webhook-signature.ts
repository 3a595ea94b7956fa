import { createHmac } from 'node:crypto';

/** Shows that a request is from this site, and of which moment: `sha256=` and the HMAC of `timestamp.body`. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** The secret of one receiver: whoever knows it can neither sign for another receiver nor find the site's own. */
export const secretOf = (secret: string, origin: string): string =>
  createHmac('sha256', secret).update(origin).digest('hex');
