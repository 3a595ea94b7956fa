import type { JsonObject } from '../shared/json';

/** What a camera saw. Times are milliseconds since 1970, as the camera's process noted them. */
export interface AlertEvent {
  readonly cameraId: string;
  readonly type: string;
  readonly trackId: number | null;
  /** The type of violation it is, if it is one. */
  readonly violation: string | undefined;
  /** What the detector calls what it saw, where it says so. */
  readonly label: string | undefined;
}

/** Whether a camera's process runs: `unwanted` where nobody asked for it. */
export type CameraCondition = 'up' | 'down' | 'unwanted';

/** One thing a rule takes notice of, for one camera. */
export type AlertInput =
  | { readonly kind: 'event'; readonly at: number; readonly event: AlertEvent }
  | { readonly kind: 'camera'; readonly at: number; readonly condition: CameraCondition }
  | { readonly kind: 'time'; readonly at: number };

/**
 * `alert`: it happened. `summary`: what was held back since, at the end of the cooldown. `recovery`: what was missing
 * is there again.
 */
type DecisionKind = 'alert' | 'summary' | 'recovery';

/** That people are to be told, at which moment, and of what. */
export interface RuleDecision {
  readonly kind: DecisionKind;
  readonly at: number;
  readonly details: JsonObject;
}

/** A state and what was decided on the way to it. */
export type Stepped<S> = readonly [state: S, decisions: readonly RuleDecision[]];

export const NONE: readonly RuleDecision[] = [];

export const iso = (at: number): string => new Date(at).toISOString();
