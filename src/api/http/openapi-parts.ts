import { STATUS_CODES } from 'node:http';
import { REASONS } from '../../domain/rollout/decision';
import { type Json, type JsonObject, isJsonObject, sameJson } from '../../domain/shared/json';
import { listOf, nameOf, text } from './schemas';

const PARAMS: JsonObject = {
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'array'], items: text },
  description: 'what the sentence names, such as an id or a limit, for clients that say it in another language',
};

/** The schema of every refusal and failure, https://www.rfc-editor.org/rfc/rfc9457. */
const PROBLEM: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: { ...text, description: 'what is wrong, for people' },
    code: { ...text, description: 'what is wrong, for programs; it stays the same' },
    request_id: text,
    params: PARAMS,
    errors: { ...listOf({ $ref: '#/components/schemas/Fault' }), description: 'each fault of what was sent' },
  },
};

const FAULT: JsonObject = {
  type: 'object',
  required: ['loc', 'msg', 'type'],
  properties: {
    loc: {
      ...listOf({ type: ['string', 'integer'] }),
      description: 'path, query or body, then the names and indexes that lead to the fault',
    },
    msg: text,
    type: text,
    suggestion: { ...text, description: 'what was probably meant' },
    params: PARAMS,
  },
};

const header = (description: string, schema: JsonObject = text): JsonObject => ({ description, schema });

const HEADERS: JsonObject = {
  'X-Request-Id': header('Identity of the request: that of the client if it sent a plain word, else a new one'),
  'X-Served-By': header('The path that answered', { type: 'string', enum: ['domain', 'legacy'] }),
  'X-Rollout-Reason': header('Why that path', { type: 'string', enum: [...REASONS] }),
  'X-Answer-Partial': header('1: a part of the answer could not be read and is missing'),
  'X-Picture-Time': header('When the picture was taken', { type: 'string', format: 'date-time' }),
  'X-Frame-Age': header('Age of the picture in seconds', { type: 'number' }),
  'X-Last-Frame-Age': header('Where there is no picture: seconds since the last one', { type: 'number' }),
  'Content-Disposition': header('Name of the file'),
  ETag: header('The version of what was answered, to be sent back as If-Match'),
  'Retry-After': header('Seconds after which to try again', { type: 'integer', minimum: 0 }),
  'WWW-Authenticate': header('Bearer'),
};

/** The headers of an answer, by their names. */
export const headersOf = (...names: readonly string[]): JsonObject =>
  Object.fromEntries(['X-Request-Id', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Refusals that any operation may give and whose status alone does not say enough. */
const REFUSALS = {
  400: 'A member of the body breaks a rule; errors says which, each with its place',
  404: 'What the path names does not exist',
  409: 'It makes no sense in the present state',
  412: 'Somebody else changed it meanwhile: read it again',
  413: 'The body is larger than this operation takes',
  422: 'A parameter cannot be read, or the body is no JSON object; errors says which',
  429: 'Too many requests with this token, or wrong tokens from this address',
  503: 'A part that this needs is away, such as the database',
} as const;
export type SharedRefusal = keyof typeof REFUSALS;

const HEADERS_OF_STATUS: Readonly<Record<string, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** An answer that is a problem document. */
export const refusal = (
  status: number | 'default' | '4XX',
  description: string,
  { example = {}, headers = [] }: { readonly example?: JsonObject; readonly headers?: readonly string[] } = {},
): JsonObject => ({
  description,
  headers: headersOf(...(HEADERS_OF_STATUS[status] ?? []), ...headers),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, ...example } },
});

const sharedName = (status: SharedRefusal): string => String(STATUS_CODES[status]).replaceAll(/\W/g, '');

/** The refusals of these statuses, as references to their one description. */
export const sharedRefusals = (statuses: readonly SharedRefusal[]): JsonObject =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${sharedName(status)}` }]));

const responses = (): JsonObject =>
  Object.fromEntries(
    (Object.keys(REFUSALS).map(Number) as SharedRefusal[]).map((status) => [
      sharedName(status),
      refusal(status, REFUSALS[status]),
    ]),
  );

/**
 * A document whose named schemas stand among its components, once each. Throws when two different ones have the same
 * name.
 */
export function withComponents(document: JsonObject, securitySchemes: JsonObject): JsonObject {
  const schemas: Record<string, Json> = { Problem: PROBLEM, Fault: FAULT };
  const hoist = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(hoist);
    if (!isJsonObject(value)) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hoist(member)]));
    const name = nameOf(value);
    if (name === undefined) return withoutNeedlessAllOf(inner);
    if (schemas[name] !== undefined && !sameJson(schemas[name], inner))
      throw new Error(`two schemas of the OpenAPI document are called ${name}`);
    schemas[name] = inner;
    return { $ref: `#/components/schemas/${name}` };
  };
  const paths = hoist(document) as JsonObject;
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...paths, components: { schemas: sorted, headers: HEADERS, responses: responses(), securitySchemes } };
}

/** A reference may have a description next to it. */
function withoutNeedlessAllOf({ allOf, ...rest }: JsonObject): JsonObject {
  if (allOf === undefined) return rest;
  const [only, ...more] = allOf as readonly JsonObject[];
  return only && more.length === 0 ? { ...only, ...rest } : { allOf, ...rest };
}

export const NOT_MODIFIED: JsonObject = {
  '304': {
    description: 'Nothing has changed since the answer whose ETag was sent as If-None-Match',
    headers: headersOf('ETag'),
  },
};
