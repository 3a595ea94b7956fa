import { createHash } from 'node:crypto';
import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import {
  COOLDOWN_SECONDS,
  DURATION_SECONDS,
  MIN_DETECTIONS,
  RECOVERY_SECONDS,
  type RuleType,
} from './alert-conditions';
import type { AlertRule } from './alert-rule';
import { type AlertSchedule, readSchedule } from './alert-schedule';

/** A rule as the evaluation uses it: every value in force, times in milliseconds. */
export interface WatchedRule {
  readonly id: number;
  readonly type: RuleType;
  /** Undefined: every camera, each for itself. */
  readonly cameraId: string | undefined;
  readonly threshold: number;
  readonly minDetections: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
  readonly recoveryMs: number;
  readonly violationType: string | undefined;
  /** Empty: any. */
  readonly labels: ReadonlySet<string>;
  readonly schedule: AlertSchedule | undefined;
  /** Since when these conditions are watched. */
  readonly since: number;
  /** Same fingerprint, same conditions: what was counted so far still counts. */
  readonly fingerprint: string;
  readonly rule: AlertRule;
}

/** Undefined for a rule that cannot be watched: disabled, or of a type that only the old backend knew. */
export function watched(rule: AlertRule): WatchedRule | undefined {
  const { type, fields, cameraId } = rule;
  if (!type || !rule.enabled) return undefined;
  const conditions = isJsonObject(fields.conditions) ? fields.conditions : {};
  const seconds = (name: string, fallback: number) => 1_000 * number(conditions, name, fallback);
  const minutes = number(conditions, 'duration_minutes', DURATION_SECONDS[type] / 60);
  return {
    id: rule.id,
    type,
    cameraId,
    rule,
    threshold: number(conditions, 'threshold', 1),
    minDetections: number(conditions, 'min_detections', type === 'continuous_violation' ? MIN_DETECTIONS[type] : 1),
    durationMs: seconds('duration_seconds', minutes * 60),
    cooldownMs: seconds('cooldown_seconds', COOLDOWN_SECONDS),
    recoveryMs: seconds('recovery_seconds', RECOVERY_SECONDS),
    violationType: typeof conditions.violation_type === 'string' ? conditions.violation_type : undefined,
    labels: new Set(texts(conditions.labels)),
    schedule: readSchedule(conditions.schedule),
    since: rule.updatedAt.getTime(),
    fingerprint: fingerprintOf([type, cameraId ?? null, conditions]),
  };
}

const number = (from: JsonObject, name: string, fallback: number): number => {
  const value = from[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
};

const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((item: Json): item is string => typeof item === 'string') : [];

const fingerprintOf = (value: Json): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
