import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { type Json, type JsonObject, toJson } from '../../domain/shared/json';
import { percentile } from '../../domain/shared/latency-histogram';
import type { Arm, SampleMinute } from './evidence-store';

export interface GroupKey {
  readonly group: string;
}

export interface Reasoned extends GroupKey {
  readonly reason: string;
}

/** A command whose maker may say why; it stays in the history. */
export interface Explained extends GroupKey {
  readonly reason?: string;
}

export interface Unkill {
  readonly reason: string;
  /** Absent: all groups. */
  readonly group?: string;
}

export interface Kill extends Unkill {
  /** After this long the kill is lifted automatically, for a drill whose operator may not come back; needs a group. */
  readonly for_seconds?: number;
}

export interface GroupOverview {
  readonly group: string;
  readonly status: string;
  /** 1-based; 0 outside a plan. */
  readonly stage: number;
  readonly stages: readonly { readonly percent: number; readonly bake_ms: number }[];
  readonly percent: number;
  readonly effective_percent: number;
  readonly effective_why: string;
  readonly holdout_percent: number;
  readonly killed: boolean;
  readonly killed_until: string | null;
  readonly attention: string | null;
  readonly trip_reason: string | null;
  readonly approval: JsonObject | null;
  readonly verified: boolean | null;
  readonly entered_at: string | null;
  readonly active_ms: number;
  /** How a call is decided: `bucketOf(key, seed) < threshold`, in basis points. */
  readonly seed: number;
  readonly operations: readonly string[];
  readonly evidence: Json;
  readonly verdict: Json;
  readonly revision: number;
}

export interface InstanceView {
  readonly name: string;
  readonly revision: number;
  readonly confirmed: boolean;
  /** Milliseconds from COMMIT to confirmation; null while it has not confirmed. */
  readonly ms: number | null;
}

export interface RolloutOverview {
  readonly revision: number;
  readonly killed: boolean;
  readonly instances: readonly InstanceView[];
  readonly groups: readonly GroupOverview[];
}

/** Answer to a kill: which instances have confirmed it, and how fast the slowest was. */
export interface Acknowledged {
  readonly killed: boolean;
  readonly revision: number;
  readonly applied: number;
  readonly of: number;
  readonly slowest_ms: number | null;
  readonly instances: readonly InstanceView[];
}

export interface RolloutEventView {
  readonly seq: number;
  readonly group: string;
  readonly at: string;
  readonly actor: string | null;
  readonly request_id: string | null;
  readonly event: JsonObject;
  readonly evidence: Json;
  readonly prev_hash: string;
  readonly hash: string;
}

export type Language = 'en' | 'zh';

/** A verification in progress, and the entities it may write on. */
export interface VerificationView {
  /** The id of the camera, and the `created_by` of the alert rules, that it may create. */
  readonly id: string;
  readonly group: string;
  /** The camera id of the events that it may send. */
  readonly event_camera_id: string;
  /** A violation of its own, for a group that changes violations. */
  readonly violation_id: number | null;
  /** How many of its events were ingested. */
  readonly events: number;
  /** At this time everything that it made is removed, whatever became of the verification. */
  readonly expires_at: string;
}

export interface VerificationKey {
  readonly verification_id: string;
}

/** One minute of one arm. */
export interface SeriesMinute {
  readonly at: string;
  readonly arm: Arm;
  readonly calls: number;
  readonly errors: number;
  /** Calls that failed on the domain path and were answered by the legacy path. */
  readonly fallbacks: number;
  /** Of the calls that did not fail; null without one that was timed. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  /** Of the calls of both arms in this minute, 0 to 1. */
  readonly share: number;
}

/** How the calls of a group went lately, minute by minute. */
export interface GroupSeries {
  readonly group: string;
  readonly since: string;
  readonly points: readonly SeriesMinute[];
}

export function groupSeries(group: string, since: Date, minutes: readonly SampleMinute[]): GroupSeries {
  const calls = new Map<number, number>();
  for (const { at, n } of minutes) calls.set(at.getTime(), (calls.get(at.getTime()) ?? 0) + n);
  const ms = (value: number | undefined) => (value === undefined ? null : Math.round(value * 1_000) / 1_000);
  const points = minutes.map(({ at, arm, n, failure, fallback, histogram }) => ({
    at: at.toISOString(),
    arm,
    calls: n,
    errors: failure,
    fallbacks: fallback,
    p50_ms: ms(percentile(histogram, 0.5)),
    p95_ms: ms(percentile(histogram, 0.95)),
    share: Math.round((n / (calls.get(at.getTime()) || 1)) * 10_000) / 10_000,
  }));
  return { group, since: since.toISOString(), points };
}

/** The plan of a group, as people read it. */
export interface PlanView {
  readonly group: string;
  readonly stages: readonly { readonly percent: number; readonly bake_ms: number }[];
  readonly on_trip: 'rollback' | 'freeze';
  readonly auto_promote: boolean;
  readonly holdout_percent: number;
  /** The limits that evidence is held against. */
  readonly rules: JsonObject;
}

export const planView = ({ group, stages, onTrip, autoPromote, holdoutPercent, rules }: GroupPlan): PlanView => ({
  group,
  stages: stages.map(({ percent, bakeMs }) => ({ percent, bake_ms: bakeMs })),
  on_trip: onTrip,
  auto_promote: autoPromote,
  holdout_percent: holdoutPercent,
  rules: toJson(rules) as JsonObject,
});
