import type { AlertRule } from './alert-rule';

export interface AlertRuleFilter {
  readonly cameraId: string | undefined;
  readonly enabled: boolean | undefined;
}

export interface AlertRuleRepository {
  /** Newest first. */
  page(filter: AlertRuleFilter, limit: number, offset: number): Promise<{ rules: AlertRule[]; total: number }>;
  get(id: number): Promise<AlertRule | undefined>;
  all(): Promise<AlertRule[]>;
  /** Answers the id it was given. */
  add(rule: AlertRule): Promise<number>;
  /** Decides on the rule as it is while nobody else can change it; undefined for an unknown one. */
  change(id: number, decide: (rule: AlertRule) => AlertRule): Promise<AlertRule | undefined>;
  /** Whether there was one. What it told stays. */
  remove(id: number): Promise<boolean>;
}
