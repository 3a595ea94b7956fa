import { isJsonObject, type Json, type JsonObject, parsedJson } from '../../domain/shared/json';
import { isStorableJson } from '../../domain/shared/storable-text';
import { type LocatedFault, RequestError } from './request-error';

const MAX_DEPTH = 64;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Every string, bracket, colon and comma of a JSON text; what lies between does not matter here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Reads a request body as one JSON object, whatever its content type says: old clients send JSON as a form. Throws
 * `RequestError` 422 for anything else and 400 for a body that is nested too deeply or names a key twice.
 */
export function jsonBody(bytes: Buffer): JsonObject {
  const value = bodyValue(bytes);
  if (isJsonObject(value)) return storableOrRefused(value);
  throw new RequestError(422, 'request.not_an_object', 'The body must be a JSON object.', [
    { loc: ['body'], msg: 'must be a JSON object', type: 'dict_type' },
  ]);
}

/** Reads a body that may also be a list, or one item of it, as an object that has the list as a member. */
export function listBody(bytes: Buffer, member: string): JsonObject {
  const value = bodyValue(bytes);
  if (Array.isArray(value)) return { [member]: value };
  if (isJsonObject(value) && !Object.hasOwn(value, member) && Object.keys(value).length > 0)
    return { [member]: [value] };
  return isJsonObject(value) ? value : jsonBody(bytes);
}

/**
 * Reads a body that an operation can do without: old clients send any there. Only a JSON object that names one of the
 * members is meant for it, and is read as strictly as any other.
 */
export function optionalBody(bytes: Buffer, members: readonly string[]): JsonObject {
  const value = isTooDeep(bytes) ? null : parsedJson(bytes.toString());
  return isJsonObject(value) && members.some((name) => Object.hasOwn(value, name)) ? jsonBody(bytes) : {};
}

/** Lists are not looked at here: their items are judged one by one. */
function storableOrRefused(value: JsonObject): JsonObject {
  if (isStorableJson(value)) return value;
  throw new RequestError(400, 'request.invalid_text', 'A text of the body has a NUL or half a character in it.');
}

/** An empty body, and null, are an empty object. */
function bodyValue(bytes: Buffer): Json {
  if (bytes.length === 0) return {};
  const text = decode(bytes);
  if (isTooDeep(bytes))
    throw new RequestError(400, 'request.too_deep', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  const value = parse(text);
  const duplicates = duplicatesOf(text);
  if (duplicates.length > 0)
    throw new RequestError(400, 'request.duplicate_key', 'The body names a key twice.', duplicates);
  return value ?? {};
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('the body is not UTF-8 text');
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes the body, which may hold a password.
    throw notJson('the body is not valid JSON');
  }
}

const notJson = (why: string) =>
  new RequestError(422, 'request.invalid_json', `Send a JSON object: ${why}.`, [
    { loc: ['body'], msg: why, type: 'json_invalid' },
  ]);

/** Looks at the brackets alone, before anything is made of them: millions would keep everybody waiting. */
function isTooDeep(bytes: Buffer): boolean {
  let [depth, inText] = [0, false];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (inText) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

/** Repeated keys of a valid JSON text, which the parser does not tell. */
function duplicatesOf(text: string): LocatedFault[] {
  const open: Set<string>[] = [];
  const duplicates: LocatedFault[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = String(JSON.parse(last));
      const keys = open.at(-1);
      if (keys?.has(key)) duplicates.push({ loc: ['body', key], msg: 'is there twice', type: 'duplicate_key' });
      keys?.add(key);
    }
    last = token;
  }
  return duplicates;
}
