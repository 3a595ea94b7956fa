import type { StatisticsService } from '../../application/statistics/statistics-service';
import type {
  Counts,
  DailyQuery,
  Day,
  EventQuery,
  HistoryItem,
  Realtime,
  StatisticsEvent,
  Summary,
  SummaryQuery,
} from '../../application/statistics/statistics-views';
import { Described, ListOf, MANY, NoInputDto, NotBefore, Part, Text, Time, Whole } from '../http/fields';
import { operations } from '../http/operation';
import {
  all,
  count,
  eventSchema,
  evidenceSchema,
  listOf,
  named,
  number,
  orNull,
  text,
  textOrNull,
  wholeOrNull,
} from '../http/schemas';
import { statisticsExamples as examples } from './statistics-examples';

const counts = () => ({ type: 'object', additionalProperties: count });

class SummaryQueryDto implements SummaryQuery {
  @Whole({ min: 1, max: 1_440, default: 60, about: 'how far back' }) minutes = 60;
  @Whole({ min: 1, max: 10_000, default: 1_000 }) limit = 1_000;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

class SummaryDto implements Summary {
  @Whole({ min: 1, max: 1_440 }) window_minutes: number;
  @Whole({ min: 0, max: MANY }) total_events: number;
  @Part(counts) counts_by_type: Counts;
  @ListOf(eventSchema, { about: 'the newest of them, oldest first' }) samples: Summary['samples'];
}

class DailyQueryDto implements DailyQuery {
  @Whole({ min: 1, max: 90, default: 7 }) days = 7;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

const day = () =>
  named('Day', all({ date: { type: 'string', format: 'date' }, total_events: count, counts_by_type: counts() }));

@Described(() => listOf(day()))
class DaysDto extends Array<Day> {}

class EventQueryDto implements EventQuery {
  @Time({ optional: true, about: 'a day before the end unless given' }) start_time?: string;
  @NotBefore('start_time') @Time({ optional: true, about: 'now unless given' }) end_time?: string;
  @Text({ max: 100, optional: true }) event_type?: string;
  @Text({ max: 100, optional: true }) camera_id?: string;
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
}

const statisticsEvent = () =>
  named(
    'StatisticsEvent',
    all({
      id: text,
      timestamp: { type: 'string', format: 'date-time' },
      type: text,
      event_type: text,
      camera_id: text,
      camera_name: textOrNull,
      confidence: number,
      track_id: wholeOrNull,
      region: textOrNull,
      metadata: evidenceSchema(),
    }),
  );

class EventsFoundDto {
  @ListOf(statisticsEvent, { about: 'newest first' }) events: StatisticsEvent[];
  @Whole({ min: 0, max: 1_000, about: 'how many are answered' }) total: number;
}

class HistoryQueryDto implements SummaryQuery {
  @Whole({ min: 1, max: 1_440, default: 60 }) minutes = 60;
  @Whole({ min: 1, max: 1_000, default: 100 }) limit = 100;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

const historyItem = () =>
  named(
    'HistoryItem',
    all({
      ts: { ...number, description: 'seconds since 1970' },
      camera_id: text,
      camera_name: { ...textOrNull, description: 'null where there is no such camera any more' },
      type: text,
      event_type: { ...text, description: 'the same as type' },
      track_id: wholeOrNull,
      region: textOrNull,
      detail: orNull(evidenceSchema()),
    }),
  );

@Described(() => listOf(historyItem()))
class HistoryDto extends Array<HistoryItem> {}

@Described(() =>
  all({
    timestamp: { type: 'string', format: 'date-time' },
    system_status: { type: 'string', enum: ['active'] },
    detection_stats: all({
      total_detections_today: { ...count, description: 'of the last hour, whatever its name says; so are the others' },
      handwashing_detections: count,
      disinfection_detections: count,
      hairnet_detections: count,
      violation_count: count,
    }),
    region_stats: all({ active_regions: count, monitored_areas: listOf(text) }),
    performance_metrics: all({
      average_processing_time: { type: 'number', description: 'seconds per frame' },
      detection_accuracy: { type: 'number', description: 'mean confidence, 0 to 1' },
      system_uptime: { type: 'string', description: 'H:MM:SS' },
    }),
    alerts: all({
      active_alerts: count,
      recent_violations: listOf(
        all({
          id: count,
          camera_id: text,
          violation_type: text,
          timestamp: { type: 'string', format: 'date-time' },
        }),
      ),
    }),
  }),
)
class RealtimeDto implements Realtime {
  timestamp: Realtime['timestamp'];
  system_status: Realtime['system_status'];
  detection_stats: Realtime['detection_stats'];
  region_stats: Realtime['region_stats'];
  performance_metrics: Realtime['performance_metrics'];
  alerts: Realtime['alerts'];
}

const group = 'statistics-read';

export const statisticsOperations = operations<StatisticsService>('statistics', {
  realtime: {
    http: 'GET /statistics/realtime',
    summary: 'What the last hour was like',
    call: (statistics) => statistics.realtime(),
    input: NoInputDto,
    output: RealtimeDto,
    example: examples.realtime,
    group,
    mayDiffer: ['/timestamp', '/performance_metrics/system_uptime'],
  },
  summary: {
    http: 'GET /statistics/summary',
    summary: 'Events of the last minutes by type',
    call: (statistics, input) => statistics.summary(input),
    input: SummaryQueryDto,
    output: SummaryDto,
    example: examples.summary,
    group,
  },
  daily: {
    http: 'GET /statistics/daily',
    summary: 'Events of the last days by type, oldest first',
    call: (statistics, input) => statistics.daily(input),
    input: DailyQueryDto,
    output: DaysDto,
    example: examples.daily,
    group,
  },
  events: {
    http: 'GET /statistics/events',
    summary: 'Single events of a time',
    call: (statistics, input) => statistics.events(input),
    input: EventQueryDto,
    output: EventsFoundDto,
    example: examples.events,
    group,
  },
  history: {
    http: 'GET /statistics/history',
    summary: 'Single events of the last minutes, newest first',
    call: (statistics, input) => statistics.history(input),
    input: HistoryQueryDto,
    output: HistoryDto,
    example: examples.history,
    group,
  },
});
