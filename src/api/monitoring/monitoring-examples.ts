import type { MonitoringPort } from '../../application/monitoring/monitoring-port';
import type { Examples } from '../http/example';

export const monitoringExamples: Examples<MonitoringPort> = {
  health: {
    input: {},
    answer: {
      status: 'degraded',
      timestamp: '2026-01-05T08:15:02.114Z',
      checks: {
        database: 'ok',
        redis: 'ok',
        redis_details: { used: false },
        domain_services: 'ok',
        camera_data_consistency: 'ok',
        consistency_details: { db_count: 8, yaml_count: 8 },
        journal: 'ok',
        journal_details: { lag_bytes: 0, rejected: 0 },
        workers: 'ok',
        workers_details: { controlled_here: true, states: { running: 4, stopped: 4 }, troubled: [] },
        rollout: 'ok',
        rollout_details: { taken_back: [] },
        disk: 'ok',
        alerts: 'degraded',
        alerts_details: { evaluation_lag_seconds: null, dead_deliveries: 1, oldest_waiting_seconds: 0 },
        ffmpeg: 'ok',
        ffmpeg_details: { version: '5.1.9-0+deb12u1', bundled: false },
      },
    },
    varies: ['/status', '/checks'],
  },
  metrics: {
    input: {},
    answer: {
      timestamp: '2026-01-05T08:15:02.114Z',
      window_seconds: 900,
      requests: {
        total: 89,
        success: 60,
        error: 29,
        success_rate: 67.42,
        error_rate: 32.58,
        by_status: { '200': 60, '404': 14, '422': 15 },
      },
      domain_service: { usage_count: 29, old_count: 14, usage_rate: 67.44 },
      response_time: { p50_ms: 3.25, p95_ms: 35, p99_ms: 45.35, max_ms: 45.35, avg_ms: 7.53 },
      errors: {
        total: 29,
        recent: [{ timestamp: '2026-01-05T08:15:02.114Z', status_code: 422, operation: 'records.cameraStatistics' }],
      },
      operations: [
        {
          operation: 'alerts.get',
          path: 'domain',
          calls: 2,
          ok: 1,
          reject: 1,
          failure: 0,
          p50_ms: 0.73,
          p95_ms: 1.16,
          p99_ms: 1.16,
        },
      ],
      data_consistency: {
        consistent: true,
        issues_count: 0,
        db_count: 8,
        yaml_count: 8,
        last_check: '2026-01-05T08:15:02.114Z',
      },
      instances: 1,
      complete: true,
    },
    varies: [
      '/requests',
      '/domain_service',
      '/response_time',
      '/errors',
      '/operations',
      '/data_consistency',
      '/complete',
    ],
  },
};
