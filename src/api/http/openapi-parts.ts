import { STATUS_CODES } from 'node:http';
import { REASONS } from '../../domain/rollout/decision';
import { type Json, type JsonObject, isJsonObject, sameJson } from '../../domain/shared/json';
import {
  all,
  anyMembers,
  atLeast,
  evidenceSchema,
  listOf,
  mapOf,
  nameOf,
  number,
  orNull,
  text,
  wholeOrNull,
} from './schemas';

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
  },
};

const header = (description: string, schema: JsonObject = text): JsonObject => ({ description, schema });

const HEADERS: JsonObject = {
  'X-Request-Id': header('Identity of the request: that of the client if it sent a plain word, else a new one'),
  'X-Served-By': header('The path that answered', { type: 'string', enum: ['domain', 'legacy'] }),
  'X-Rollout-Reason': header('Why that path', { type: 'string', enum: [...REASONS] }),
  'X-Answer-Partial': header('1: a part of the answer could not be read and is missing'),
  'X-Frame-Age': header('Age of the picture in seconds', { type: 'number' }),
  'X-Last-Frame-Age': header('Where there is no picture: seconds since the last one', { type: 'number' }),
  'Content-Disposition': header('Name of the file'),
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

const CONNECTING =
  'Messages are JSON texts. A token goes into the header Authorization or, where a page cannot set one, among the protocols: ' +
  '["watchgate", "bearer.<token>"]. Refused before the upgrade with 401, 429 (200 sockets of one token or address) or 503 ' +
  '(1,000 in all). Closed with 4401 when the token is revoked, and cut off when more than ten messages a second or one of ' +
  'more than 4,096 bytes is sent, or what is sent here is taken too slowly.';

/** The direction as the client sees it. */
interface Message extends JsonObject {
  readonly summary: string;
  readonly schema: JsonObject;
  readonly example: Json;
}

const only = (word: string): JsonObject => ({ type: 'string', enum: [word] });
const typed = (type: string, members: JsonObject = {}, ...optional: string[]): JsonObject =>
  atLeast({ type: only(type), ...members }, ...optional);

const PING: Message = {
  summary: 'Asks for an answer',
  schema: all({ type: only('ping') }),
  example: { type: 'ping' },
};
const PONG: Message = {
  summary: 'Answer to a ping of the client',
  schema: typed('pong'),
  example: { type: 'pong' },
};

const TS = 1_767_600_902.114;
const COUNTERS = { total_frames: 5_400, avg_fps: 5 };
const sinceEpoch: JsonObject = { ...number, description: 'seconds since 1970' };
const counters: JsonObject = anyMembers('the counters of the worker, as WorkerStats');

const liveEvent: JsonObject = all({
  ts: sinceEpoch,
  type: text,
  camera_id: text,
  track_id: wholeOrNull,
  evidence: orNull(evidenceSchema()),
});

const EVENTS: readonly Message[] = [
  {
    summary: 'An event that was taken in',
    schema: typed('event', { data: liveEvent }),
    example: {
      type: 'event',
      data: { ts: TS, type: 'NO_HAIRNET_AT_SINK', camera_id: 'gate', track_id: 17, evidence: null },
    },
  },
  {
    summary: 'An alert of a rule that has the channel websocket; docs/alerts.md says what is in it',
    schema: typed('alert', { data: anyMembers('the alert, as a webhook gets it') }),
    example: { type: 'alert', data: { alert_type: 'violation_threshold', camera_id: 'gate' } },
  },
  { summary: 'Every two seconds', schema: typed('ping'), example: { type: 'ping' } },
  PONG,
];

const STATUS: readonly Message[] = [
  {
    summary: 'At first: every camera, by its id',
    schema: typed('status_update', {
      data: mapOf(all({ camera_id: text, timestamp: sinceEpoch, data: counters })),
      timestamp: { ...number, description: 'seconds of a clock that never jumps' },
    }),
    example: {
      type: 'status_update',
      data: { gate: { camera_id: 'gate', timestamp: TS, data: COUNTERS } },
      timestamp: 4711.5,
    },
  },
  {
    summary: 'Then, at most once a second: a camera that changed',
    schema: typed('status_update', {
      camera_id: text,
      data: all({ type: only('stats'), camera_id: text, timestamp: sinceEpoch, data: counters }),
      timestamp: { ...number, description: 'seconds of a clock that never jumps' },
    }),
    example: {
      type: 'status_update',
      camera_id: 'gate',
      data: { type: 'stats', camera_id: 'gate', timestamp: TS, data: COUNTERS },
      timestamp: 4711.5,
    },
  },
  PONG,
];

/** Everything that a page needs to listen: OpenAPI itself cannot describe web sockets. */
export const webSockets = (): JsonObject => ({
  '/ws/events': {
    summary: 'Events and alerts as they come in; nothing from before',
    description: CONNECTING,
    'x-role': 'viewer',
    parameters: [
      {
        name: 'etype',
        in: 'query',
        required: false,
        schema: text,
        description: 'events of this type only; alerts all the same',
      },
    ],
    receives: EVENTS,
    sends: [PING],
  },
  '/ws/status': {
    summary: 'What the workers of the cameras say of themselves',
    description: CONNECTING,
    'x-role': 'viewer',
    parameters: [],
    receives: STATUS,
    sends: [PING],
  },
});
