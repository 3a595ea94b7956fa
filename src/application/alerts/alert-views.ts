import { webOrigin } from '../../domain/alerts/alert-recipients';
import type { AlertRule } from '../../domain/alerts/alert-rule';
import { type Json, type JsonObject, sameJson } from '../../domain/shared/json';
import { type Role, covers } from '../../domain/shared/role';

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

/** What a change made of a rule, which keeps no history of its own: for the audit trail. */
export function ruleDifference(before: AlertRule, after: AlertRule): { before: JsonObject; after: JsonObject } {
  const names = Object.keys({ ...before.fields, ...after.fields });
  const changed = names.filter((name) => !sameJson(before.fields[name], after.fields[name]));
  const of = (rule: AlertRule) => Object.fromEntries(changed.map((name) => [name, rule.fields[name] ?? null]));
  return { before: of(before), after: of(after) };
}

/** Paths and queries of webhook addresses are often secrets themselves: only who could change them sees them. */
export const alertRuleFor = (rule: AlertRuleView, role: Role): AlertRuleView =>
  covers(role, 'operator') ? rule : { ...rule, recipients: rule.recipients?.map(webOrigin) ?? null };

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
