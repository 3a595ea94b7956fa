import type { StatisticsService } from '../../application/statistics/statistics-service';
import { type Examples, unreadable } from '../http/example';

export const statisticsExamples = {
  realtime: {
    input: {},
    answer: {
      timestamp: '2026-01-05T08:15:02.114Z',
      system_status: 'active',
      detection_stats: {
        total_detections_today: 7,
        handwashing_detections: 1,
        disinfection_detections: 0,
        hairnet_detections: 1,
        violation_count: 2,
      },
      region_stats: { active_regions: 0, monitored_areas: [] },
      performance_metrics: { average_processing_time: 0.07, detection_accuracy: 0.9, system_uptime: '0:00:02' },
      alerts: {
        active_alerts: 3,
        recent_violations: [
          { id: 2, camera_id: 'gate', violation_type: 'no_sanitize', timestamp: '2026-01-05T08:15:02.114Z' },
          { id: 1, camera_id: 'gate', violation_type: 'no_hairnet', timestamp: '2026-01-05T08:15:02.114Z' },
        ],
      },
    },
    varies: ['/detection_stats', '/performance_metrics', '/region_stats'],
  },
  summary: {
    input: { minutes: 60, limit: 1, camera_id: 'gate' },
    answer: {
      window_minutes: 60,
      total_events: 3,
      counts_by_type: { NO_HAIRNET_AT_SINK: 1, SKIP_DRYING: 1, HANDWASH: 1 },
      samples: [
        {
          id: '018fd3c2-7a10-7000-8000-000000000003',
          ts: 1767600902.114,
          type: 'HANDWASH',
          camera_id: 'gate',
          track_id: 17,
          evidence: { region: 'sink' },
        },
      ],
    },
    varies: ['/samples/*/ts'],
    refused: unreadable({ minutes: 0 }, 'minutes', 'must not be less than 1', 'greater_than_equal', {
      min: 1,
      max: 1440,
    }),
  },
  daily: {
    input: { days: 1, camera_id: 'gate' },
    answer: [
      { date: '2026-01-05', total_events: 3, counts_by_type: { NO_HAIRNET_AT_SINK: 1, SKIP_DRYING: 1, HANDWASH: 1 } },
    ],
    varies: ['/*/date', '/*/total_events', '/*/counts_by_type'],
    refused: unreadable({ days: 91 }, 'days', 'must not be greater than 90', 'less_than_equal', { min: 1, max: 90 }),
  },
  events: {
    input: { camera_id: 'gate', event_type: 'SKIP_DRYING', limit: 1 },
    answer: {
      events: [
        {
          id: '018fd3c2-7a10-7000-8000-000000000002',
          timestamp: '2026-01-05T08:15:02.114Z',
          type: 'SKIP_DRYING',
          event_type: 'SKIP_DRYING',
          camera_id: 'gate',
          camera_name: 'Main gate',
          confidence: 0.84,
          track_id: 18,
          region: null,
          metadata: { confidence: 0.84 },
        },
      ],
      total: 1,
    },
    refused: unreadable(
      { start_time: 'yesterday' },
      'start_time',
      'must be a valid ISO 8601 date string',
      'datetime_parsing',
    ),
  },
  history: {
    input: { minutes: 60, limit: 1, camera_id: 'gate' },
    answer: [
      {
        ts: 1767600902.114,
        camera_id: 'gate',
        camera_name: 'Main gate',
        type: 'HANDWASH',
        event_type: 'HANDWASH',
        track_id: 17,
        region: 'sink',
        detail: { region: 'sink' },
      },
    ],
    varies: ['/*/ts'],
    refused: unreadable({ minutes: 0 }, 'minutes', 'must not be less than 1', 'greater_than_equal', {
      min: 1,
      max: 1440,
    }),
  },
} satisfies Partial<Examples<StatisticsService>>;
