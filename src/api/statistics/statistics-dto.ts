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
} from '../../application/statistics/statistics-port';
import { Described, ListOf, MANY, Part, Text, Time, Whole } from '../http/fields';
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
import { NotBefore } from '../http/time-order';

const counts = () => ({ type: 'object', additionalProperties: count });

export class SummaryQueryDto implements SummaryQuery {
  @Whole({ min: 1, max: 1_440, default: 60, about: 'how far back' }) minutes = 60;
  @Whole({ min: 1, max: 10_000, default: 1_000 }) limit = 1_000;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

export class SummaryDto implements Summary {
  @Whole({ min: 1, max: 1_440 }) window_minutes: number;
  @Whole({ min: 0, max: MANY }) total_events: number;
  @Part(counts) counts_by_type: Counts;
  @ListOf(eventSchema, { about: 'the newest of them, oldest first' }) samples: Summary['samples'];
}

export class DailyQueryDto implements DailyQuery {
  @Whole({ min: 1, max: 90, default: 7 }) days = 7;
  @Text({ max: 100, optional: true }) camera_id?: string;
}

const day = () =>
  named('Day', all({ date: { type: 'string', format: 'date' }, total_events: count, counts_by_type: counts() }));

@Described(() => listOf(day()))
export class DaysDto extends Array<Day> {}

export class EventQueryDto implements EventQuery {
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
      camera_id: text,
      confidence: number,
      track_id: wholeOrNull,
      region: textOrNull,
      metadata: evidenceSchema(),
    }),
  );

export class EventsFoundDto {
  @ListOf(statisticsEvent, { about: 'newest first' }) events: StatisticsEvent[];
  @Whole({ min: 0, max: 1_000, about: 'how many are answered' }) total: number;
}

export class HistoryQueryDto implements SummaryQuery {
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
export class HistoryDto extends Array<HistoryItem> {}

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
export class RealtimeDto implements Realtime {
  timestamp: Realtime['timestamp'];
  system_status: Realtime['system_status'];
  detection_stats: Realtime['detection_stats'];
  region_stats: Realtime['region_stats'];
  performance_metrics: Realtime['performance_metrics'];
  alerts: Realtime['alerts'];
}
