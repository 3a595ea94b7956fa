import type { AlertRuleView, AlertView } from '../../application/alerts/alert-views';
import { AlertRule, type AlertRuleFields } from '../../domain/alerts/alert-rule';

type Timed<T, K extends keyof T> = Omit<T, K> & { readonly [name in K]: T[name] extends string ? Date : Date | null };

/** A row of `alert_rules`. */
export type AlertRuleRow = Timed<AlertRuleView, 'created_at' | 'updated_at'>;

export function toRule({ id, created_at, updated_at, ...row }: AlertRuleRow): AlertRule {
  const { name, camera_id, rule_type, conditions, enabled, priority, created_by } = row;
  const { notification_channels: channels, recipients } = row;
  const fields: AlertRuleFields = {
    name,
    camera_id,
    rule_type,
    conditions,
    notification_channels: channels ?? [],
    recipients: recipients ?? [],
    enabled,
    priority,
    created_by,
  };
  return AlertRule.restore(id, fields, created_at, updated_at);
}

/** Values of the columns of `RULE_COLUMNS`, in their order. */
export function ruleValues({ fields, createdAt, updatedAt }: AlertRule): unknown[] {
  const json = (name: string) => JSON.stringify(fields[name] ?? null);
  return [
    fields.name,
    fields.camera_id ?? null,
    fields.rule_type,
    json('conditions'),
    json('notification_channels'),
    json('recipients'),
    fields.enabled,
    fields.priority,
    fields.created_by ?? null,
    createdAt,
    updatedAt,
  ];
}

export const RULE_COLUMNS =
  'name, camera_id, rule_type, conditions, notification_channels, recipients, enabled, priority, created_by, created_at, updated_at';

type Times = 'timestamp' | 'acknowledged_at' | 'resolved_at';

/** A row of `alert_history`; bigints arrive as text. */
export type AlertRow = Omit<Timed<AlertView, Times>, 'id' | 'details'> & {
  readonly id: string;
  readonly details: AlertView['details'] | null;
};

export const ALERT_COLUMNS =
  'id, rule_id, camera_id, alert_type, message, details, notification_sent, notification_channels_used, timestamp, status, acknowledged_at, acknowledged_by, resolved_at, resolved_by, note';

export const toAlertView = (row: AlertRow): AlertView => ({
  ...row,
  id: Number(row.id),
  details: row.details ?? {},
  timestamp: row.timestamp.toISOString(),
  acknowledged_at: row.acknowledged_at?.toISOString() ?? null,
  resolved_at: row.resolved_at?.toISOString() ?? null,
});
