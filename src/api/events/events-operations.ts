import type { EventsPort } from '../../application/events/events-port';
import { Media } from '../../application/shared/media';
import { operations } from '../http/operation';
import { EventExportDto, EventListDto, PostedDto, RecentEventsDto, SentEventsDto } from './events-dto';
import { eventExamples as examples } from './events-examples';

export const eventOperations = operations<EventsPort>('events', {
  recent: {
    http: 'GET /events/recent',
    summary: 'The newest events',
    input: RecentEventsDto,
    output: EventListDto,
    example: examples.recent,
    group: 'event-read',
  },
  post: {
    http: 'POST /events',
    summary: 'Take in events; one that was sent before counts once',
    input: SentEventsDto,
    output: PostedDto,
    example: examples.post,
    group: 'event-write',
    fallback: 'ifNotStarted',
    takesList: 'events',
    bodyLimit: '4mb',
  },
  exportCsv: {
    http: 'GET /events/export',
    summary: 'Events of a time as a CSV file, newest first',
    input: EventExportDto,
    output: Media,
    example: examples.exportCsv,
    produces: 'text/csv; charset=utf-8',
    group: 'event-read',
  },
});
