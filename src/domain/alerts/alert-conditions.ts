import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import {
  type ValueRule,
  type ValueRules,
  checkValue,
  fault,
  textRule,
  unknownName,
  whole,
} from '../shared/value-rules';
import { type AlertSchedule, readSchedule, scheduleRule } from './alert-schedule';

export const RULE_TYPES = ['violation_threshold', 'continuous_violation', 'no_detection', 'camera_down'] as const;
export type RuleType = (typeof RULE_TYPES)[number];

const MOST_LABELS = 50;
const DAY_SECONDS = 86_400;
const label = textRule(1, 100);

const labels: ValueRule = {
  check: (value) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > MOST_LABELS)
      return fault('type', `must be a list of 1 to ${MOST_LABELS} types of event`);
    return value.flatMap((item: Json, i): Fault[] => {
      const found = label.check(item);
      return found && 'type' in found ? [{ path: [i], ...found }] : [];
    });
  },
  schema: { type: 'array', items: { type: 'string' }, description: 'types of event, or labels in their evidence' },
};

/** Conditions of every rule, whatever its type. */
const ALWAYS: ValueRules = {
  duration_minutes: whole(1, DAY_SECONDS / 60),
  duration_seconds: whole(1, DAY_SECONDS),
  cooldown_seconds: whole(0, 7 * DAY_SECONDS),
  schedule: scheduleRule,
};
/** The types of violation are a setting of the site. */
const VIOLATION = /^[a-z][a-z0-9_]*$/;
const EVENTS: ValueRules = {
  violation_type: textRule(1, 50, { re: VIOLATION, says: 'must be a type of violation such as no_hairnet' }),
  labels,
};

/** The conditions of each rule type with their limits, written once. */
export const CONDITIONS: Readonly<Record<RuleType, ValueRules>> = {
  violation_threshold: { threshold: whole(1, 10_000), ...EVENTS, ...ALWAYS },
  continuous_violation: { min_detections: whole(1, 1_000), ...EVENTS, ...ALWAYS },
  no_detection: { min_detections: whole(1, 1_000), ...EVENTS, ...ALWAYS },
  camera_down: { recovery_seconds: whole(0, 3_600), ...ALWAYS },
};

/** In force where the rule names no duration. */
const DURATION_SECONDS: Readonly<Record<RuleType, number>> = {
  violation_threshold: 600,
  continuous_violation: 30,
  no_detection: 600,
  camera_down: 300,
};
const MIN_DETECTIONS = { continuous_violation: 3, no_detection: 1 };
const COOLDOWN_SECONDS = 300;
const RECOVERY_SECONDS = 30;

/** The conditions of a rule as they are in force, times in milliseconds. */
export interface RuleConditions {
  readonly threshold: number;
  readonly minDetections: number;
  readonly durationMs: number;
  readonly cooldownMs: number;
  readonly recoveryMs: number;
  readonly violationType: string | undefined;
  /** Empty: any. */
  readonly labels: ReadonlySet<string>;
  readonly schedule: AlertSchedule | undefined;
}

/** Never refuses: an unusable condition, in a rule that the old backend accepted, counts as not written. */
export function readConditions(type: RuleType, conditions: JsonObject): RuleConditions {
  const number = (name: string, fallback: number): number => {
    const value = conditions[name];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
  };
  const { violation_type: violationType, labels: named, schedule } = conditions;
  const minutes = number('duration_minutes', DURATION_SECONDS[type] / 60);
  return {
    threshold: number('threshold', 1),
    minDetections: number('min_detections', type === 'continuous_violation' ? MIN_DETECTIONS[type] : 1),
    durationMs: 1_000 * number('duration_seconds', minutes * 60),
    cooldownMs: 1_000 * number('cooldown_seconds', COOLDOWN_SECONDS),
    recoveryMs: 1_000 * number('recovery_seconds', RECOVERY_SECONDS),
    violationType: typeof violationType === 'string' ? violationType : undefined,
    labels: new Set(Array.isArray(named) ? named.filter((item: Json) => typeof item === 'string') : []),
    schedule: readSchedule(schedule),
  };
}

/** All faults of a rule's conditions. */
export function checkConditions(type: RuleType, conditions: Json): Fault[] {
  if (!isJsonObject(conditions)) return [{ path: [], ...fault('type', 'must be an object') }];
  const rules = CONDITIONS[type];
  const known = Object.keys(rules);
  const unknown = Object.keys(conditions)
    .filter((name) => !known.includes(name))
    .map((name) => unknownCondition(name, known, type));
  const wrong = Object.entries(conditions).flatMap(([name, value]) => checkValue(rules, name, value));
  return [...missing(type, conditions), ...unknown, ...wrong];
}

/**
 * Lists the conditions that exist: `time_window_minutes` is too unlike `duration_minutes` to be found as a misspelling.
 */
function unknownCondition(name: string, known: readonly string[], type: RuleType): Fault {
  const unknown = unknownName(name, known, `a condition of ${type}`);
  const there = `${unknown.suggestion ? ' The' : ': the'} conditions are ${known.join(', ')}`;
  return { ...unknown, message: unknown.message + there };
}

function missing(type: RuleType, conditions: JsonObject): Fault[] {
  const faults: Fault[] = [];
  if (type === 'violation_threshold' && !Object.hasOwn(conditions, 'threshold'))
    faults.push({ path: ['threshold'], ...fault('missing', 'threshold is required') });
  if (Object.hasOwn(conditions, 'duration_minutes') && Object.hasOwn(conditions, 'duration_seconds'))
    faults.push({
      path: ['duration_seconds'],
      ...fault('conflict', 'goes without duration_minutes: give one of them'),
    });
  return faults;
}
