import type { EventExport, Posted, RecentEvents, SentEvents } from '../../application/events/events-port';
import type { EventView } from '../../domain/shared/event';
import { Described, Flag, ListOf, Text, Time, Whole } from '../http/fields';
import { eventSchema, evidenceSchema, named, orNull, text, wholeOrNull } from '../http/schemas';
import { NotBefore } from '../http/time-order';

const MOST_EVENTS = 1_000;

export class RecentEventsDto implements RecentEvents {
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
  @Whole({ min: 1, max: 1_440, default: 60, about: 'how far back' }) minutes = 60;
  @Text({ max: 100, optional: true, about: 'type of the events' }) etype?: string;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

@Described(() => ({ type: 'array', items: eventSchema(), description: 'newest first' }))
export class EventListDto extends Array<EventView> {}

/** Each is judged by itself: one that is no event is among the rejected, whatever else it is. */
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

export class SentEventsDto implements SentEvents {
  @ListOf(sentEvent, { most: MOST_EVENTS, about: 'a bare list, and one event alone, are understood too' })
  events: unknown[];
}

const rejected = () =>
  named('RejectedEvent', {
    type: 'object',
    required: ['index', 'reason'],
    properties: { index: { type: 'integer', minimum: 0 }, reason: { type: 'string' } },
  });

export class PostedDto implements Posted {
  @Flag() ok: true;
  @Whole({ min: 0, max: MOST_EVENTS }) accepted: number;
  @Whole({ min: 0, max: MOST_EVENTS, about: 'events that were known already' }) duplicates: number;
  @ListOf(rejected) rejected: Posted['rejected'];
}

export class EventExportDto implements EventExport {
  @Time({ optional: true, about: 'a day before the end unless given' }) start_time?: string;
  @NotBefore('start_time') @Time({ optional: true }) end_time?: string;
  @Text({ max: 100, optional: true }) event_type?: string;
  @Text({ max: 100, optional: true }) camera_id?: string;
}
