import type { AlertHandlingService } from '../../application/alerts/alert-handling-service';
import type { AlertsPort } from '../../application/alerts/alerts-port';
import { type Examples, invalid, unknown, unreadable } from '../http/example';

const BURST = {
  id: 11,
  name: 'Hairnet burst',
  camera_id: 'gate',
  rule_type: 'violation_threshold',
  conditions: { threshold: 1, violation_type: 'no_hairnet', duration_minutes: 10 },
  notification_channels: ['email'],
  recipients: ['shift@plant.example'],
  enabled: false,
  priority: 'high',
  created_at: '2026-01-05T08:15:02.114Z',
  updated_at: '2026-01-05T08:15:02.114Z',
  created_by: 'li',
};

/** An alert as its history shows it. */
const ALERT = {
  id: 3,
  rule_id: 11,
  camera_id: 'gate',
  alert_type: 'violation_threshold',
  message: '5 violations at gate within 10 min',
  details: { kind: 'alert', count: 5 },
  notification_sent: true,
  notification_channels_used: ['email'],
  timestamp: '2026-01-05T08:15:02.114Z',
  status: 'open',
  acknowledged_at: null,
  acknowledged_by: null,
  resolved_at: null,
  resolved_by: null,
  note: null,
} as const;

export const alertExamples = {
  list: {
    input: { camera_id: 'gate' },
    answer: { count: 1, total: 1, items: [BURST] },
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal', { min: 1, max: 1000 }),
  },
  get: {
    input: { rule_id: 11 },
    answer: BURST,
    refused: unknown({ rule_id: 4040 }, 'alert_rule.not_found', 'There is no alert rule 4040.'),
  },
  create: {
    input: {
      name: 'Sink dwell',
      rule_type: 'violation',
      conditions: { threshold: 3 },
      priority: 'high',
      recipients: ['shift@plant.example'],
    },
    answer: { ok: true, id: 21 },
    refused: {
      input: { name: 'Sink dwell', rule_type: 'violation' },
      status: 400,
      code: 'alert_rule.invalid',
      detail: 'conditions: conditions is required',
      more: { errors: [{ loc: ['body', 'conditions'], msg: 'conditions is required', type: 'missing' }] },
    },
  },
  update: {
    input: { rule_id: 12, enabled: false },
    answer: { ok: true },
    refused: unknown({ rule_id: 4040, enabled: false }, 'alert_rule.not_found', 'There is no alert rule 4040.'),
  },
  remove: {
    input: { rule_id: 13 },
    answer: { ok: true },
    refused: unknown({ rule_id: 4040 }, 'alert_rule.not_found', 'There is no alert rule 4040.'),
  },
  history: {
    input: { limit: 1, camera_id: 'gate' },
    answer: {
      count: 1,
      total: 3,
      items: [ALERT],
    },
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal', { min: 1, max: 1000 }),
  },
} satisfies Partial<Examples<AlertsPort>>;

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

const TRIAL_ALERT = {
  camera_id: 'gate',
  alert_type: 'violation_threshold',
  timestamp: '2026-01-05T08:15:02.114Z',
  message: '1 no_hairnet at gate within 10 min',
  details: { kind: 'alert', count: 1, threshold: 1 },
} as const;

export const alertHandlingExamples = {
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
          ...TRIAL_ALERT,
          details: {
            ...TRIAL_ALERT.details,
            rule_name: 'Hairnet burst',
            priority: 'high',
            from: '2026-01-05T08:15:02.114Z',
            to: '2026-01-05T08:15:02.114Z',
          },
        },
      ],
    },
    varies: ['/events'],
    refused: unknown({ rule_id: 4040 }, 'alert_rule.not_found', 'There is no alert rule 4040.'),
  },
  tryOut: {
    input: {
      hours: 24,
      name: 'Hairnet burst',
      camera_id: 'gate',
      rule_type: 'violation_threshold',
      conditions: { violation_type: 'no_hairnet', threshold: 1, duration_minutes: 10 },
    },
    answer: {
      from: '2026-01-05T08:15:02.114Z',
      to: '2026-01-05T08:15:02.114Z',
      events: 3,
      count: 1,
      total: 1,
      alerts: [TRIAL_ALERT],
    },
    varies: ['/events', '/alerts/*/details'],
  },
  acknowledge: {
    input: { alert_id: 2, by: 'li' },
    answer: {
      ...ALERT,
      id: 2,
      status: 'acknowledged',
      acknowledged_at: '2026-01-05T08:15:02.114Z',
      acknowledged_by: 'li',
    },
    refused: unknown({ alert_id: 4040 }, 'alert.not_found', 'There is no alert 4040.'),
  },
  acknowledgeMany: {
    input: { alert_ids: [4040], by: 'li' },
    answer: {
      ok: false,
      results: [{ id: 4040, ok: false, alert: null, code: 'alert.not_found', detail: 'There is no alert 4040.' }],
    },
    refused: invalid({ alert_ids: 4040 }, 'alert_ids', 'must be an array', 'isArray'),
  },
  resolve: {
    input: { alert_id: 3, by: 'li', note: 'hairnets handed out' },
    answer: {
      ...ALERT,
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
      { values: ['queued', 'delivered', 'dead'] },
    ),
  },
  replay: {
    input: { delivery_id: 1 },
    answer: { ...GIVEN_UP, status: 'queued', next_attempt_at: '2026-01-05T08:15:02.114Z' },
    refused: unknown({ delivery_id: 4040 }, 'alert_delivery.not_found', 'There is no delivery 4040.'),
  },
} satisfies Partial<Examples<AlertHandlingService>>;
