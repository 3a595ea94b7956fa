import { createHash } from 'node:crypto';

export interface RtspRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RtspAccount {
  readonly scheme: 'Basic' | 'Digest';
  readonly user: string;
  readonly password: string;
}

const REALM = 'test';

const END_OF_HEAD = '\r\n\r\n';

/** One thing from the front of what came over a connection: an RTP packet in its `$` frame, or a request. */
export interface Taken {
  readonly packet?: Buffer;
  readonly request?: RtspRequest;
  readonly rest: Buffer;
}

/** @returns undefined while it is not complete */
export function take(bytes: Buffer): Taken | undefined {
  if (bytes.length < 4) return undefined;
  if (bytes[0] === 0x24) {
    const end = 4 + bytes.readUInt16BE(2);
    return bytes.length < end ? undefined : { packet: bytes.subarray(0, end), rest: bytes.subarray(end) };
  }
  const head = bytes.indexOf(END_OF_HEAD);
  if (head < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, head).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = head + END_OF_HEAD.length;
  const end = start + Number(headers['content-length'] ?? 0);
  if (bytes.length < end) return undefined;
  const [method = '', url = ''] = first.split(' ');
  return { request: { method, url, headers, body: bytes.toString('utf8', start, end) }, rest: bytes.subarray(end) };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** RFC 2617 without qop, which is what cameras speak. */
export function isAuthorized({ method, headers }: RtspRequest, account: RtspAccount, nonce: string): boolean {
  const given = headers.authorization ?? '';
  const { scheme, user, password } = account;
  if (scheme === 'Basic') return given === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(given)?.[1] ?? '';
  const expected = md5(`${md5(`${user}:${REALM}:${password}`)}:${nonce}:${md5(`${method}:${field('uri')}`)}`);
  return given.startsWith('Digest ') && field('nonce') === nonce && field('response') === expected;
}

export const challenge = ({ scheme }: RtspAccount, nonce: string): string =>
  scheme === 'Basic' ? `Basic realm="${REALM}"` : `Digest realm="${REALM}", nonce="${nonce}"`;
