import type { Health } from '../../application/monitoring/monitoring-port';
import { Described } from '../http/fields';
import { all, object, text } from '../http/schemas';

const state = { type: 'string', enum: ['ok', 'degraded', 'inconsistent', 'error'] };
const PARTS = [
  'database',
  'redis',
  'domain_services',
  'camera_data_consistency',
  'journal',
  'workers',
  'rollout',
  'disk',
  'alerts',
];

/** Besides the state of a part, `<part>_error` and `<part>_details` where there is more to say. */
@Described(() =>
  all({
    status: { type: 'string', enum: ['healthy', 'degraded'] },
    timestamp: { type: 'string', format: 'date-time' },
    checks: {
      ...object,
      properties: Object.fromEntries(PARTS.map((name) => [name, state])),
      required: PARTS,
      patternProperties: {
        _error$: text,
        _issues$: { type: 'array', items: text },
        _details$: object,
      },
    },
  }),
)
export class HealthDto implements Health {
  status: Health['status'];
  timestamp: string;
  checks: Health['checks'];
}
