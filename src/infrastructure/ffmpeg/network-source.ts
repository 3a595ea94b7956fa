import { SourceFailure } from './source-failure';

export type Scheme = 'rtsp' | 'rtsps' | 'http' | 'https';

export interface NetworkSource {
  readonly kind: 'network';
  readonly scheme: Scheme;
  /** Percent-encoded, with the `@` that ends them; empty without. */
  readonly credentials: string;
  /** A name or an address; IPv6 in brackets. */
  readonly host: string;
  /** With its colon; empty for the default. */
  readonly port: string;
  /** Path and query, as they are. */
  readonly rest: string;
  /** What the server is told as its name, when `host` had to become an address. */
  readonly nameOfHost?: string;
}

const HOST = String.raw`(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(:\d{1,5})?([/?#].*)?$`;
const PLAIN = new RegExp(String.raw`^[a-z]+:\/\/([^/?#]*@)?${HOST}`, 'i');
/** With `/ ? #` in a password that should have been percent-encoded: it reaches to the last `@`. */
const CARELESS = new RegExp(String.raw`^[a-z]+:\/\/([^:@/?#]*:.*@)${HOST}`, 'i');

const encoded = (credentials: string): string =>
  credentials.replaceAll(/%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=%:-]/giu, encodeURIComponent);

/** Only the first colon divides; the others belong to the password. */
function encodeCredentials(credentials: string): string {
  const [user = '', ...password] = credentials.slice(0, -1).split(':');
  const secret = password.length > 0 ? `:${encoded(password.join(':')).replaceAll(':', '%3A')}` : '';
  return `${encoded(user)}${secret}@`;
}

/** @throws SourceFailure that shows nothing of the address */
export function splitAddress(scheme: Scheme, address: string): NetworkSource {
  const parts = PLAIN.exec(address) ?? CARELESS.exec(address);
  if (!parts) throw new SourceFailure('not-a-video', `the source is no valid ${scheme}:// address`);
  const [, credentials, host = '', port = '', rest = ''] = parts;
  return {
    kind: 'network',
    scheme,
    credentials: credentials ? encodeCredentials(credentials) : '',
    host,
    port,
    rest: rest.replaceAll(' ', '%20'),
  };
}

export const addressOf = ({ scheme, credentials, host, port, rest }: NetworkSource): string =>
  `${scheme}://${credentials}${host}${port}${rest}`;
