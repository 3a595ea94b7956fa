import type { AlertsPort } from '../../application/alerts/alerts-port';
import { type Examples, unknown, unreadable } from '../http/example';

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
export const ALERT = {
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
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal'),
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
    refused: unreadable({ limit: 0 }, 'limit', 'must not be less than 1', 'greater_than_equal'),
  },
} satisfies Partial<Examples<AlertsPort>>;
