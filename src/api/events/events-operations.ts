import type {
  EventExport,
  EventService,
  Posted,
  RecentEvents,
  SentEvents,
} from '../../application/events/event-service';
import { Media } from '../../application/shared/media';
import type { EventView } from '../../domain/shared/event';
import { type Examples, invalid, unreadable } from '../http/example';
import { Described, Flag, ListOf, NotBefore, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import { eventSchema, evidenceSchema, named, orNull, text, wholeOrNull } from '../http/schemas';

const MOST_EVENTS = 1_000;

class RecentEventsDto implements RecentEvents {
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
  @Whole({ min: 1, max: 1_440, default: 60, about: 'how far back' }) minutes = 60;
  @Text({ max: 100, optional: true, about: 'type of the events' }) etype?: string;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

@Described(() => ({ type: 'array', items: eventSchema(), description: 'newest first' }))
class EventListDto extends Array<EventView> {}

/** Each is checked by itself: anything that is no event is among the rejected. */
const sentEvent = () =>
  named('SentEvent', {
    type: 'object',
    description: 'ts, type and camera_id are needed; an event without them is answered among the rejected',
    properties: {
      id: { type: ['string', 'integer'], description: 'an event that was sent before under it counts once' },
      ts: { type: ['number', 'string'], description: 'seconds since 1970, or an ISO 8601 time' },
      type: text,
      camera_id: text,
      track_id: wholeOrNull,
      evidence: orNull(evidenceSchema()),
    },
    additionalProperties: true,
  });

class SentEventsDto implements SentEvents {
  @ListOf(sentEvent, { most: MOST_EVENTS, about: 'a bare list, and one event alone, are understood too' })
  events: unknown[];
}

const rejected = () =>
  named('RejectedEvent', {
    type: 'object',
    required: ['index', 'reason'],
    properties: { index: { type: 'integer', minimum: 0 }, reason: { type: 'string' } },
  });

class PostedDto implements Posted {
  @Flag() ok: true;
  @Whole({ min: 0, max: MOST_EVENTS }) accepted: number;
  @Whole({ min: 0, max: MOST_EVENTS, about: 'events that were known already' }) duplicates: number;
  @ListOf(rejected) rejected: Posted['rejected'];
}

class EventExportDto implements EventExport {
  @Time({ optional: true, about: 'a day before the end unless given' }) start_time?: string;
  @NotBefore('start_time') @Time({ optional: true }) end_time?: string;
  @Text({ max: 100, optional: true }) event_type?: string;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

const eventExamples = {
  recent: {
    input: { camera_id: 'gate', etype: 'NO_HAIRNET_AT_SINK', limit: 1 },
    answer: [
      {
        id: '018fd3c2-7a10-7000-8000-000000000001',
        ts: 1767600902.114,
        type: 'NO_HAIRNET_AT_SINK',
        camera_id: 'gate',
        track_id: 17,
        evidence: {
          confidence: 0.91,
          region: 'sink',
          bbox: [410, 122, 506, 362],
          snapshot_path: 'captures/gate/17.jpg',
        },
      },
    ],
    varies: ['/*/ts'],
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal', { min: 1, max: 1000 }),
  },
  post: {
    input: {
      events: [
        { ts: '2025-06-02T08:15:00.000Z', type: 'SKIP_DRYING', camera_id: 'gate', track_id: 19 },
        { type: 'no time' },
      ],
    },
    answer: {
      ok: true,
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, reason: 'ts must be seconds since 1970 or an ISO time' }],
    },
    refused: invalid({ events: 'none' }, 'events', 'must be an array', 'isArray'),
  },
  exportCsv: {
    input: { camera_id: 'gate', event_type: 'NO_HAIRNET_AT_SINK' },
    answer:
      'id,time,type,camera_id,track_id,evidence\r\n018fd3c2-7a10-7000-8000-000000000001,2026-01-05T08:15:02.114Z,NO_HAIRNET_AT_SINK,gate,17,"{""bbox"":[410,122,506,362],""confidence"":0.91,""region"":""sink"",""snapshot_path"":""captures/gate/17.jpg""}"\r\n',
    refused: unreadable(
      { start_time: 'yesterday' },
      'start_time',
      'must be a valid ISO 8601 date string',
      'datetime_parsing',
    ),
  },
} satisfies Partial<Examples<EventService>>;

export const eventOperations = operations<EventService>('events', {
  recent: {
    http: 'GET /events/recent',
    summary: 'The newest events',
    call: (events, input) => events.recent(input),
    input: RecentEventsDto,
    output: EventListDto,
    example: eventExamples.recent,
    group: 'event-read',
  },
  post: {
    http: 'POST /events',
    summary: 'Take in events; one that was sent before counts once',
    call: (events, input) => events.post(input),
    input: SentEventsDto,
    output: PostedDto,
    example: eventExamples.post,
    group: 'event-write',
    fallback: 'ifNotStarted',
    takesList: 'events',
    bodyLimit: '4mb',
  },
  exportCsv: {
    http: 'GET /events/export',
    summary: 'Events of a time as a CSV file, newest first',
    call: (events, input) => events.exportCsv(input),
    input: EventExportDto,
    output: Media,
    example: eventExamples.exportCsv,
    produces: 'text/csv; charset=utf-8',
    group: 'event-read',
  },
});
