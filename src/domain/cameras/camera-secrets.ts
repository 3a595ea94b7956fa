import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import { decoded } from '../shared/text';

export const MASK = '***';

const SECRET_KEY = /pass(word|wd|phrase)?$|pwd|secret|token|credential|api[_-]?key|auth(orization)?$/i;
const SECRET_NAME = /pass|pwd|^pw$|secret|token|auth|key|sig|credential|jwt|^sid$|session/i;

/** Parameters in cameras' addresses that are not secret; any other may be. */
const HARMLESS = new Set(
  `action audio bitrate ch chan channel channels clock cmd codec compression d date day endtime format fps framerate h height
   id index ip line live loginuse mode multicast name nocache overlay port preset profile proto protocol q quality rate res
   resolution rotation rtsp_transport size start starttime stop stream streamid streamtype subtype time timeout track
   trackid transport type udp tcp unicast user username usr v video videocodec videocodectype view w width zoom`.split(
    /\s+/,
  ),
);

/** As a server would read it: `pass%77d` is a name like any other. */
const isSecretName = (name: string): boolean => SECRET_NAME.test(decoded(name));
const mayBeSecret = (name: string): boolean => !HARMLESS.has(decoded(name).toLowerCase());

/** Between two parameters of one part of an address: some cameras write `user=a_password=b_channel=1`. */
const UNDERSCORE = /(_)(?=[A-Za-z]{1,64}=)/;

/** Hides the values of `name=value` behind `? & ; /` or `_`, where the name says that it has to be. */
function maskPairs(text: string, hides: (name: string) => boolean): string {
  if (!text.includes('=')) return text;
  const parts = text.split(/([?&;/])/);
  return parts.map((part, i) => (i === 0 || !part.includes('=') ? part : maskPart(part, hides))).join('');
}

function maskPart(part: string, hides: (name: string) => boolean): string {
  return part
    .split(UNDERSCORE)
    .map((pair) => {
      const end = pair.indexOf('=');
      return end > 0 && end + 1 < pair.length && hides(pair.slice(0, end)) ? `${pair.slice(0, end)}=${MASK}` : pair;
    })
    .join('');
}

interface AddressParts {
  /** Scheme and slashes, with whatever stands before. */
  readonly head: string;
  /** Up to the `@`, which is not part of it; undefined without one. */
  readonly login?: string;
  readonly rest: string;
}

/**
 * A password may contain unescaped `@ : / #`, so everything up to the last `@` counts as login: masking too much is
 * better than too little. Only where no `:` stands before it, and a path does, is it part of the path.
 */
function partsOf(text: string): AddressParts | undefined {
  const slashes = text.indexOf('://');
  if (slashes < 0) return undefined;
  const [head, rest] = [text.slice(0, slashes + 3), text.slice(slashes + 3)];
  const at = rest.lastIndexOf('@');
  const login = rest.slice(0, Math.max(0, at));
  const isPath = /[/?#]/.test(login) && !login.includes(':') && !login.includes('@');
  return at < 0 || isPath ? { head, rest } : { head, login, rest: rest.slice(at + 1) };
}

/** The user is shown where it is clearly separate: a login without a password may be a secret itself. */
function shownLogin(login: string): string {
  const [user = '', password] = login.split(':', 2);
  return password === undefined || /[@/?#\\\s]/.test(user) ? MASK : `${user}:${MASK}`;
}

/** Hides the credentials of an address: `rtsp://user:pass@host?pw=x` → `rtsp://user:***@host?pw=***`. */
export function maskAddress(address: string): string {
  const parts = partsOf(address);
  if (!parts) return maskPairs(address, isSecretName);
  const { head, login, rest } = parts;
  const shown = login === undefined ? '' : `${shownLogin(login)}@`;
  return maskPairs(head, isSecretName) + shown + maskPairs(rest, mayBeSecret);
}

/** Hides credentials of addresses anywhere in a longer text, such as a log line or a comment. */
export const maskText = (text: string): string =>
  text.includes('://') || text.includes('=') ? text.replace(/[^\s"'<>]+/g, maskAddress) : text;

const maskLeaves = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(maskLeaves);
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, maskLeaves(v)]));
  return value === null ? null : MASK;
};

/** One field as a client may see it. */
export function maskField(name: string, value: Json): Json {
  if (name === 'env' || SECRET_KEY.test(name)) return maskLeaves(value);
  if (typeof value === 'string') return maskAddress(value);
  if (Array.isArray(value)) return value.map((item) => maskField('', item));
  if (isJsonObject(value)) return maskFields(value);
  return value;
}

export const maskFields = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, maskField(name, value)]));

/**
 * Puts stored secrets back where a client sent their masked form: a value that equals the masked one stays unchanged.
 * An address whose path changed keeps its password; one that names another user or host does not, or a stored password
 * could be sent to a host of the client's choice.
 */
export function unmaskField(name: string, sent: Json, stored: Json | undefined): Json {
  if (stored === undefined) return sent;
  if (isJsonObject(sent) && isJsonObject(stored)) {
    return Object.fromEntries(Object.entries(sent).map(([k, v]) => [k, unmaskMember(name, k, v, stored)]));
  }
  if (typeof sent !== 'string') return sent;
  if (sent === maskField(name, stored)) return stored;
  return typeof stored === 'string' ? unmaskLogin(sent, stored) : sent;
}

/** What follows the host begins a path or a query, and holds nothing that some parser could take for a host. */
function unmaskLogin(sent: string, stored: string): string {
  const parts = partsOf(stored);
  if (parts?.login === undefined) return sent;
  const host = /^[^/?#\\\s]*/.exec(parts.rest)?.[0] ?? '';
  const same = `${parts.head}${shownLogin(parts.login)}@${host}`;
  const tail = sent.slice(same.length);
  const goesThere = sent.startsWith(same) && /^([/?]|$)/.test(tail) && !/[@#\\]/.test(tail);
  return goesThere ? `${parts.head}${parts.login}@${host}${tail}` : sent;
}

function unmaskMember(parent: string, key: string, sent: Json, stored: JsonObject): Json {
  const before = Object.hasOwn(stored, key) ? stored[key] : undefined;
  return unmaskField(parent === 'env' ? 'env' : key, sent, before);
}

const MASKED = /(?::|:\/\/)\*\*\*@|[?&;/_][^?&;/=\s]{1,64}=\*\*\*/;

/** Whether a value still carries a mask, so that storing it would lose a secret. */
export function isMasked(value: Json): boolean {
  if (typeof value === 'string') return value === MASK || MASKED.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some((v: Json) => isMasked(v));
}
