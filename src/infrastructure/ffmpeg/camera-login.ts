import { createHash, randomBytes } from 'node:crypto';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The challenge of a server: its scheme and parameters (RFC 7616, RFC 7617). */
interface Challenge {
  readonly scheme: 'basic' | 'digest';
  readonly parameters: ReadonlyMap<string, string>;
}

const HASHES: Readonly<Record<string, string>> = {
  '': 'md5',
  md5: 'md5',
  'md5-sess': 'md5',
  'sha-256': 'sha256',
  'sha-256-sess': 'sha256',
};
const PARAMETER = /([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]*))/g;

function challengesOf(header: string): Challenge[] {
  const parts = header.split(/(?:^|,)\s*(Basic|Digest)\s+/i).slice(1);
  return parts.flatMap((scheme, i): Challenge[] => {
    if (i % 2 === 1) return [];
    const found = [...(parts[i + 1] ?? '').matchAll(PARAMETER)];
    const parameters = new Map(found.map(([, name = '', quoted, bare = '']) => [name.toLowerCase(), quoted ?? bare]));
    return [{ scheme: scheme.toLowerCase() === 'basic' ? 'basic' : 'digest', parameters }];
  });
}

const isKnown = ({ scheme, parameters }: Challenge): boolean =>
  scheme === 'basic' || Object.hasOwn(HASHES, (parameters.get('algorithm') ?? '').toLowerCase());

/** Logs in to a camera with the scheme it requires, so that ffmpeg need not know user and password. */
export class CameraLogin {
  private challenge?: Challenge;
  private uses = 0;

  constructor(private readonly login: Login | undefined) {}

  /**
   * Takes the challenge of a refused request. False where it cannot be answered: there is no login, the scheme is
   * unknown, or the login was sent (`shown`) and refused.
   */
  accepts(headers: readonly string[], shown: boolean): boolean {
    if (!this.login) return false;
    const known = headers.flatMap(challengesOf).filter(isKnown);
    const next = known.find(({ scheme }) => scheme === 'digest') ?? known[0];
    if (!next || (shown && next.parameters.get('stale')?.toLowerCase() !== 'true')) return false;
    this.challenge = next;
    this.uses = 0;
    return true;
  }

  /** The header `Authorization` of a request; undefined before the server's first challenge. */
  header(method: string, uri: string): string | undefined {
    if (!this.challenge || !this.login) return undefined;
    const { user, password } = this.login;
    if (this.challenge.scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    this.uses += 1;
    return digest(this.challenge.parameters, this.login, { method, uri, uses: this.uses });
  }
}

function digest(
  parameters: ReadonlyMap<string, string>,
  { user, password }: Login,
  { method, uri, uses }: { readonly method: string; readonly uri: string; readonly uses: number },
): string {
  const algorithm = parameters.get('algorithm') ?? '';
  const hash = (text: string) =>
    createHash(HASHES[algorithm.toLowerCase()] ?? 'md5')
      .update(text)
      .digest('hex');
  const [realm, nonce, opaque] = [
    parameters.get('realm') ?? '',
    parameters.get('nonce') ?? '',
    parameters.get('opaque'),
  ];
  const cnonce = randomBytes(8).toString('hex');
  const account = hash(`${user}:${realm}:${password}`);
  const secret = algorithm.toLowerCase().endsWith('-sess') ? hash(`${account}:${nonce}:${cnonce}`) : account;
  const qop = (parameters.get('qop') ?? '').split(/[\s,]+/).includes('auth');
  const nc = uses.toString(16).padStart(8, '0');
  const middle = qop ? `${nonce}:${nc}:${cnonce}:auth` : nonce;
  const response = hash(`${secret}:${middle}:${hash(`${method}:${uri}`)}`);
  return [
    `Digest username="${user.replaceAll(/["\\]/g, '\\$&')}", realm="${realm}", nonce="${nonce}", uri="${uri}"`,
    `response="${response}"`,
    ...(algorithm ? [`algorithm=${algorithm}`] : []),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(qop || algorithm.toLowerCase().endsWith('-sess') ? [`qop=auth, nc=${nc}, cnonce="${cnonce}"`] : []),
  ].join(', ');
}
