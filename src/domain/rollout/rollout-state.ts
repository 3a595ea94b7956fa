import { BUCKETS } from './bucket';
import type { LatencyLimits } from './evidence';

export type RolloutStatus = 'manual' | 'running' | 'paused' | 'frozen' | 'rolled_back' | 'complete';

/** Where one group of operations stands: the fold of the group's events, and nothing else. */
export interface RolloutState {
  readonly group: string;
  /** `manual`: a share was set by hand or by the environment, no plan is being followed. */
  readonly status: RolloutStatus;
  /** Index into the plan's stages; -1 outside a plan. */
  readonly stage: number;
  /** Basis points of keys that the plan or a person requested. */
  readonly bps: number;
  /** Basis points in force: more than `bps` where few keys would otherwise leave the cohort empty. */
  readonly effectiveBps: number;
  readonly effectiveWhy: string;
  /** Basis points at the upper end kept on legacy as control. */
  readonly holdout: number;
  readonly killed: boolean;
  /** When a kill is lifted automatically; null: it lasts until a person lifts it. */
  readonly killedUntil?: string | null;
  /** When the stage was entered; null outside a plan. */
  readonly enteredAt: string | null;
  /** Since when it has been active without a pause; null while it is not. */
  readonly activeSince: string | null;
  /** Active milliseconds of this stage before `activeSince`. */
  readonly activeMs: number;
  /** Counts every entry of a stage: evidence belongs to one entry. */
  readonly entry: number;
  readonly approval: { readonly by: string | null; readonly reason: string } | null;
  readonly attention: string | null;
  /** Why it was rolled back or frozen. */
  readonly tripReason: string | null;
  readonly limits: Readonly<Record<string, LatencyLimits>>;
  /** Whether this entry of the stage was verified from outside, and passed. */
  readonly verified: boolean | null;
  /** The control revision that brought this state about. */
  readonly revision: number;
}

/** How a stage's share becomes basis points in force. */
export interface Cohort {
  readonly bps: number;
  readonly effectiveBps: number;
  readonly effectiveWhy: string;
  readonly holdout: number;
}

export type RolloutEvent =
  | { readonly kind: 'percent_set'; readonly cohort: Cohort; readonly by: 'environment' | 'operator' }
  | { readonly kind: 'stage_entered'; readonly stage: number; readonly percent: number; readonly cohort: Cohort }
  /** `newSite`: there was nothing to move away from. */
  | { readonly kind: 'completed'; readonly newSite?: true }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'approved'; readonly reason: string }
  | { readonly kind: 'verified'; readonly passed: boolean }
  | { readonly kind: 'rolled_back'; readonly reason: string }
  | { readonly kind: 'frozen'; readonly reason: string }
  | { readonly kind: 'attention'; readonly reason: string | null }
  /** Written by earlier versions only, which took the limits of latency once in a stage. */
  | { readonly kind: 'limits_frozen'; readonly operation: string; readonly limits: LatencyLimits }
  | { readonly kind: 'killed'; readonly until?: string }
  | { readonly kind: 'unkilled' };

export function initialState(group: string): RolloutState {
  return {
    group,
    status: 'manual',
    stage: -1,
    bps: 0,
    effectiveBps: 0,
    effectiveWhy: 'nothing was asked for yet',
    holdout: 0,
    killed: false,
    killedUntil: null,
    enteredAt: null,
    activeSince: null,
    activeMs: 0,
    entry: 0,
    approval: null,
    attention: null,
    tripReason: null,
    limits: {},
    verified: null,
    revision: 0,
  };
}

/**
 * Milliseconds the present stage has been active. A clock that was set back counts as no time, not as negative time.
 */
export const activeMsAt = (state: RolloutState, at: Date): number =>
  state.activeMs + (state.activeSince === null ? 0 : Math.max(0, at.getTime() - Date.parse(state.activeSince)));

const stopped = (state: RolloutState, at: Date) => ({ activeSince: null, activeMs: activeMsAt(state, at) });

/** Enters a stage: no finding or decision of the stage before counts in it. */
const entered = (state: RolloutState, at: Date) => ({
  enteredAt: at.toISOString(),
  activeSince: at.toISOString(),
  activeMs: 0,
  entry: state.entry + 1,
  approval: null,
  attention: null,
  tripReason: null,
  limits: {},
  verified: null,
});

const COMPLETE = {
  status: 'complete',
  bps: BUCKETS,
  effectiveBps: BUCKETS,
  effectiveWhy: 'the plan is complete',
  holdout: 0,
} as const;

const ROLLED_BACK = {
  status: 'rolled_back',
  bps: 0,
  effectiveBps: 0,
  effectiveWhy: 'rolled back',
  holdout: 0,
} as const;

/** The state after an event: pure, so that replaying the events gives the state. */
export const apply = (
  state: RolloutState,
  event: RolloutEvent,
  at: Date,
  actor: string | null,
  revision: number,
): RolloutState => ({ ...state, ...changeBy(event, state, at, actor), revision });

function changeBy(event: RolloutEvent, state: RolloutState, at: Date, actor: string | null): Partial<RolloutState> {
  switch (event.kind) {
    case 'percent_set':
      return { ...entered(state, at), ...event.cohort, status: 'manual', stage: -1, activeSince: null };
    case 'stage_entered':
      return { ...entered(state, at), ...event.cohort, status: 'running', stage: event.stage };
    case 'completed':
      return {
        ...stopped(state, at),
        ...COMPLETE,
        ...(event.newSite ? { effectiveWhy: 'a new site has nothing to move away from' } : {}),
      };
    case 'paused':
      return { ...stopped(state, at), status: 'paused' };
    case 'resumed':
      return { status: 'running', activeSince: at.toISOString(), tripReason: null };
    case 'approved':
      return { approval: { by: actor, reason: event.reason } };
    case 'verified':
      return { verified: event.passed };
    case 'rolled_back':
      return { ...stopped(state, at), ...ROLLED_BACK, tripReason: event.reason };
    case 'frozen':
      return { ...stopped(state, at), status: 'frozen', tripReason: event.reason };
    case 'attention':
      return { attention: event.reason };
    case 'limits_frozen':
      return { limits: { ...state.limits, [event.operation]: event.limits } };
    case 'killed':
      return { killed: true, killedUntil: event.until ?? null };
    case 'unkilled':
      return { killed: false, killedUntil: null };
  }
}
