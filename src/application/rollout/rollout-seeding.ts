import { obey } from '../../domain/rollout/rollout-commands';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { initialState } from '../../domain/rollout/rollout-state';
import { sameJson } from '../../domain/shared/json';
import { sha256 } from '../../domain/shared/sha256';
import type { RolloutStore, Transition } from './rollout-store';

/** What the environment says: `USE_DOMAIN_SERVICE` and `ROLLOUT_PERCENT`. */
export interface RolloutSeed {
  /** Otherwise everything is served by legacy. */
  readonly useDomain: boolean;
  /** 0 to 100. */
  readonly percent: number;
}

/**
 * Brings plans and environment into the store at a start. The stored rollout is the truth: only an environment that
 * differs from the one of the last start is an instruction; an unchanged one never overrides what operators did since.
 */
export async function seedRollout(store: RolloutStore, plans: readonly GroupPlan[], seed: RolloutSeed): Promise<void> {
  const planSha256 = sha256(JSON.stringify(plans));
  const environment = { useDomain: seed.useDomain, percent: seed.percent };
  const { planSha256: stored, environment: last } = await store.load();
  if (stored === planSha256 && sameJson(last, environment)) return;
  await store.change('environment', (now) => {
    const instructed = sameJson(now.environment, environment) ? [] : plans;
    const percent = seed.useDomain ? seed.percent : 0;
    const transitions = instructed.map((plan): Transition => {
      const state = now.groups.get(plan.group)?.state ?? initialState(plan.group);
      const event = obey({ name: 'set-percent', percent, by: 'environment' }, state, { plan, keys: [], missing: [] });
      return { group: plan.group, event, evidence: environment };
    });
    return { transitions, plans: { all: plans, sha256: planSha256 }, environment };
  });
}
