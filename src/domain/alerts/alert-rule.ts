import { createHash } from 'node:crypto';
import { refuseFaults } from '../shared/domain-error';
import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject, sameJson } from '../shared/json';
import {
  type ValueRule,
  type ValueRules,
  cameraId,
  checkValue,
  flag,
  oneOf,
  textRule,
  unknownName,
} from '../shared/value-rules';
import { RULE_TYPES, type RuleConditions, type RuleType, checkConditions, readConditions } from './alert-conditions';
import { channelsRule, recipientsRule } from './alert-recipients';

const PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;

const orNull = ({ check, schema }: ValueRule): ValueRule => ({
  check: (value) => (value === null ? undefined : check(value)),
  schema: { ...schema, type: [schema.type ?? 'string', 'null'] },
});

/** Every field of a rule and its limit, written once. Conditions have rules of their own, by type. */
export const ALERT_RULE_FIELDS: ValueRules = {
  name: textRule(1, 100),
  camera_id: orNull(cameraId),
  rule_type: { ...oneOf(...RULE_TYPES), schema: { type: 'string', enum: [...RULE_TYPES, 'violation'] } },
  conditions: { check: () => undefined, schema: { type: 'object' } },
  notification_channels: channelsRule,
  recipients: recipientsRule,
  enabled: flag,
  priority: oneOf(...PRIORITIES),
  created_by: orNull(textRule(1, 100)),
};
const REQUIRED = ['name', 'rule_type', 'conditions'];

/** The default of a field that was not written. */
const DEFAULTS: JsonObject = {
  camera_id: null,
  notification_channels: ['websocket'],
  recipients: [],
  enabled: true,
  priority: 'medium',
  created_by: null,
};

/** Members of an answer that are not fields: a client that sends an answer back may leave them in. */
const DERIVED = new Set(['id', 'created_at', 'updated_at']);
/** Conditions that clients also send as fields of the rule itself. */
const MOVED = ['schedule', 'cooldown_seconds'];

export type AlertRuleFields = JsonObject;

/** When to alert about what cameras see, or do not see. Immutable: every change is a new rule. */
export class AlertRule {
  readonly name: string;
  /** Undefined: every camera, each for itself. */
  readonly cameraId: string | undefined;
  /** As it was written, perhaps by the old backend; `type` where this service knows it. */
  readonly typeName: string;
  readonly type: RuleType | undefined;
  /** As it was written, perhaps by the old backend. */
  readonly conditions: RuleConditions | undefined;
  /** As they were written: the old backend had others than this service. */
  readonly channels: readonly string[];
  readonly recipients: readonly string[];
  readonly enabled: boolean;
  readonly priority: string;
  readonly createdBy: string | null;

  private constructor(
    /** 0 until it is stored. */
    readonly id: number,
    /** As they were written: for the table and the answers. */
    readonly fields: AlertRuleFields,
    readonly createdAt: Date,
    readonly updatedAt: Date,
  ) {
    this.name = String(fields.name ?? '');
    this.cameraId = typeof fields.camera_id === 'string' ? fields.camera_id : undefined;
    this.typeName = String(fields.rule_type);
    this.type = RULE_TYPES.find((type) => type === fields.rule_type);
    this.conditions = this.type && readConditions(this.type, conditionsIn(fields));
    this.channels = texts(fields.notification_channels);
    this.recipients = texts(fields.recipients);
    this.enabled = fields.enabled !== false;
    this.priority = String(fields.priority ?? 'medium');
    this.createdBy = typeof fields.created_by === 'string' ? fields.created_by : null;
  }

  /** A new rule; all its fields and conditions are checked. Throws `alert_rule.invalid` with every fault. */
  static register(input: JsonObject, now: Date): AlertRule {
    const fields = { ...DEFAULTS, ...canonical(input) };
    refuseFaults('alert_rule.invalid', check(fields));
    return new AlertRule(0, fields, now, now);
  }

  /** A rule that was accepted before, perhaps by the old backend: trusted. */
  static restore(id: number, fields: AlertRuleFields, createdAt: Date, updatedAt: Date): AlertRule {
    return new AlertRule(id, fields, createdAt, updatedAt);
  }

  /**
   * The rule with some fields changed; `null` resets a field to its default. Throws `alert_rule.invalid` with every
   * fault.
   */
  change(patch: JsonObject, now: Date): AlertRule {
    const { conditions } = this.fields;
    const outside = conditions !== undefined && MOVED.some((name) => Object.hasOwn(patch, name));
    const { created_by: _, ...changes } = canonical(outside ? { conditions, ...patch } : patch);
    const next = { ...this.fields, ...changes };
    const touched = check(next).filter(
      ({ path: [name] }) => Object.hasOwn(changes, name ?? '') || retyped(changes, name),
    );
    refuseFaults('alert_rule.invalid', touched);
    return sameJson(next, this.fields) ? this : new AlertRule(this.id, next, this.createdAt, now);
  }

  /** Equal for equal conditions: counts made under them stay valid. */
  get fingerprint(): string {
    const conditions = JSON.stringify([this.typeName, this.cameraId ?? null, conditionsIn(this.fields)]);
    return createHash('sha256').update(conditions).digest('base64url').slice(0, 16);
  }
}

const conditionsIn = ({ conditions }: AlertRuleFields): JsonObject => (isJsonObject(conditions) ? conditions : {});

/** `String` would throw for an object that calls a member `toString`. */
const texts = (value: Json | undefined): string[] =>
  Array.isArray(value)
    ? value.map((item: Json) => (typeof item === 'object' ? JSON.stringify(item) : String(item)))
    : [];

/** Conditions that were right for one type may be wrong for another. */
const retyped = (changes: JsonObject, name: string | number | undefined): boolean =>
  name === 'conditions' && Object.hasOwn(changes, 'rule_type');

/** One spelling for what may be written in several; a null of an optional field is its default. */
function canonical(input: JsonObject): AlertRuleFields {
  const own = Object.entries(input).filter(([name]) => !DERIVED.has(name) && name !== 'rule_id');
  const fields = Object.fromEntries(own.map(([name, value]) => [name, normal(name, value)]));
  const outside = MOVED.filter((name) => Object.hasOwn(fields, name));
  const { conditions } = fields;
  if (outside.length === 0 || !isJsonObject(conditions)) return fields;
  const moved = Object.fromEntries(outside.map((name) => [name, fields[name] ?? null]));
  const kept = Object.entries(fields).filter(([name]) => !outside.includes(name));
  return { ...Object.fromEntries(kept), conditions: { ...conditions, ...moved } };
}

function normal(name: string, value: Json): Json {
  if (name === 'rule_type' && value === 'violation') return 'violation_threshold';
  if (name === 'camera_id' && value === '') return null;
  const empty = value === null || (name === 'notification_channels' && sameJson(value, []));
  return empty ? (DEFAULTS[name] ?? null) : value;
}

function check(fields: AlertRuleFields): Fault[] {
  const absent = REQUIRED.filter((name) => fields[name] === undefined);
  const missing = absent.map((name): Fault => ({ path: [name], type: 'missing', message: `${name} is required` }));
  const wrong = Object.entries(fields).flatMap(([name, value]) => checkValue(ALERT_RULE_FIELDS, name, value));
  return [...missing, ...unknown(fields), ...wrong, ...conditionsOf(fields)];
}

function conditionsOf({ rule_type, conditions }: AlertRuleFields): Fault[] {
  if (conditions === undefined) return [];
  const type = RULE_TYPES.find((t) => t === rule_type) ?? 'violation_threshold';
  const faults = checkConditions(type, conditions);
  // For an unknown type only conditions that are no object at all are certainly wrong.
  const certain = type === rule_type ? faults : faults.filter(({ path }) => path.length === 0);
  return certain.map((f) => ({ ...f, path: ['conditions', ...f.path] }));
}

function unknown(fields: AlertRuleFields): Fault[] {
  const known = Object.keys(ALERT_RULE_FIELDS);
  const others = Object.keys(fields).filter((name) => !known.includes(name));
  return others.map((name) => unknownName(name, known, 'a field of an alert rule'));
}

export interface AlertRuleFilter {
  readonly cameraId: string | undefined;
  readonly enabled: boolean | undefined;
}

export interface AlertRuleRepository {
  /** Newest first. */
  page(filter: AlertRuleFilter, limit: number, offset: number): Promise<{ rules: AlertRule[]; total: number }>;
  get(id: number): Promise<AlertRule | undefined>;
  all(): Promise<AlertRule[]>;
  /** Answers the id of the stored rule. */
  add(rule: AlertRule): Promise<number>;
  /** Applies `decide` to the rule under a lock, so that no other change comes between; undefined for an unknown id. */
  change(id: number, decide: (rule: AlertRule) => AlertRule): Promise<AlertRule | undefined>;
  /** Whether there was one. Its alerts stay. */
  remove(id: number): Promise<boolean>;
}
