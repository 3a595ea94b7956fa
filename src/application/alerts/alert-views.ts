import type { AlertRule } from '../../domain/alerts/alert-rule';
import type { Json, JsonObject } from '../../domain/shared/json';

/** A rule as clients see it: every key always there, null where there is nothing. */
export interface AlertRuleView {
  readonly id: number;
  readonly name: string;
  readonly camera_id: string | null;
  readonly rule_type: string;
  readonly conditions: JsonObject;
  readonly notification_channels: readonly string[] | null;
  readonly recipients: readonly string[] | null;
  readonly enabled: boolean;
  readonly priority: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly created_by: string | null;
}

export function alertRuleView({ id, fields, createdAt, updatedAt, enabled, priority }: AlertRule): AlertRuleView {
  return {
    id,
    name: String(fields.name),
    camera_id: textOrNull(fields.camera_id),
    rule_type: String(fields.rule_type),
    conditions: (fields.conditions ?? {}) as JsonObject,
    notification_channels: textsOrNull(fields.notification_channels),
    recipients: textsOrNull(fields.recipients),
    enabled,
    priority,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    created_by: textOrNull(fields.created_by),
  };
}

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
const textsOrNull = (value: Json | undefined): string[] | null =>
  Array.isArray(value) && value.length > 0 ? value.map(String) : null;

/** What was told, and what people did about it. */
export interface AlertView {
  readonly id: number;
  /** Null for what no rule told; the rule may be deleted by now. */
  readonly rule_id: number | null;
  readonly camera_id: string;
  readonly alert_type: string;
  readonly message: string | null;
  readonly details: JsonObject;
  readonly notification_sent: boolean;
  readonly notification_channels_used: readonly string[] | null;
  readonly timestamp: string;
  readonly status: 'open' | 'acknowledged' | 'resolved';
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly resolved_at: string | null;
  readonly resolved_by: string | null;
  readonly note: string | null;
}
