import { BUCKETS, bucketOf } from './bucket';

export type Path = 'domain' | 'legacy';

/** Why a call took its path, in the words of the `X-Rollout-Reason` header. */
export const REASONS = [
  'killed',
  'tripped',
  'rolled_back',
  'stale',
  'forced',
  'holdout',
  'control',
  'static',
  'split',
  'fallback',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Decision {
  readonly path: Path;
  readonly reason: Reason;
  readonly group: string;
  /** Of the rollout state the decision was made on. */
  readonly revision: number;
  /** Of the stage entry it counts for. */
  readonly entry: number;
}

/** One group of operations, ready to decide. */
export interface CompiledGroup {
  readonly group: string;
  readonly seed: number;
  /** Basis points of keys on the domain path: 0 is none, 10000 all. */
  readonly bps: number;
  /** Basis points at the upper end that stay on the legacy path as control. */
  readonly holdout: number;
  /**
   * Buckets `[controlFrom, controlTo)` are the control, from the upper half: as many keys as the cohort where there are
   * enough, and none next to it while it is below half.
   */
  readonly controlFrom: number;
  readonly controlTo: number;
  readonly killed: boolean;
  /** The breaker of this process. */
  readonly tripped: boolean;
  /** Whether it had a share and was taken back to legacy. */
  readonly rolledBack: boolean;
  /** One ready decision per path and reason, so that deciding allocates nothing. */
  readonly outcomes: Readonly<Record<Path, Readonly<Record<Reason, Decision>>>>;
}

/** Everything a decision depends on; replaced as a whole, never changed. */
export interface RolloutSnapshot {
  readonly revision: number;
  readonly killed: boolean;
  /**
   * This process could not confirm the state for too long, so it could not be stopped from outside: writes go to the
   * legacy path.
   */
  readonly stale: boolean;
  readonly groups: ReadonlyMap<string, CompiledGroup>;
}

export interface GroupSettings {
  readonly group: string;
  readonly seed: number;
  readonly bps: number;
  readonly holdout?: number;
  readonly entry?: number;
  readonly killed?: boolean;
  readonly tripped?: boolean;
  readonly rolledBack?: boolean;
}

export function compileGroup(settings: GroupSettings, revision: number): CompiledGroup {
  const { group, bps, entry = 0, ...rest } = settings;
  const outcomes = {
    domain: decisions('domain', group, revision, entry),
    legacy: decisions('legacy', group, revision, entry),
  };
  const controlFrom = Math.max(bps, BUCKETS / 2);
  const controlTo = Math.min(BUCKETS, controlFrom + bps);
  return {
    holdout: 0,
    killed: false,
    tripped: false,
    rolledBack: false,
    ...rest,
    group,
    bps,
    controlFrom,
    controlTo,
    outcomes,
  };
}

function decisions(path: Path, group: string, revision: number, entry: number): Record<Reason, Decision> {
  const all = REASONS.map((reason) => [reason, Object.freeze({ path, reason, group, revision, entry })]);
  return Object.fromEntries(all) as Record<Reason, Decision>;
}

/**
 * Which path serves a call. The order of the rules is the contract: kill beats force, force beats the plan.
 * `key` is the sticky unit (camera or caller); the same key keeps its path while percentages only grow.
 */
export function decide(
  snapshot: RolloutSnapshot,
  group: CompiledGroup,
  effect: 'read' | 'write',
  key: string,
  force: boolean | undefined,
): Decision {
  const { domain, legacy } = group.outcomes;
  if (snapshot.killed || group.killed) return legacy.killed;
  if (group.tripped) return legacy.tripped;
  if (snapshot.stale && effect === 'write') return legacy.stale;
  if (force !== undefined) return force ? domain.forced : legacy.forced;
  if (group.bps <= 0) return group.rolledBack ? legacy.rolled_back : legacy.static;
  if (group.bps >= BUCKETS && group.holdout === 0) return domain.static;
  const bucket = bucketOf(key, group.seed);
  if (bucket >= BUCKETS - group.holdout) return legacy.holdout;
  if (bucket < group.bps) return domain.split;
  return bucket >= group.controlFrom && bucket < group.controlTo ? legacy.control : legacy.split;
}
