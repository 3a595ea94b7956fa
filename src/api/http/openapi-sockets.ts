import type { Json, JsonObject } from '../../domain/shared/json';
import { all, anyMembers, atLeast, evidenceSchema, mapOf, number, orNull, text, wholeOrNull } from './schemas';

const CONNECTING =
  'Messages are JSON texts. A token goes into the header Authorization or, where a page cannot set one, among the protocols: ' +
  '["watchgate", "bearer.<token>"]. Refused before the upgrade with 401, 429 (200 sockets of one token or address) or 503 ' +
  '(1,000 in all). Closed with 4401 when the token is revoked, and cut off when more than ten messages a second or one of ' +
  'more than 4,096 bytes is sent, or what is sent here is taken too slowly.';

/** The direction is that of the client. */
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

/** What a page needs to know to listen: OpenAPI itself has no word for web sockets. */
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
