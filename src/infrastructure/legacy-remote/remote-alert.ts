import type { AlertView } from '../../application/alerts/alert-views';
import { AlertRule } from '../../domain/alerts/alert-rule';
import { isJsonObject, type Json, type JsonObject } from '../../domain/shared/json';
import { unreadable } from './old-backend-answer';
import { timeOf } from './old-time';

/** A rule as the old backend lists it. Its names of types are its own; what it leaves out is the default. */
export function remoteRule(item: Json, answeredAt: Date): AlertRule {
  if (!isJsonObject(item) || typeof item.id !== 'number') throw unreadable('no rule', 'not-started');
  const { id, created_at, updated_at, rule_type, ...fields } = item;
  const known = {
    ...fields,
    rule_type: rule_type === 'violation' ? 'violation_threshold' : (rule_type ?? ''),
    conditions: isJsonObject(fields.conditions) ? fields.conditions : {},
    notification_channels: fields.notification_channels ?? [],
    recipients: fields.recipients ?? [],
    camera_id: fields.camera_id ?? null,
    created_by: fields.created_by ?? null,
    enabled: fields.enabled !== false,
    priority: fields.priority ?? 'medium',
  };
  return AlertRule.restore(id, known, timeOf(created_at) ?? answeredAt, timeOf(updated_at) ?? answeredAt);
}

/** What the old backend told. It knows nobody who took care of it. */
export function remoteAlert(item: Json): AlertView {
  const time = isJsonObject(item) ? timeOf(item.timestamp) : undefined;
  if (!isJsonObject(item) || typeof item.id !== 'number' || !time) throw unreadable('no alert', 'not-started');
  const { id, rule_id, camera_id, alert_type, message, details, notification_sent } = item;
  return {
    id,
    rule_id: typeof rule_id === 'number' ? rule_id : null,
    camera_id: textOf(camera_id),
    alert_type: textOf(alert_type),
    message: typeof message === 'string' ? message : null,
    details: isJsonObject(details) ? details : {},
    notification_sent: notification_sent === true,
    notification_channels_used: textsOf(item.notification_channels_used),
    timestamp: time.toISOString(),
    ...UNTOUCHED,
  };
}

const UNTOUCHED = {
  status: 'open',
  acknowledged_at: null,
  acknowledged_by: null,
  resolved_at: null,
  resolved_by: null,
  note: null,
} as const;

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const textsOf = (value: Json | undefined): string[] | null => (Array.isArray(value) ? value.map(String) : null);

/** The items of a list. */
export function itemsOf({ items }: JsonObject): readonly Json[] {
  if (!Array.isArray(items)) throw unreadable('no list', 'not-started');
  return items as readonly Json[];
}
