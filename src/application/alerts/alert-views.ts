import type { AlertStatus } from '../../domain/alerts/alert';
import { webOrigin } from '../../domain/alerts/alert-recipients';
import type { AlertRule } from '../../domain/alerts/alert-rule';
import { type JsonObject, sameJson } from '../../domain/shared/json';
import { type Role, covers } from '../../domain/shared/role';

/** A rule in an answer: every key is present, null where there is no value. */
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

export function alertRuleView(rule: AlertRule): AlertRuleView {
  return {
    id: rule.id,
    name: rule.name,
    camera_id: rule.cameraId ?? null,
    rule_type: rule.typeName,
    conditions: (rule.fields.conditions ?? {}) as JsonObject,
    notification_channels: listOrNull(rule.channels),
    recipients: listOrNull(rule.recipients),
    enabled: rule.enabled,
    priority: rule.priority,
    created_at: rule.createdAt.toISOString(),
    updated_at: rule.updatedAt.toISOString(),
    created_by: rule.createdBy,
  };
}

/** A rule before and after a change, for the audit trail: rules have no history of their own. */
export function ruleDifference(before: AlertRule, after: AlertRule): { before: JsonObject; after: JsonObject } {
  const names = Object.keys({ ...before.fields, ...after.fields });
  const changed = names.filter((name) => !sameJson(before.fields[name], after.fields[name]));
  const of = (rule: AlertRule) => Object.fromEntries(changed.map((name) => [name, rule.fields[name] ?? null]));
  return { before: of(before), after: of(after) };
}

/** Paths and queries of webhook addresses are often secrets: only roles that may change them see them. */
export const alertRuleFor = (rule: AlertRuleView, role: Role): AlertRuleView =>
  covers(role, 'operator') ? rule : { ...rule, recipients: rule.recipients?.map(webOrigin) ?? null };

const listOrNull = (list: readonly string[]): readonly string[] | null => (list.length > 0 ? list : null);

/** An alert and how it was handled. */
export interface AlertView {
  readonly id: number;
  /** Null for alerts that come from no rule; the rule may be deleted by now. */
  readonly rule_id: number | null;
  readonly camera_id: string;
  readonly alert_type: string;
  readonly message: string | null;
  readonly details: JsonObject;
  readonly notification_sent: boolean;
  readonly notification_channels_used: readonly string[] | null;
  readonly timestamp: string;
  readonly status: AlertStatus;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly resolved_at: string | null;
  readonly resolved_by: string | null;
  readonly note: string | null;
}
