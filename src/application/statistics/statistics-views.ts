import type { EventView } from '../../domain/shared/event';
import type { JsonObject } from '../../domain/shared/json';

export type Counts = Readonly<Record<string, number>>;

export interface SummaryQuery {
  readonly minutes: number;
  readonly limit: number;
  readonly camera_id?: string;
}

export interface Summary {
  readonly window_minutes: number;
  readonly total_events: number;
  readonly counts_by_type: Counts;
  /** The newest of them, oldest first. */
  readonly samples: readonly EventView[];
}

export interface DailyQuery {
  readonly days: number;
  readonly camera_id?: string;
}

export interface Day {
  /** `YYYY-MM-DD` in the configured time zone. */
  readonly date: string;
  readonly total_events: number;
  readonly counts_by_type: Counts;
}

export interface EventQuery {
  readonly start_time?: string;
  readonly end_time?: string;
  readonly event_type?: string;
  readonly camera_id?: string;
  readonly limit: number;
}

export interface StatisticsEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly type: string;
  /** The same as `type`. */
  readonly event_type: string;
  readonly camera_id: string;
  /** Null where the camera no longer exists. */
  readonly camera_name: string | null;
  /** 0 to 1; 0 when the detector gave none. */
  readonly confidence: number;
  readonly track_id: number | null;
  readonly region: string | null;
  readonly metadata: JsonObject;
}

export interface HistoryItem {
  /** Seconds since 1970. */
  readonly ts: number;
  readonly camera_id: string;
  /** Null where the camera no longer exists. */
  readonly camera_name: string | null;
  readonly type: string;
  /** The same as `type`. */
  readonly event_type: string;
  readonly track_id: number | null;
  readonly region: string | null;
  readonly detail: JsonObject | null;
}

export interface Realtime {
  readonly timestamp: string;
  readonly system_status: 'active';
  /** Counts over the last hour, despite the old name of the first. */
  readonly detection_stats: {
    readonly total_detections_today: number;
    readonly handwashing_detections: number;
    readonly disinfection_detections: number;
    readonly hairnet_detections: number;
    readonly violation_count: number;
  };
  readonly region_stats: { readonly active_regions: number; readonly monitored_areas: readonly string[] };
  readonly performance_metrics: {
    /** Seconds per frame, mean. */
    readonly average_processing_time: number;
    /** Mean confidence, 0 to 1. */
    readonly detection_accuracy: number;
    /** `H:MM:SS` since this service was started. */
    readonly system_uptime: string;
  };
  readonly alerts: { readonly active_alerts: number; readonly recent_violations: readonly RecentViolation[] };
}

export interface RecentViolation {
  readonly id: number;
  readonly camera_id: string;
  readonly violation_type: string;
  readonly timestamp: string;
}
