import type { RuleConditions, RuleType } from './alert-conditions';
import type { AlertRule } from './alert-rule';

/** A rule as the evaluation uses it. */
export interface WatchedRule extends RuleConditions {
  readonly id: number;
  readonly type: RuleType;
  /** Undefined: every camera, each for itself. */
  readonly cameraId: string | undefined;
  /** Since when these conditions are watched. */
  readonly since: number;
  /** Equal fingerprints mean equal conditions: the counts so far stay valid. */
  readonly fingerprint: string;
  readonly rule: AlertRule;
}

/** Undefined for a rule that cannot be watched: disabled, or of a type that only the old backend knew. */
export function watched(rule: AlertRule): WatchedRule | undefined {
  const { id, type, conditions, cameraId, fingerprint } = rule;
  if (!type || !conditions || !rule.enabled) return undefined;
  return { ...conditions, id, type, cameraId, rule, since: rule.updatedAt.getTime(), fingerprint };
}
