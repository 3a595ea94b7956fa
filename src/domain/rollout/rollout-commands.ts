import { DomainError } from '../shared/domain-error';
import type { ErrorCode } from '../shared/error-codes';
import { BUCKETS, bucketOf, seedOf } from './bucket';
import type { Missing } from './evidence';
import type { GroupPlan } from './rollout-plan';
import type { Cohort, RolloutEvent, RolloutState } from './rollout-state';

const toBps = (percent: number): number => Math.round((percent * BUCKETS) / 100);

/**
 * The basis points that admit a share of keys. With few keys a plain threshold often admits none of them (four cameras:
 * none in the 10 % stage in two cases out of three), so the threshold rises until ⌈share × keys⌉ of them are in. It
 * stays one threshold, so it is still monotone. In the last stage a holdout stays on legacy as control.
 */
export function cohortFor(percent: number, holdoutPercent: number, seed: number, keys: readonly string[]): Cohort {
  const bps = toBps(percent);
  const holdout = bps === BUCKETS ? holdoutFor(holdoutPercent, seed, keys) : 0;
  if (bps === 0 || bps === BUCKETS) {
    const why = holdout > 0 ? `all but a holdout of ${holdout / 100} % as control` : 'as asked';
    return { bps, effectiveBps: bps, effectiveWhy: why, holdout };
  }
  const wanted = Math.max(1, Math.ceil((percent / 100) * keys.length));
  const threshold = keys.length === 0 ? 0 : admitting(wanted, seed, keys);
  if (threshold <= bps) return { bps, effectiveBps: bps, effectiveWhy: 'as asked', holdout };
  const why = `raised from ${percent} % so that ${wanted} of ${keys.length} keys are in`;
  return { bps, effectiveBps: threshold, effectiveWhy: why, holdout };
}

/**
 * A holdout without a key would be no control, one with every key would leave none on the domain path; a group with a
 * single key has no holdout.
 */
function holdoutFor(percent: number, seed: number, keys: readonly string[]): number {
  const planned = toBps(percent);
  if (planned === 0 || keys.length < 2) return planned;
  const buckets = keys.map((key) => bucketOf(key, seed));
  const [lowest, highest] = [Math.min(...buckets), Math.max(...buckets)];
  return Math.min(Math.max(planned, BUCKETS - highest), Math.max(planned > 0 ? 1 : 0, BUCKETS - 1 - lowest));
}

/** The smallest threshold below which at least `wanted` of the keys fall. */
function admitting(wanted: number, seed: number, keys: readonly string[]): number {
  const buckets = keys.map((key) => bucketOf(key, seed)).sort((a, b) => a - b);
  return (buckets[Math.min(wanted, buckets.length) - 1] ?? 0) + 1;
}

/** The commands of an operator for a group. */
export type RolloutCommand =
  | { readonly name: 'start' | 'pause' | 'resume' | 'promote' }
  | { readonly name: 'rollback' | 'approve'; readonly reason: string }
  | { readonly name: 'set-percent'; readonly percent: number; readonly by: 'environment' | 'operator' };

/** What a command may depend on besides the state. */
export interface CommandContext {
  readonly plan: GroupPlan;
  /** Existing sticky keys, for groups that have them; they decide how far a small share must rise. */
  readonly keys: readonly string[];
  /** Evidence that the present stage still lacks. */
  readonly missing: readonly Missing[];
}

const refused = (code: ErrorCode, message: string, extra?: Record<string, unknown>) =>
  new DomainError(code, message, extra ? { extra } : {});

function enter(state: RolloutState, { plan, keys }: CommandContext, stage: number): RolloutEvent {
  const percent = plan.stages[stage]?.percent ?? 0;
  const seed = seedOf(state.group);
  return { kind: 'stage_entered', stage, percent, cohort: cohortFor(percent, plan.holdoutPercent, seed, keys) };
}

/**
 * The event a command leads to. Throws `DomainError` (conflict) where the command makes no sense in the present state;
 * nothing changes then.
 */
export function handleCommand(command: RolloutCommand, state: RolloutState, context: CommandContext): RolloutEvent {
  switch (command.name) {
    case 'start':
      if (state.status === 'running' || state.status === 'paused')
        throw refused('rollout.already_started', `${state.group} follows its plan already.`);
      if (state.status === 'complete')
        throw refused('rollout.complete', `${state.group} is complete; set a percentage to begin anew.`);
      if (state.status === 'rolled_back' || state.status === 'frozen')
        throw refused(
          'rollout.rolled_back',
          `${state.group} was stopped: "${state.tripReason}". Correct the cause, then resume.`,
        );
      return enter(state, context, 0);
    case 'pause':
      if (state.status !== 'running')
        throw refused('rollout.not_running', `${state.group} is ${state.status}, not running.`);
      return { kind: 'paused' };
    case 'resume':
      return resume(state, context);
    case 'promote':
      return promote(state, context);
    case 'approve':
      if (state.stage < 0)
        throw refused('rollout.not_running', `${state.group} is in no stage that could be approved.`);
      return { kind: 'approved', reason: command.reason };
    case 'rollback':
      if (state.effectiveBps === 0) throw refused('rollout.at_zero', `${state.group} is on legacy already.`);
      return { kind: 'rolled_back', reason: command.reason };
    case 'set-percent':
      return setPercent(command.percent, command.by, state, context);
  }
}

/** After a rollback or a freeze the failed stage is entered anew; its evidence starts from zero. */
function resume(state: RolloutState, context: CommandContext): RolloutEvent {
  if (state.status === 'paused') return { kind: 'resumed' };
  if (state.status === 'rolled_back' || state.status === 'frozen')
    return enter(state, context, Math.max(0, state.stage));
  throw refused('rollout.not_paused', `${state.group} is ${state.status}: there is nothing to resume.`);
}

function promote(state: RolloutState, context: CommandContext): RolloutEvent {
  if (state.status !== 'running')
    throw refused('rollout.not_running', `${state.group} is ${state.status}, not running.`);
  if (context.missing.length > 0) {
    const list = context.missing.map((m) => m.what).join(', ');
    throw refused('rollout.evidence_missing', `Evidence is missing: ${list}. Wait for it, or approve with a reason.`, {
      missing: context.missing,
    });
  }
  return nextStage(state, context);
}

/** The event that leads out of a stage whose evidence is complete. */
export function nextStage(state: RolloutState, context: CommandContext): RolloutEvent {
  const next = state.stage + 1;
  return next < context.plan.stages.length ? enter(state, context, next) : { kind: 'completed' };
}

function setPercent(
  percent: number,
  by: 'environment' | 'operator',
  state: RolloutState,
  { plan, keys }: CommandContext,
): RolloutEvent {
  if (by === 'operator' && (state.status === 'running' || state.status === 'paused')) {
    throw refused(
      'rollout.plan_running',
      `${state.group} follows its plan: roll it back before you set a percentage by hand.`,
    );
  }
  const seed = seedOf(state.group);
  const cohort = cohortFor(percent, by === 'environment' ? 0 : plan.holdoutPercent, seed, keys);
  return {
    kind: 'percent_set',
    by,
    cohort: percent === 100 ? { ...cohort, bps: BUCKETS, effectiveBps: BUCKETS, holdout: 0 } : cohort,
  };
}
