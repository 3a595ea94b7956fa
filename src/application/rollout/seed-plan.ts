import { BUCKETS, seedOf } from '../../domain/rollout/bucket';
import { compileGroup, type RolloutSnapshot } from '../../domain/rollout/decision';

/** The rollout as the environment starts it: one percentage for every group. */
export interface RolloutSeed {
  /** `USE_DOMAIN_SERVICE=true`; otherwise everything is served by legacy. */
  readonly useDomain: boolean;
  /** `ROLLOUT_PERCENT`, 0 to 100. */
  readonly percent: number;
}

export function seedSnapshot({ useDomain, percent }: RolloutSeed, groups: readonly string[]): RolloutSnapshot {
  const bps = useDomain ? Math.round((percent * BUCKETS) / 100) : 0;
  const compiled = groups.map((group) => [group, compileGroup({ group, seed: seedOf(group, ''), bps }, 1)] as const);
  return { revision: 1, killed: false, stale: false, groups: new Map(compiled) };
}
