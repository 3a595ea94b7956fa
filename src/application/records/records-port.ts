import type { ViolationStatus } from '../../domain/records/violation';
import type { JsonObject } from '../../domain/shared/json';
import type { Media } from '../shared/media';

export interface ViolationView {
  readonly id: number;
  readonly camera_id: string;
  readonly timestamp: string;
  readonly violation_type: string;
  readonly track_id: number | null;
  readonly confidence: number | null;
  readonly status: ViolationStatus;
  readonly snapshot_path: string | null;
  readonly bbox: JsonObject | null;
  readonly handled_at: string | null;
  readonly handled_by: string | null;
  readonly notes: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface ViolationFilter {
  readonly camera_id?: string;
  readonly status?: string;
  readonly violation_type?: string;
  readonly handled_by?: string;
  readonly min_confidence?: number;
  readonly from?: string;
  readonly to?: string;
}

export interface ViolationQuery extends ViolationFilter {
  readonly limit: number;
  readonly offset: number;
  /** `next_cursor` of the page before, in place of an offset: new rows do not shift the pages. */
  readonly cursor?: string;
  /** `newest` first, or `oldest`. */
  readonly order?: string;
}

export interface ViolationPage {
  readonly violations: readonly ViolationView[];
  /** The number of all that match the filter. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly next_cursor: string | null;
}

export interface ViolationKey {
  readonly violation_id: number;
}

export interface SentHandling {
  readonly status: string;
  readonly notes?: string;
  readonly handled_by?: string;
}

export interface StatusChange extends SentHandling, ViolationKey {
  readonly version?: number;
}

export interface StatusChanges extends SentHandling {
  readonly violation_ids: readonly number[];
}

export interface ViolationChange {
  readonly at: string;
  readonly actor: string;
  readonly request_id: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Sums of detection reports; the means give every report the same weight. */
export interface Totals {
  readonly total_frames: number;
  readonly total_persons: number;
  readonly total_hairnet_violations: number;
  readonly total_handwash_events: number;
  readonly total_sanitize_events: number;
  /** Frames per second. */
  readonly avg_fps: number;
  /** Seconds. */
  readonly avg_processing_time: number;
}

export interface RecordSummary {
  readonly period: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly cameras: Readonly<Record<string, Totals>>;
  readonly total: Totals;
}

export interface CameraPeriod {
  readonly camera_id: string;
  readonly period: string;
  readonly start_time?: string;
  readonly end_time?: string;
}

export interface CameraStatistics {
  readonly camera_id: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly period: string;
  readonly statistics: Totals & CameraAnalytics;
}

export interface CameraAnalytics {
  readonly camera_info: JsonObject | null;
  readonly detection_count_24h: number;
  readonly average_confidence: number;
  readonly total_objects_detected: number;
  readonly person_count: number;
  readonly vehicle_count: number;
  readonly anomalies: readonly string[];
  readonly performance: Performance;
}

export interface Performance {
  /** Seconds. */
  readonly avg_processing_time: number;
  readonly max_processing_time: number;
  readonly min_processing_time: number;
  readonly fps_estimate: number;
}

export interface DetectionPage {
  readonly records: readonly DetectionRecord[];
  readonly total: number;
  readonly camera_id: string;
  readonly limit: number;
  readonly offset: number;
}

export interface DetectionRecord {
  readonly id: number;
  readonly camera_id: string;
  readonly timestamp: string;
  readonly frame_number: number;
  readonly person_count: number;
  readonly hairnet_violations: number;
  readonly handwash_events: number;
  readonly sanitize_events: number;
  readonly fps: number | null;
  readonly processing_time: number | null;
}

/** Stored violations and detection reports. */
export interface RecordsPort {
  violations(query: ViolationQuery): Promise<ViolationPage>;
  violation(key: ViolationKey): Promise<ViolationView>;
  changes(key: ViolationKey): Promise<{ readonly changes: readonly ViolationChange[] }>;
  exportViolations(filter: ViolationFilter): Promise<Media>;
  setStatus(
    change: StatusChange,
  ): Promise<{ ok: true; violation_id: number; status: ViolationStatus; version: number }>;
  setStatuses(changes: StatusChanges): Promise<{ ok: true; updated: readonly number[]; not_found: readonly number[] }>;
  summary(query: { readonly period: string }): Promise<RecordSummary>;
  cameraStatistics(query: CameraPeriod): Promise<CameraStatistics>;
  detectionRecords(query: {
    readonly camera_id: string;
    readonly limit: number;
    readonly offset: number;
  }): Promise<DetectionPage>;
  health(nothing: object): Promise<RecordHealth>;
}

export interface RecordHealth {
  readonly status: 'healthy' | 'unhealthy';
  readonly database: 'connected' | 'disconnected';
  readonly error?: string;
}
