import type { Fault } from '../shared/fault';
import { type Json, type JsonObject, isJsonObject } from '../shared/json';
import { MINUTE_MS } from '../shared/time';
import type { EvidenceRules } from './evidence';

interface StagePlan {
  /** Share of keys on the domain path, above 0 up to 100, in steps of 0.01. */
  readonly percent: number;
  /** How long the stage must be active before the next one. */
  readonly bakeMs: number;
}

/** How one group of operations moves from the old implementation to the new one. */
export interface GroupPlan {
  readonly group: string;
  readonly stages: readonly StagePlan[];
  /** `freeze` keeps the share when something is wrong: for groups whose new writes legacy cannot read. */
  readonly onTrip: 'rollback' | 'freeze';
  /** Whether the evaluator promotes by itself when the evidence is complete. */
  readonly autoPromote: boolean;
  /** Share that stays on legacy as control during the last stage. */
  readonly holdoutPercent: number;
  readonly rules: EvidenceRules;
}

export const DEFAULT_PLAN: Omit<GroupPlan, 'group'> = {
  stages: [
    { percent: 10, bakeMs: 30 * MINUTE_MS },
    { percent: 25, bakeMs: 60 * MINUTE_MS },
    { percent: 50, bakeMs: 120 * MINUTE_MS },
    { percent: 100, bakeMs: 1440 * MINUTE_MS },
  ],
  onTrip: 'rollback',
  autoPromote: true,
  holdoutPercent: 5,
  rules: {
    kind: 'busy',
    minCalls: 344,
    minComparisons: 2995,
    minControl: 1000,
    errorRate: 0.05,
    attentionErrorRate: 0.01,
  },
};

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1440 * MINUTE_MS };

/** `30m`, `1.5h`, `90s`, `1d` → milliseconds; undefined for anything else. */
function duration(value: Json | undefined): number | undefined {
  const parts = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(value) : null;
  return parts ? Number(parts[1]) * (UNITS[parts[2] ?? ''] ?? 0) : undefined;
}

/** Collects faults while values are read; a faulty value reads as the default, so that one pass finds every fault. */
class Reader {
  constructor(
    private readonly from: JsonObject,
    private readonly path: readonly (string | number)[],
    readonly faults: Fault[],
  ) {}

  fault(name: string | number, message: string, type = 'type'): void {
    this.faults.push({ path: [...this.path, name], type, message });
  }

  number(name: string, fallback: number, min: number, max: number, whole = false): number {
    const value = this.from[name];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    this.fault(name, `must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`, 'range');
    return fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.from[name];
    if (value === undefined || typeof value === 'boolean') return value ?? fallback;
    this.fault(name, 'must be true or false');
    return fallback;
  }

  oneOf<T extends string>(name: string, fallback: T, values: readonly T[]): T {
    const value = this.from[name];
    if (value === undefined) return fallback;
    const found = values.find((v) => v === value);
    if (!found) this.fault(name, `must be one of ${values.join(', ')}`, 'enum');
    return found ?? fallback;
  }

  known(names: readonly string[]): void {
    for (const name of Object.keys(this.from)) {
      if (!names.includes(name)) this.fault(name, `is not known here: use ${names.join(', ')}`, 'unknown_field');
    }
  }

  stages(fallback: readonly StagePlan[]): readonly StagePlan[] {
    const value = this.from.stages;
    if (value === undefined) return fallback;
    if (!Array.isArray(value) || value.length === 0) {
      this.fault('stages', 'must be a list of stages such as {percent: 10, bake: 30m}');
      return fallback;
    }
    const stages = value.map((item: Json, i) => stage(item, [...this.path, 'stages', i], this.faults));
    stages.forEach(({ percent }, i) => {
      const before = stages[i - 1]?.percent ?? 0;
      if (percent <= before)
        this.faults.push({
          path: [...this.path, 'stages', i],
          type: 'order',
          message: `must be above the ${before} % of the stage before: a plan does not go backwards`,
        });
    });
    if (stages.at(-1)?.percent !== 100) this.fault('stages', 'must end with 100 percent', 'order');
    return stages;
  }
}

function stage(item: Json, path: readonly (string | number)[], faults: Fault[]): StagePlan {
  const reader = new Reader(isJsonObject(item) ? item : {}, path, faults);
  if (!isJsonObject(item))
    faults.push({ path, type: 'type', message: 'must be a map such as {percent: 10, bake: 30m}' });
  reader.known(['percent', 'bake']);
  const percent = reader.number('percent', 0, 0.01, 100);
  if (isJsonObject(item) && item.percent === undefined)
    faults.push({ path: [...path, 'percent'], type: 'missing', message: 'percent is required' });
  const bakeMs = isJsonObject(item) ? duration(item.bake) : 0;
  if (bakeMs === undefined)
    faults.push({ path: [...path, 'bake'], type: 'type', message: 'must be a duration such as 90s, 30m, 1h or 1d' });
  return { percent, bakeMs: bakeMs ?? 0 };
}

const KEYS = [
  'stages',
  'on_trip',
  'auto_promote',
  'holdout_percent',
  'kind',
  'min_calls',
  'min_comparisons',
  'min_control',
  'error_rate',
  'attention_error_rate',
];

function groupPlan(
  from: JsonObject,
  path: readonly (string | number)[],
  defaults: Omit<GroupPlan, 'group'>,
  faults: Fault[],
): Omit<GroupPlan, 'group'> {
  const reader = new Reader(from, path, faults);
  reader.known(KEYS);
  const { rules } = defaults;
  return {
    stages: reader.stages(defaults.stages),
    onTrip: reader.oneOf('on_trip', defaults.onTrip, ['rollback', 'freeze']),
    autoPromote: reader.flag('auto_promote', defaults.autoPromote),
    holdoutPercent: reader.number('holdout_percent', defaults.holdoutPercent, 0, 50),
    rules: {
      kind: reader.oneOf('kind', rules.kind, ['busy', 'quiet']),
      minCalls: reader.number('min_calls', rules.minCalls, 1, 1e9, true),
      minComparisons: reader.number('min_comparisons', rules.minComparisons, 0, 1e9, true),
      minControl: reader.number('min_control', rules.minControl, 200, 1e9, true),
      errorRate: reader.number('error_rate', rules.errorRate, 0.001, 0.5),
      attentionErrorRate: reader.number('attention_error_rate', rules.attentionErrorRate, 0.0001, 0.5),
    },
  };
}

/**
 * The plans of all groups from the rollout file: `defaults` and `groups`. All faults are reported together; with any
 * fault no plan is used.
 */
export function readPlans(file: Json, groups: readonly string[]): { plans: GroupPlan[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const root = isJsonObject(file) ? file : {};
  if (!isJsonObject(file) && file !== null)
    faults.push({ path: [], type: 'type', message: 'must be a map with defaults and groups' });
  const part = (name: string): JsonObject => {
    const value = root[name];
    if (value === undefined || value === null || isJsonObject(value)) return value ?? {};
    faults.push({ path: [name], type: 'type', message: 'must be a map' });
    return {};
  };
  new Reader(root, [], faults).known(['defaults', 'groups']);
  const defaults = groupPlan(part('defaults'), ['defaults'], DEFAULT_PLAN, faults);
  const own = part('groups');
  for (const name of Object.keys(own)) {
    if (!groups.includes(name))
      faults.push({
        path: ['groups', name],
        type: 'unknown_group',
        message: `is no group of operations: there are ${groups.join(', ')}`,
      });
  }
  const plans = groups.map((group) => {
    const from = own[group];
    if (from !== undefined && from !== null && !isJsonObject(from))
      faults.push({ path: ['groups', group], type: 'type', message: 'must be a map' });
    return { group, ...groupPlan(isJsonObject(from) ? from : {}, ['groups', group], defaults, faults) };
  });
  return { plans: faults.length > 0 ? [] : plans, faults };
}
