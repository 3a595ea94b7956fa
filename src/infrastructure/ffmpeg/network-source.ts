import { decoded } from '../../domain/shared/text';
import type { Login } from './camera-login';
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
  /** The host name that the server gets, when `host` had to become an address. */
  readonly nameOfHost?: string;
}

const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { rtsp: 554, rtsps: 322, http: 80, https: 443 };

// A `#` would begin a fragment, which no camera receives, and which some parsers take for a part of the host.
const HOST = String.raw`(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\]+)(:\d{1,5})?([/?][^#\\]*)?$`;
const PLAIN = new RegExp(String.raw`^[a-z]+:\/\/([^/?#@\\]*@)?${HOST}`, 'i');
/** With `@ / ? #` in a password that should have been percent-encoded: it reaches to the last `@`. */
const CARELESS = new RegExp(String.raw`^[a-z]+:\/\/([^:@/?#\\]*:[^\\]*@)${HOST}`, 'i');

const encoded = (credentials: string): string =>
  credentials.replaceAll(/%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=%:-]/giu, encodeURIComponent);

/** Only the first colon divides; the others belong to the password. */
function encodeCredentials(credentials: string): string {
  const [user = '', ...password] = credentials.slice(0, -1).split(':');
  const secret = password.length > 0 ? `:${encoded(password.join(':')).replaceAll(':', '%3A')}` : '';
  return `${encoded(user)}${secret}@`;
}

/** @throws SourceFailure whose message contains nothing of the address */
export function splitAddress(scheme: Scheme, address: string): NetworkSource {
  const parts = PLAIN.exec(address) ?? CARELESS.exec(address);
  if (!parts) throw new SourceFailure('not-a-video', `the source is no valid ${scheme}:// address`);
  const [, credentials, host = '', port = '', rest = ''] = parts;
  if (Number(port.slice(1)) > 65_535) throw new SourceFailure('not-a-video', 'the port of the source is none');
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

/** The address as a server may see it: with its host name, and without the login. */
export const publicAddress = ({ scheme, host, nameOfHost = host, port, rest }: NetworkSource): string =>
  `${scheme}://${nameOfHost}${port}${rest}`;

export const portOf = ({ scheme, port }: NetworkSource): number => Number(port.slice(1)) || DEFAULT_PORTS[scheme];

/** Where to connect: the host as the system's functions need it, without brackets. */
export const endpointOf = (source: NetworkSource): { readonly host: string; readonly port: number } => ({
  host: source.host.replaceAll(/[[\]]/g, ''),
  port: portOf(source),
});

export function loginOf({ credentials }: NetworkSource): Login | undefined {
  if (credentials === '') return undefined;
  const [user = '', ...password] = credentials.slice(0, -1).split(':');
  return { user: decoded(user), password: decoded(password.join(':')) };
}
