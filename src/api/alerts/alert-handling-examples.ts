import type { AlertHandlingPort } from '../../application/alerts/alert-handling-port';
import type { Examples } from '../http/example';
import { unknown, unreadable } from '../http/refused-examples';
import { TOLD } from './alert-examples';

const GIVEN_UP = {
  id: 1,
  alert_id: 1,
  channel: 'email',
  target: 'shift@plant.example',
  status: 'dead',
  idempotency_key: '018fd3c2-7a10-7000-8000-0000000000a1',
  attempts: [{ at: '2026-01-05T08:15:02.114Z', ms: 5003, ok: false, detail: 'the mail server does not answer' }],
  next_attempt_at: null,
  created_at: '2026-01-05T08:15:02.114Z',
  delivered_at: null,
} as const;

export const alertHandlingExamples: Examples<AlertHandlingPort> = {
  test: {
    input: { rule_id: 11, hours: 24 },
    answer: {
      rule_id: 11,
      from: '2026-01-05T08:15:02.114Z',
      to: '2026-01-05T08:15:02.114Z',
      events: 3,
      count: 1,
      total: 1,
      alerts: [
        {
          camera_id: 'gate',
          alert_type: 'violation_threshold',
          timestamp: '2026-01-05T08:15:02.114Z',
          message: '1 no_hairnet at gate within 10 min',
          details: {
            kind: 'alert',
            rule_name: 'Hairnet burst',
            priority: 'high',
            count: 1,
            threshold: 1,
            from: '2026-01-05T08:15:02.114Z',
            to: '2026-01-05T08:15:02.114Z',
          },
        },
      ],
    },
    varies: ['/events'],
    refused: unknown({ rule_id: 4040 }, 'alert_rule.not_found', 'There is no alert rule 4040.'),
  },
  acknowledge: {
    input: { alert_id: 2, by: 'li' },
    answer: {
      ...TOLD,
      id: 2,
      status: 'acknowledged',
      acknowledged_at: '2026-01-05T08:15:02.114Z',
      acknowledged_by: 'li',
    },
    refused: unknown({ alert_id: 4040 }, 'alert.not_found', 'There is no alert 4040.'),
  },
  resolve: {
    input: { alert_id: 3, by: 'li', note: 'hairnets handed out' },
    answer: {
      ...TOLD,
      status: 'resolved',
      resolved_at: '2026-01-05T08:15:02.114Z',
      resolved_by: 'li',
      note: 'hairnets handed out',
    },
    refused: unknown({ alert_id: 4040 }, 'alert.not_found', 'There is no alert 4040.'),
  },
  deliveries: {
    input: { status: 'dead', limit: 1 },
    answer: { count: 1, total: 1, items: [GIVEN_UP] },
    refused: unreadable(
      { status: 'lost' },
      'status',
      'must be one of the following values: queued, delivered, dead',
      'enum',
    ),
  },
  replay: {
    input: { delivery_id: 1 },
    answer: { ...GIVEN_UP, status: 'queued', next_attempt_at: '2026-01-05T08:15:02.114Z' },
    refused: unknown({ delivery_id: 4040 }, 'alert_delivery.not_found', 'There is no delivery 4040.'),
  },
};
