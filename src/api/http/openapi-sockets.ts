import type { Json, JsonObject } from '../../domain/shared/json';
import {
  all,
  anyMembers,
  atLeast,
  count,
  evidenceSchema,
  listOf,
  mapOf,
  number,
  orNull,
  text,
  wholeOrNull,
} from './schemas';

const CONNECTING =
  'Messages are JSON texts. A token goes into the header Authorization or, where a page cannot set one, among the protocols: ' +
  '["watchgate", "bearer.<token>"]. Refused before the upgrade with 401, 429 (200 sockets of one token or address) or 503 ' +
  '(2,500 in all). A browser that signed in sends its cookie, from a page of this service. Closed with 4401 when the token is revoked, and cut off when ' +
  'more than ten messages a second (600 at /ws/live) or one of more than 16,384 bytes is sent, or what is sent here is taken too slowly.';

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

const topicAndSeq = { topic: text, seq: count };
const msSinceEpoch: JsonObject = { ...number, description: 'milliseconds since 1970' };

const LIVE: readonly Message[] = [
  {
    summary: 'At first: which life of the service numbers belong to',
    schema: typed('hello', { epoch: text, time: msSinceEpoch }),
    example: { type: 'hello', epoch: '018fd3c2-7a10-4000-8000-0000000000a1', time: TS * 1_000 },
  },
  {
    summary: 'The whole state of a topic',
    schema: typed('snapshot', { ...topicAndSeq, data: anyMembers('docs/live.md says what is in it') }),
    example: { type: 'snapshot', topic: 'cameras', seq: 7, data: { cameras: {} } },
  },
  {
    summary: 'What changed of a topic',
    schema: typed('delta', { ...topicAndSeq, data: anyMembers('docs/live.md says what is in it') }),
    example: { type: 'delta', topic: 'cameras', seq: 8, data: { cameras: {}, removed: ['dock'] } },
  },
  {
    summary: 'Something was left out: a snapshot follows',
    schema: typed('resync', { topic: text }),
    example: { type: 'resync', topic: 'events' },
  },
  {
    summary: 'What was not understood',
    schema: typed('error', { detail: text }),
    example: { type: 'error', detail: 'there is no topic nothing', topic: 'nothing' },
  },
  {
    summary: 'Every 15 seconds',
    schema: typed('ping', { time: msSinceEpoch }),
    example: { type: 'ping', time: TS * 1_000 },
  },
  {
    summary: 'Answer to a ping of the client',
    schema: typed('pong', { time: msSinceEpoch }),
    example: { type: 'pong', time: TS * 1_000 },
  },
];

const tile = atLeast({ id: text, w: number, fps: number }, 'w', 'fps');
const LIVE_SENT: readonly Message[] = [
  {
    summary: 'From now on these topics, too; `since` and `epoch` resume after a lost connection',
    schema: typed('subscribe', { topics: listOf(text), since: mapOf(count), epoch: text }, 'since', 'epoch'),
    example: { type: 'subscribe', topics: ['cameras', 'logs:line-3'] },
  },
  {
    summary: 'No longer these topics',
    schema: typed('unsubscribe', { topics: listOf(text) }),
    example: { type: 'unsubscribe', topics: ['events'] },
  },
  {
    summary: 'The cameras whose pictures are visible, as a whole; pictures come as binary messages (docs/live.md)',
    schema: typed('watch', { tiles: listOf(tile) }),
    example: { type: 'watch', tiles: [{ id: 'line-3', w: 640, fps: 5 }] },
  },
  {
    summary: 'A picture is drawn: the tile may have its next one',
    schema: typed('ack', { tile: count, seq: count }),
    example: { type: 'ack', tile: 0, seq: 12 },
  },
  PING,
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
  '/ws/live': {
    summary: 'What changes, as it changes: topics of state and happenings, and the pictures of cameras',
    description: CONNECTING,
    'x-role': 'viewer',
    parameters: [],
    receives: LIVE,
    sends: LIVE_SENT,
  },
});
