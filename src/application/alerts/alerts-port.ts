import type { JsonObject } from '../../domain/shared/json';
import type { AlertRuleView, AlertView } from './alert-views';

export interface AlertRuleKey {
  readonly rule_id: number;
}

/** Fields to change, and which rule. */
export type AlertRulePatch = JsonObject & AlertRuleKey;

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export interface AlertRuleQuery extends Page {
  readonly camera_id?: string;
  readonly enabled?: boolean;
}

export interface AlertQuery extends Page {
  readonly camera_id?: string;
  readonly alert_type?: string;
  /** open, acknowledged or resolved. */
  readonly status?: string;
  readonly from?: string;
  /** Not included. */
  readonly to?: string;
}

/** One page: `count` is its length, `total` that of the whole list. */
export interface Listed<T> {
  readonly count: number;
  readonly total: number;
  readonly items: readonly T[];
}

interface Ok {
  readonly ok: true;
}

/** Alert rules and their alerts. Throws `alert_rule.not_found`, `alert_rule.invalid`. */
export interface AlertsPort {
  /** Newest first. */
  list(query: AlertRuleQuery): Promise<Listed<AlertRuleView>>;
  get(key: AlertRuleKey): Promise<AlertRuleView>;
  create(fields: JsonObject): Promise<Ok & { readonly id: number }>;
  update(patch: AlertRulePatch): Promise<Ok>;
  remove(key: AlertRuleKey): Promise<Ok>;
  /** Newest first. */
  history(query: AlertQuery): Promise<Listed<AlertView>>;
}
