import type { Health } from '../../application/monitoring/monitoring-port';
import type { Metrics } from '../../application/monitoring/site-metrics';
import type { JsonObject } from '../../domain/shared/json';
import { Described } from '../http/fields';
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
];

/** Besides the state of a part, `<part>_error` and `<part>_details` where there is more to say. */
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
  }),
)
export class HealthDto implements Health {
  status: Health['status'];
  timestamp: string;
  checks: Health['checks'];
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
export class MetricsDto implements Metrics {
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
