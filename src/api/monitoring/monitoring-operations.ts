import type { Health, MonitoringService } from '../../application/monitoring/monitoring-service';
import type { Metrics } from '../../application/monitoring/site-metrics';
import type { JsonObject } from '../../domain/shared/json';
import type { Examples } from '../http/example';
import { Described, NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import { all, anyMembers, count, listOf, named, number, text, textOrNull, wholeOrNull } from '../http/schemas';

const time = { type: 'string', format: 'date-time' };
const state = { type: 'string', enum: ['ok', 'degraded', 'inconsistent', 'error'] };
const PARTS = [
  'database',
  'redis',
  'domain_services',
  'camera_data_consistency',
  'configuration',
  'journal',
  'workers',
  'rollout',
  'disk',
  'alerts',
  'ffmpeg',
  'detector',
  'captures',
];

/** Besides the state of a component, `<part>_error` and `<part>_details` where there is more to say. */
@Described(() =>
  all({
    status: { type: 'string', enum: ['healthy', 'degraded'] },
    timestamp: time,
    checks: {
      type: 'object',
      properties: Object.fromEntries(PARTS.map((name) => [name, state])),
      required: PARTS,
      patternProperties: {
        _error$: text,
        _issues$: { type: 'array', items: text },
        _details$: anyMembers('what there is to say of the part, in numbers and names'),
      },
    },
    parts: listOf(
      named(
        'HealthPart',
        all({
          name: text,
          status: state,
          since: { ...time, description: 'since when this service has seen it so' },
          detail: { ...textOrNull, description: 'what is wrong' },
          remedy: { ...textOrNull, description: 'what to do' },
        }),
      ),
    ),
  }),
)
class HealthDto implements Health {
  status: Health['status'];
  timestamp: string;
  checks: Health['checks'];
  parts: Health['parts'];
}

const numbers = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, number]));
const counts = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, count]));

/** Rates are percentages; `usage_count` is what the domain path served, `old_count` what the legacy path served. */
@Described(() =>
  all({
    timestamp: time,
    window_seconds: count,
    instances: count,
    complete: { type: 'boolean' },
    requests: all({
      ...counts('total', 'success', 'error'),
      ...numbers('success_rate', 'error_rate'),
      by_status: { type: 'object', additionalProperties: count },
    }),
    domain_service: all({ ...counts('usage_count', 'old_count'), usage_rate: number }),
    response_time: all(numbers('p50_ms', 'p95_ms', 'p99_ms', 'max_ms', 'avg_ms')),
    errors: all({ total: count, recent: listOf(all({ timestamp: time, status_code: count, operation: text })) }),
    data_consistency: all({
      consistent: { type: ['boolean', 'null'] },
      issues_count: wholeOrNull,
      db_count: wholeOrNull,
      yaml_count: wholeOrNull,
      last_check: textOrNull,
    }),
    operations: listOf(
      named(
        'OperationMetrics',
        all({
          operation: text,
          path: { enum: ['domain', 'legacy', null] },
          ...counts('calls', 'ok', 'reject', 'failure'),
          ...numbers('p50_ms', 'p95_ms', 'p99_ms'),
        }),
      ),
    ),
  }),
)
class MetricsDto implements Metrics {
  timestamp: string;
  window_seconds: number;
  instances: number;
  complete: boolean;
  requests: Metrics['requests'];
  domain_service: Metrics['domain_service'];
  response_time: Metrics['response_time'];
  errors: Metrics['errors'];
  data_consistency: Metrics['data_consistency'];
  operations: Metrics['operations'];
}

/** The methods with operations; the others are for the service itself. */
type Shown = Pick<MonitoringService, 'health' | 'metrics'>;

const monitoringExamples = {
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
        configuration: 'ok',
        configuration_details: { writable: true },
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
        detector: 'ok',
        detector_details: { state: 'running', looks: 5120, cameras: 4, model: 'centernet, movenet', rss_mb: 142 },
        captures: 'ok',
      },
      parts: [
        {
          name: 'disk',
          status: 'degraded',
          since: '2026-01-05T08:15:02.114Z',
          detail: null,
          remedy: 'Make room on the disk of DATA_DIR and LOG_DIR.',
        },
      ],
    },
    varies: ['/status', '/checks', '/parts'],
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
} satisfies Partial<Examples<Shown>>;

export const monitoringOperations = operations<Shown>('monitoring', {
  health: {
    http: 'GET /monitoring/health',
    summary: 'How each part of the service is; 200 when degraded, too',
    call: (monitoring) => monitoring.health(),
    input: NoInputDto,
    output: HealthDto,
    example: monitoringExamples.health,
  },
  metrics: {
    http: 'GET /monitoring/metrics',
    summary: 'What all services of the site did in the last 15 minutes',
    call: (monitoring) => monitoring.metrics(),
    input: NoInputDto,
    output: MetricsDto,
    example: monitoringExamples.metrics,
  },
});
