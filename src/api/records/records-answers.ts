import type {
  CameraStatistics,
  DetectionPage,
  RecordHealth,
  RecordSummary,
  Totals,
  ViolationChange,
  ViolationPage,
  ViolationView,
} from '../../application/records/records-port';
import { type ViolationStatus, violationStatuses } from '../../domain/records/violation';
import type { JsonObject } from '../../domain/shared/json';
import { Described, Flag, ListOf, MANY, OneOf, Part, Text, Time, Whole } from '../http/fields';
import {
  all,
  anyMembers,
  atLeast,
  count,
  listOf,
  mapOf,
  named,
  number,
  numberOrNull,
  orNull,
  text,
  textOrNull,
  wholeOrNull,
} from '../http/schemas';

const time = { type: 'string', format: 'date-time' };

const box = (): JsonObject => ({
  type: 'object',
  properties: { x: number, y: number, width: number, height: number },
  additionalProperties: true,
  description: 'in pixels; one that a detector sent as an object has the members that it sent',
});

export const violation = () =>
  all({
    id: count,
    camera_id: text,
    timestamp: time,
    violation_type: text,
    track_id: wholeOrNull,
    confidence: numberOrNull,
    status: { type: 'string', enum: violationStatuses },
    snapshot_path: textOrNull,
    bbox: orNull(named('BoundingBox', box())),
    handled_at: { type: ['string', 'null'], format: 'date-time' },
    handled_by: textOrNull,
    notes: textOrNull,
    version: count,
    created_at: time,
    updated_at: time,
  });

@Described(violation)
export class ViolationDto implements ViolationView {
  id: ViolationView['id'];
  camera_id: ViolationView['camera_id'];
  timestamp: ViolationView['timestamp'];
  violation_type: ViolationView['violation_type'];
  track_id: ViolationView['track_id'];
  confidence: ViolationView['confidence'];
  status: ViolationView['status'];
  snapshot_path: ViolationView['snapshot_path'];
  bbox: ViolationView['bbox'];
  handled_at: ViolationView['handled_at'];
  handled_by: ViolationView['handled_by'];
  notes: ViolationView['notes'];
  version: ViolationView['version'];
  created_at: ViolationView['created_at'];
  updated_at: ViolationView['updated_at'];
}

export class ViolationPageDto implements ViolationPage {
  @ListOf(() => ViolationDto, { about: 'newest first' }) violations: ViolationView[];
  @Whole({ min: 0, max: MANY, about: 'all that fit' }) total: number;
  @Whole({ min: 1, max: 1_000 }) limit: number;
  @Whole({ min: 0, max: MANY }) offset: number;
  @Text({ nullable: true, about: 'where the next page begins; null after the last one' }) next_cursor: string | null;
}

const changed = anyMembers('the members of the violation that changed');
const violationChange = () =>
  named('ViolationChange', all({ at: time, actor: text, request_id: text, before: changed, after: changed }));

export class ViolationChangesDto {
  @ListOf(violationChange, { about: 'oldest first' })
  changes: ViolationChange[];
}

export class StatusSetDto {
  @Flag() ok: true;
  @Whole({ min: 1, max: MANY }) violation_id: number;
  @OneOf(violationStatuses) status: ViolationStatus;
  @Whole({ min: 1, max: MANY }) version: number;
}

export class StatusesSetDto {
  @Flag() ok: true;
  @ListOf(() => count) updated: number[];
  @ListOf(() => count) not_found: number[];
}

const totals = {
  total_frames: count,
  total_persons: count,
  total_hairnet_violations: count,
  total_handwash_events: count,
  total_sanitize_events: count,
  avg_fps: number,
  avg_processing_time: number,
};

const detectionTotals = () => named('DetectionTotals', all(totals));

export class RecordSummaryDto implements RecordSummary {
  @Text() period: string;
  @Time() start_time: string;
  @Time() end_time: string;
  @Part(() => mapOf(detectionTotals()), { about: 'by the id of the camera' }) cameras: RecordSummary['cameras'];
  @Part(detectionTotals) total: Totals;
}

const cameraInfo = () =>
  named(
    'CameraInfo',
    atLeast({
      id: text,
      name: text,
      status: text,
      camera_type: text,
      location: text,
      resolution: text,
      region_id: textOrNull,
      is_active: { type: 'boolean' },
      created_at: time,
      updated_at: time,
      fps: { ...text, description: 'such as 25 FPS' },
      capabilities: listOf(text),
    }),
  );

const statistics = () =>
  named(
    'DetectionAnalytics',
    all({
      ...totals,
      camera_info: orNull(cameraInfo()),
      detection_count_24h: count,
      average_confidence: number,
      total_objects_detected: count,
      person_count: count,
      vehicle_count: count,
      anomalies: listOf(text),
      performance: all({
        avg_processing_time: number,
        max_processing_time: number,
        min_processing_time: number,
        fps_estimate: number,
      }),
    }),
  );

export class CameraStatisticsDto implements CameraStatistics {
  @Text() camera_id: string;
  @Time() start_time: string;
  @Time() end_time: string;
  @Text() period: string;
  @Part(statistics) statistics: CameraStatistics['statistics'];
}

const record = () =>
  named(
    'DetectionRecord',
    all({
      id: count,
      camera_id: text,
      timestamp: time,
      frame_number: count,
      person_count: count,
      hairnet_violations: count,
      handwash_events: count,
      sanitize_events: count,
      fps: numberOrNull,
      processing_time: numberOrNull,
    }),
  );

export class DetectionPageDto implements DetectionPage {
  @ListOf(record, { about: 'newest first' }) records: DetectionPage['records'];
  @Whole({ min: 0, max: MANY }) total: number;
  @Text() camera_id: string;
  @Whole({ min: 1, max: 1_000 }) limit: number;
  @Whole({ min: 0, max: MANY }) offset: number;
}

export class RecordHealthDto implements RecordHealth {
  @OneOf(['healthy', 'unhealthy']) status: RecordHealth['status'];
  @OneOf(['connected', 'disconnected']) database: RecordHealth['database'];
  @Text({ optional: true }) error?: string;
}
