import type { StatisticsPort } from '../../application/statistics/statistics-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import {
  DailyQueryDto,
  DaysDto,
  EventQueryDto,
  EventsFoundDto,
  HistoryDto,
  HistoryQueryDto,
  RealtimeDto,
  SummaryDto,
  SummaryQueryDto,
} from './statistics-dto';
import { statisticsExamples as examples } from './statistics-examples';

const group = 'statistics-read';

export const statisticsOperations = operations<StatisticsPort>('statistics', {
  realtime: {
    http: 'GET /statistics/realtime',
    summary: 'What the last hour was like',
    input: NoInputDto,
    output: RealtimeDto,
    example: examples.realtime,
    group,
    mayDiffer: ['/timestamp', '/performance_metrics/system_uptime'],
  },
  summary: {
    http: 'GET /statistics/summary',
    summary: 'Events of the last minutes by type',
    input: SummaryQueryDto,
    output: SummaryDto,
    example: examples.summary,
    group,
  },
  daily: {
    http: 'GET /statistics/daily',
    summary: 'Events of the last days by type, oldest first',
    input: DailyQueryDto,
    output: DaysDto,
    example: examples.daily,
    group,
  },
  events: {
    http: 'GET /statistics/events',
    summary: 'Single events of a time',
    input: EventQueryDto,
    output: EventsFoundDto,
    example: examples.events,
    group,
  },
  history: {
    http: 'GET /statistics/history',
    summary: 'Single events of the last minutes, newest first',
    input: HistoryQueryDto,
    output: HistoryDto,
    example: examples.history,
    group,
  },
});
