import type { RecordsPort } from '../../application/records/records-port';
import { violationStatuses } from '../../domain/records/violation';
import { type Examples, unknown, unreadable } from '../http/example';

const NO_HAIRNET = {
  id: 1,
  camera_id: 'gate',
  timestamp: '2026-01-05T08:15:02.114Z',
  violation_type: 'no_hairnet',
  track_id: 17,
  confidence: 0.91,
  status: 'pending',
  snapshot_path: 'captures/gate/17.jpg',
  bbox: { x: 410, y: 122, width: 96, height: 240 },
  handled_at: null,
  handled_by: null,
  notes: null,
  version: 1,
  created_at: '2026-01-05T08:15:02.114Z',
  updated_at: '2026-01-05T08:15:02.114Z',
} as const;

const TOTALS = {
  total_frames: 250,
  total_persons: 3,
  total_hairnet_violations: 1,
  total_handwash_events: 1,
  total_sanitize_events: 0,
  avg_fps: 12,
  avg_processing_time: 0.07,
};
const NO_VIOLATION = unknown({ violation_id: 4040 }, 'violation.not_found', 'There is no violation 4040.');
const NO_STATUS = unreadable(
  { status: 'maybe' },
  'status',
  'must be one of the following values: pending, confirmed, false_positive, resolved',
  'enum',
  { values: violationStatuses },
);
const NO_SUCH_STATUS = {
  status: 400,
  code: 'violation.invalid',
  detail: 'status must be one of pending, confirmed, false_positive, resolved.',
  more: {
    errors: [
      {
        loc: ['body', 'status'],
        msg: 'must be one of pending, confirmed, false_positive, resolved',
        type: 'enum',
        params: { values: violationStatuses },
      },
    ],
  },
} as const;

export const recordExamples = {
  violations: {
    input: { camera_id: 'gate', status: 'pending', limit: 1 },
    answer: { violations: [NO_HAIRNET], total: 1, limit: 1, offset: 0, next_cursor: '2026-01-05T08:15:02.114Z_1' },
    varies: ['/next_cursor'],
    refused: NO_STATUS,
  },
  violation: {
    input: { violation_id: 1 },
    answer: NO_HAIRNET,
    refused: NO_VIOLATION,
  },
  changes: {
    input: { violation_id: 2 },
    answer: {
      changes: [
        {
          at: '2026-01-05T08:15:02.114Z',
          actor: 'anonymous',
          request_id: 'c0ffee',
          before: { notes: null, status: 'pending', version: 1, handled_by: null },
          after: { notes: 'seen', status: 'confirmed', version: 2, handled_by: 'li' },
        },
      ],
    },
    varies: ['/changes/*/request_id'],
    refused: NO_VIOLATION,
  },
  exportViolations: {
    input: { camera_id: 'gate' },
    answer:
      'id,time,camera_id,violation_type,status,track_id,confidence,handled_at,handled_by,notes,snapshot_path\r\n2,2026-01-05T08:15:02.114Z,gate,no_sanitize,confirmed,18,0.84,2026-01-05T08:15:02.114Z,li,seen,\r\n1,2026-01-05T08:15:02.114Z,gate,no_hairnet,pending,17,0.91,,,,captures/gate/17.jpg\r\n',
    refused: NO_STATUS,
  },
  setStatus: {
    input: { violation_id: 1, status: 'confirmed', notes: 'seen on video', handled_by: 'li' },
    answer: { ok: true, violation_id: 1, status: 'confirmed', version: 2 },
    refused: {
      input: { violation_id: 1, status: 'maybe' },
      ...NO_SUCH_STATUS,
    },
  },
  setStatuses: {
    input: { violation_ids: [2, 4040], status: 'resolved', handled_by: 'li' },
    answer: { ok: true, updated: [2], not_found: [4040] },
    refused: {
      input: { violation_ids: [2], status: 'maybe' },
      ...NO_SUCH_STATUS,
    },
  },
  summary: {
    input: { period: '1d' },
    answer: {
      period: '1d',
      start_time: '2026-01-05T08:15:02.114Z',
      end_time: '2026-01-05T08:15:02.114Z',
      cameras: {
        gate: TOTALS,
      },
      total: TOTALS,
    },
    varies: ['/cameras'],
  },
  cameraStatistics: {
    input: { camera_id: 'gate', period: '7d' },
    answer: {
      camera_id: 'gate',
      start_time: '2026-01-05T08:15:02.114Z',
      end_time: '2026-01-05T08:15:02.114Z',
      period: '7d',
      statistics: {
        ...TOTALS,
        camera_info: {
          id: 'gate',
          name: 'Main gate',
          status: 'active',
          camera_type: 'fixed',
          location: 'hall B',
          resolution: '320x180',
          region_id: null,
          is_active: true,
          created_at: '2026-01-05T08:15:02.114Z',
          updated_at: '2026-01-05T08:15:02.114Z',
          fps: '5 FPS',
          capabilities: [],
        },
        detection_count_24h: 1,
        average_confidence: 0.9,
        total_objects_detected: 5,
        person_count: 3,
        vehicle_count: 0,
        anomalies: [],
        performance: {
          avg_processing_time: 0.07,
          max_processing_time: 0.07,
          min_processing_time: 0.07,
          fps_estimate: 14.285714,
        },
      },
    },
    refused: unreadable(
      { camera_id: 'gate', start_time: 'yesterday' },
      'start_time',
      'must be a valid ISO 8601 date string',
      'datetime_parsing',
    ),
  },
  detectionRecords: {
    input: { camera_id: 'gate', limit: 1 },
    answer: {
      records: [
        {
          id: 1,
          camera_id: 'gate',
          timestamp: '2026-01-05T08:15:02.114Z',
          frame_number: 5400,
          person_count: 3,
          hairnet_violations: 1,
          handwash_events: 1,
          sanitize_events: 0,
          fps: 12,
          processing_time: 0.07,
        },
      ],
      total: 1,
      camera_id: 'gate',
      limit: 1,
      offset: 0,
    },
    refused: unreadable({ camera_id: 'gate', limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal', {
      min: 1,
      max: 1000,
    }),
  },
  health: {
    input: {},
    answer: { status: 'healthy', database: 'connected' },
  },
} satisfies Partial<Examples<RecordsPort>>;
