import { handleCommand } from '../../domain/rollout/rollout-commands';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { type RolloutEvent, initialState } from '../../domain/rollout/rollout-state';
import { type Json, sameJson } from '../../domain/shared/json';
import { sha256 } from '../../domain/shared/sha256';
import type { RolloutDocument, RolloutStore } from './rollout-store';

/** The settings in the environment: `USE_DOMAIN_SERVICE` and `ROLLOUT_PERCENT`. */
export interface RolloutInstruction {
  /** Otherwise everything is served by legacy. */
  readonly useDomain: boolean;
  /** 0 to 100. */
  readonly percent: number;
}

export interface RolloutSeed {
  /** Absent: the environment sets nothing. */
  readonly instruction?: RolloutInstruction;
  /** The origin of a new site, in words; absent: it has none, so there is nothing to move away from. */
  readonly origin?: string;
}

/** Why calls take their path after a start. */
export type SeedOutcome = 'new' | 'origin' | 'instructed' | 'stored';

/**
 * Brings plans and environment into the store at a start. The stored rollout is the truth: only an environment that
 * differs from the last one that set anything is an instruction; an unchanged one never overrides what operators did
 * since. A new site begins on the path that it needs: on legacy where it has an origin, else complete.
 */
export async function seedRollout(
  store: RolloutStore,
  plans: readonly GroupPlan[],
  { instruction, origin }: RolloutSeed,
): Promise<SeedOutcome> {
  const planSha256 = sha256(JSON.stringify(plans));
  const outcomeOf = (now: RolloutDocument): SeedOutcome => {
    if (instruction) return sameJson(now.environment, { ...instruction }) ? 'stored' : 'instructed';
    if (now.groups.size > 0) return 'stored';
    return origin === undefined ? 'new' : 'origin';
  };
  const before = await store.load();
  if (before.planSha256 === planSha256 && outcomeOf(before) === 'stored') return 'stored';
  let outcome: SeedOutcome = 'stored';
  await store.change('environment', (now) => {
    outcome = outcomeOf(now);
    const transitions = plans.flatMap((plan) => {
      const event = eventFor(outcome, plan, now, instruction);
      return event ? [{ group: plan.group, event, evidence: evidenceOf(outcome, { instruction, origin }) }] : [];
    });
    const environment = instruction ? { environment: { ...instruction } } : {};
    return { transitions, plans: { all: plans, sha256: planSha256 }, ...environment };
  });
  return outcome;
}

function eventFor(
  outcome: SeedOutcome,
  plan: GroupPlan,
  now: RolloutDocument,
  instruction: RolloutInstruction | undefined,
): RolloutEvent | undefined {
  const state = now.groups.get(plan.group)?.state ?? initialState(plan.group);
  const setTo = (percent: number) =>
    handleCommand({ name: 'set-percent', percent, by: 'environment' }, state, { plan, keys: [], missing: [] });
  switch (outcome) {
    case 'new':
      return { kind: 'completed', newSite: true };
    case 'origin':
      return setTo(0);
    case 'instructed':
      return setTo(instruction?.useDomain ? instruction.percent : 0);
    case 'stored':
      return undefined;
  }
}

const evidenceOf = (outcome: SeedOutcome, { instruction, origin }: RolloutSeed): Json =>
  outcome === 'instructed' && instruction
    ? { ...instruction }
    : { reason: origin ?? 'a new site, which comes from nothing' };

/** Where calls go after a start and why, for the console. */
export function startSummary(
  outcome: SeedOutcome,
  { instruction, origin }: RolloutSeed,
  stored: RolloutDocument,
): string {
  switch (outcome) {
    case 'new':
      return 'all calls on the domain path: a new site has nothing to move away from';
    case 'origin':
      return `all calls on the legacy path: ${origin}; npm run rollout -- start --group … begins to move`;
    case 'instructed':
      return instruction?.useDomain
        ? `${instruction.percent} % of calls on the domain path, as USE_DOMAIN_SERVICE and ROLLOUT_PERCENT say`
        : 'all calls on the legacy path, as USE_DOMAIN_SERVICE and ROLLOUT_PERCENT say';
    case 'stored':
      return storedSummary(stored);
  }
}

function storedSummary({ killed, groups }: RolloutDocument): string {
  const states = [...groups.values()].map(({ state }) => state);
  if (killed) return 'all calls on the legacy path: the kill switch is pulled (npm run rollout -- status)';
  const count = (name: string, of: (state: (typeof states)[number]) => boolean) => {
    const n = states.filter(of).length;
    return n === 0 ? [] : [`${n} ${name}`];
  };
  if (states.every((s) => s.effectiveBps === 10_000 && s.holdout === 0 && !s.killed))
    return 'all calls on the domain path, as stored';
  if (states.every((s) => s.effectiveBps === 0 && s.status === 'manual'))
    return 'all calls on the legacy path, as stored';
  const parts = [
    ...count('killed', (s) => s.killed),
    ...count('on the domain path', (s) => !s.killed && s.effectiveBps === 10_000 && s.status !== 'running'),
    ...count('moving', (s) => !s.killed && ['running', 'paused', 'frozen'].includes(s.status)),
    ...count('rolled back', (s) => !s.killed && s.status === 'rolled_back'),
    ...count('at a share set by hand', (s) => !s.killed && s.status === 'manual' && s.effectiveBps % 10_000 !== 0),
    ...count('on the legacy path', (s) => !s.killed && s.status === 'manual' && s.effectiveBps === 0),
  ];
  return `of ${states.length} groups ${parts.join(', ')} (npm run rollout -- status)`;
}
