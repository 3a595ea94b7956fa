import { type ValidationError, validateSync } from 'class-validator';
import type { Request } from 'express';
import { closest } from '../../domain/shared/closest';
import { type Json, type JsonObject, isJsonObject, parsedJson } from '../../domain/shared/json';
import type { Params } from '../../domain/shared/fault';
import { isStorable, isStorableJson } from '../../domain/shared/text';
import { type Class, type Field, parseFlag, shapeOf } from './fields';
import type { Operation } from './operation';
import { type Location, RequestError, type RequestFault } from './problem';

const MAX_DEPTH = 64;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** Every string, bracket, colon and comma of a JSON text; other tokens are not needed here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * Reads a request body as one JSON object, whatever its content type: old clients send JSON as a form. Throws
 * `RequestError` 422 for anything else and 400 for a body that is nested too deeply or names a key twice.
 */
function jsonBody(bytes: Buffer): JsonObject {
  const value = bodyValue(bytes);
  if (isJsonObject(value)) return storableOrRefused(value);
  throw new RequestError(422, 'request.not_an_object', 'The body must be a JSON object.', [
    { loc: ['body'], msg: 'must be a JSON object', type: 'dict_type' },
  ]);
}

/** Reads a body that may also be a list, or one item of it, as an object that has the list as a member. */
function listBody(bytes: Buffer, member: string): JsonObject {
  const value = bodyValue(bytes);
  if (Array.isArray(value)) return { [member]: value };
  if (isJsonObject(value) && !Object.hasOwn(value, member) && Object.keys(value).length > 0)
    return { [member]: [value] };
  return isJsonObject(value) ? value : jsonBody(bytes);
}

/**
 * Reads an optional body: old clients send any there. Only a JSON object that names one of the members counts as a
 * body, and is read as strictly as any other.
 */
function optionalBody(bytes: Buffer, members: readonly string[]): JsonObject {
  const value = isTooDeep(bytes) ? null : parsedJson(bytes.toString());
  return isJsonObject(value) && members.some((name) => Object.hasOwn(value, name)) ? jsonBody(bytes) : {};
}

/** Lists are not checked here: their items are judged one by one. */
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

/** Counts brackets only, before the text is parsed: millions of them would block all other requests. */
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

/** Repeated keys of a valid JSON text, which the parser does not report. */
function duplicatesOf(text: string): RequestFault[] {
  const open: Set<string>[] = [];
  const duplicates: RequestFault[] = [];
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

/** The input of a request, as text and JSON, not yet validated. */
export function rawInput(operation: Operation, req: Request): RawInput {
  const lastOf = (value: unknown): string => String(Array.isArray(value) ? value.at(-1) : value);
  const texts = (values: object) => Object.fromEntries(Object.entries(values).map(([name, v]) => [name, lastOf(v)]));
  const path = texts(req.params);
  // Ids must be storable text.
  if (!Object.values(path).every(isStorable))
    throw new RequestError(404, 'request.not_found', 'There is no such thing.');
  return {
    expected: operation.parametersIn,
    path,
    query: { ...texts(req.query), ...ifMatch(operation, req) },
    body: Buffer.isBuffer(req.body) ? bodyOf(operation, req.body) : {},
  };
}

/** `force_domain` of a switched operation. */
export function forceOf(req: Request, faults: RequestFault[]): boolean | undefined {
  const { force_domain: sent } = req.query;
  if (sent === undefined) return undefined;
  const force = parseFlag(String(Array.isArray(sent) ? sent.at(-1) : sent));
  if (typeof force === 'boolean') return force;
  faults.push({ loc: ['query', 'force_domain'], msg: 'must be true or false', type: 'bool_parsing' });
  return undefined;
}

function bodyOf({ body, takesList }: Operation, bytes: Buffer): JsonObject {
  switch (body.use) {
    case 'ignored':
      return {};
    case 'optional':
      return optionalBody(bytes, body.members);
    case 'read':
      return takesList ? listBody(bytes, takesList) : jsonBody(bytes);
  }
}

/** The version that a client wants to change (RFC 9110, 13.1.1), as a member of the input. */
function ifMatch({ ifMatch: member }: Operation, req: Request): Readonly<Record<string, string>> {
  const sent = req.get('if-match');
  return member && sent && sent !== '*' ? { [member]: sent.replaceAll(/^(W\/)?"|"$/g, '') } : {};
}

/** The parts of a request that make up an operation's one input. */
interface RawInput {
  /** Where a missing parameter should have been. */
  readonly expected: 'query' | 'body';
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The old backend's names for the faults of a parameter. */
const TYPES: Readonly<Record<string, string>> = {
  isBoolean: 'bool_parsing',
  isInt: 'int_parsing',
  min: 'greater_than_equal',
  max: 'less_than_equal',
  isDefined: 'missing',
  isString: 'string_type',
  isIso8601: 'datetime_parsing',
  isIn: 'enum',
  notBefore: 'greater_than_equal',
};

/** Searching for suggestions is expensive, and thousands of them help no reader. */
const MOST_SUGGESTIONS = 20;

/** Validation finds the rules of an object by this member. */
const NEVER_A_FIELD = 'constructor';

/** Builds and validates the input of an operation; every fault is reported with its place. */
export function readInput<T extends object>(dto: Class<T>, raw: RawInput): { input: T; faults: RequestFault[] } {
  const input = new dto();
  const { fields, open } = shapeOf(dto);
  const places = new Map<string, Location>();
  const put = (name: string, value: unknown, place: Location) => {
    Object.defineProperty(input, name, { value, enumerable: true, writable: true, configurable: true });
    places.set(name, place);
  };
  let missing = false;
  for (const [name, { parse, required, nullable }] of fields) {
    if (Object.hasOwn(raw.path, name)) put(name, parse(raw.path[name] ?? ''), 'path');
    else if (Object.hasOwn(raw.query, name)) put(name, parse(raw.query[name] ?? ''), 'query');
    else if (Object.hasOwn(raw.body, name) && (raw.body[name] !== null || required || nullable))
      put(name, raw.body[name], 'body');
    else missing ||= required;
  }
  const inPath = (name: string) => Object.hasOwn(raw.path, name);
  const extra = Object.keys(raw.body).filter((name) => !fields.has(name) || inPath(name));
  const taken = (name: string) => open && !inPath(name) && name !== NEVER_A_FIELD;
  for (const name of extra.filter(taken)) put(name, raw.body[name], 'body');
  const known = [...fields.keys()];
  const strange = extra.filter((name) => !taken(name));
  const unknown = strange.map((name, i) => unknownField(name, i < MOST_SUGGESTIONS ? known : []));
  // Most reads have no input, and an empty validation would take longer than everything else here.
  const said = places.size > 0 || missing;
  const errors = said ? validateSync(input, { forbidUnknownValues: false }) : [];
  const invalid = errors.flatMap((e) => located(e, places, raw.expected, fields.get(e.property)));
  return { input, faults: [...notText(raw), ...invalid, ...unknown] };
}

/** Parameters that the database could not take as text. */
const notText = ({ query }: RawInput): RequestFault[] =>
  Object.entries(query)
    .filter(([, text]) => !isStorable(text))
    .map(([name]) => ({ loc: ['query', name], msg: 'must not contain NUL', type: 'string_type' }));

function located(
  { property, constraints = {} }: ValidationError,
  places: ReadonlyMap<string, Location>,
  expected: Location,
  field: Pick<Field, 'schema'> | undefined,
): RequestFault[] {
  const place = places.get(property) ?? expected;
  const names = Object.keys(constraints);
  const shown = names.includes('isDefined') ? ['isDefined'] : names.filter((n) => n.startsWith('is')).slice(0, 1);
  return (shown.length > 0 ? shown : names).map((name) => ({
    loc: [place, property],
    msg: name === 'isDefined' ? 'is required' : (constraints[name] ?? 'is not valid').replace(`${property} `, ''),
    type: TYPES[name] ?? name,
    ...paramsOf(name, field?.schema() ?? {}),
  }));
}

/** The limits that the message of a rule names; they stand in the schema of the field. */
function paramsOf(rule: string, schema: JsonObject): { params?: Params } {
  const { minimum, maximum, minLength, maxLength, enum: values } = schema;
  switch (rule) {
    case 'min':
    case 'max':
      return { params: { ...limit('min', minimum), ...limit('max', maximum) } };
    case 'minLength':
    case 'maxLength':
      return { params: { ...limit('min', minLength), ...limit('max', maxLength) } };
    case 'isIn':
      return Array.isArray(values) ? { params: { values: values.map(String) } } : {};
    default:
      return {};
  }
}

const limit = (name: 'min' | 'max', value: Json | undefined): Params =>
  typeof value === 'number' ? { [name]: value } : {};

function unknownField(name: string, known: readonly string[]): RequestFault {
  const suggestion = closest(name, known);
  const msg = `is not a known field${suggestion ? `: did you mean ${suggestion}?` : ''}`;
  return { loc: ['body', name], msg, type: 'unknown_field', ...(suggestion ? { suggestion } : {}) };
}
