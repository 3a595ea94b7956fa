import type { JsonObject } from '../shared/json';

/** What a camera saw. Times are milliseconds since 1970, as the camera's process noted them. */
export interface AlertEvent {
  readonly cameraId: string;
  readonly type: string;
  readonly trackId: number | null;
  /** The type of violation, if the event is one. */
  readonly violation: string | undefined;
  /** The detector's own label for what it saw, if it sent one. */
  readonly label: string | undefined;
}

/** Whether a camera's process runs: `unwanted` where its desired state is stopped. */
export type CameraCondition = 'up' | 'down' | 'unwanted';

/** One input of a rule, for one camera. */
export type AlertInput =
  | { readonly kind: 'event'; readonly at: number; readonly event: AlertEvent }
  | { readonly kind: 'camera'; readonly at: number; readonly condition: CameraCondition }
  | { readonly kind: 'time'; readonly at: number };

/**
 * `alert`: it happened. `summary`: what was suppressed since, at the end of the cooldown. `recovery`: what was missing
 * is there again.
 */
type DecisionKind = 'alert' | 'summary' | 'recovery';

/** A decision of a rule: to notify, at which moment, and about what. */
export interface RuleDecision {
  readonly kind: DecisionKind;
  readonly at: number;
  readonly details: JsonObject;
}

/** The next state and the decisions made on the way to it. */
export type Stepped<S> = readonly [state: S, decisions: readonly RuleDecision[]];

export const NONE: readonly RuleDecision[] = [];

export const iso = (at: number): string => new Date(at).toISOString();
