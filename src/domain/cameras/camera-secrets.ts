import { isJsonObject, type Json, type JsonObject } from '../shared/json';

export const MASK = '***';

const SECRET_KEY = /pass(word|wd|phrase)?$|pwd|secret|token|credential|api[_-]?key|auth(orization)?$/i;
const SECRET_QUERY = /([?&;](?:[\w-]*(?:pass|pwd|secret|token|auth|key|sig|credential)[\w-]*)=)([^&;#\s]*)/gi;

/**
 * Hides the credentials of an address: `rtsp://user:pass@host` → `rtsp://user:***@host`. A password may contain
 * unescaped `@ : / #`, so everything between the first `:` and the last `@` counts as password: rather too much than too little.
 */
export const maskAddress = (address: string): string =>
  address.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*):(.*)@/is, `$1:${MASK}@`).replace(SECRET_QUERY, `$1${MASK}`);

/** Hides credentials of addresses anywhere in a longer text, such as a log line or a comment. */
export const maskText = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^:@/\s"'<>]*):([^\s"'<>]*)@/gi, `$1:${MASK}@`)
    .replace(SECRET_QUERY, `$1${MASK}`);

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

const AUTHORITY = /^([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*):(.*)(@[^/?#\s]*)/is;

/**
 * Puts stored secrets back where a client sent their masked form: a value that equals what the client was shown is
 * what it was. An address whose path changed keeps its password; one that names another user or host does not,
 * or a stored password could be sent to a host of the client's choice.
 */
export function unmaskField(name: string, sent: Json, stored: Json | undefined): Json {
  if (stored === undefined) return sent;
  if (isJsonObject(sent) && isJsonObject(stored)) {
    return Object.fromEntries(Object.entries(sent).map(([k, v]) => [k, unmaskMember(name, k, v, stored)]));
  }
  if (typeof sent !== 'string') return sent;
  if (sent === maskField(name, stored)) return stored;
  const [, user, password, host] = (typeof stored === 'string' && AUTHORITY.exec(stored)) || [];
  const same = `${user}:${MASK}${host}`;
  return password !== undefined && sent.startsWith(same) && /^([/?#]|$)/.test(sent.slice(same.length))
    ? sent.replace(`:${MASK}@`, () => `:${password}@`)
    : sent;
}

function unmaskMember(parent: string, key: string, sent: Json, stored: JsonObject): Json {
  const before = Object.hasOwn(stored, key) ? stored[key] : undefined;
  return unmaskField(parent === 'env' ? 'env' : key, sent, before);
}

/** Whether a value still carries a mask, so that storing it would lose a secret. */
export function isMasked(value: Json): boolean {
  if (typeof value === 'string') return value === MASK || value.includes(`:${MASK}@`);
  return typeof value === 'object' && value !== null && Object.values(value).some((v: Json) => isMasked(v));
}
