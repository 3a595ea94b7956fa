import { type AlertInput, type CameraCondition, NONE, type RuleDecision, type Stepped, iso } from './alert-input';
import { nextOpen, openThroughout } from './alert-schedule';
import type { WatchedRule } from './watched-rule';

/** `no_detection`: too few events within a window. */
export interface Absence {
  /** Whether events are expected at all; of a rule for every camera, only while its process is wanted. */
  readonly watching: boolean;
  readonly since: number;
  /** Times of the newest events, oldest first; at most as many as are expected. */
  readonly seen: readonly number[];
  /** When the alert was raised, while the absence lasts; else null. */
  readonly told: number | null;
  /** End of the last cooldown. */
  readonly notBefore: number;
  /**
   * When an absence begins if no event comes, and the base it was counted from: kept because the schedule is costly to
   * search.
   */
  readonly due: { readonly base: number; readonly at: number | null } | null;
}

export const watchAbsence = (since: number, watching: boolean): Absence => ({
  watching,
  since,
  seen: [],
  told: null,
  notBefore: 0,
  due: null,
});

export function stepAbsence(rule: WatchedRule, state: Absence, input: AlertInput): Stepped<Absence> {
  const [now, decisions] = settleAbsence(rule, state, input.at);
  switch (input.kind) {
    case 'time':
      return [now, decisions];
    case 'camera':
      return [rule.cameraId === undefined ? watch(now, input.at, input.condition !== 'unwanted') : now, decisions];
    case 'event': {
      const [next, recovered] = seeSign(rule, now, input.at);
      return [next, [...decisions, ...recovered]];
    }
  }
}

/** The moment from which an absence is counted. */
function baseOf({ minDetections }: WatchedRule, { seen, since }: Absence): number {
  return Math.max(since, seen.length >= minDetections ? (seen.at(-minDetections) ?? since) : since);
}

/** The earliest time at which something is due without an event. */
export function absenceDue(rule: WatchedRule, state: Absence): number | null {
  if (!state.watching || state.told !== null) return null;
  const base = baseOf(rule, state);
  const at = state.due?.base === base ? state.due.at : base + rule.durationMs;
  return at === null ? null : Math.max(at, state.notBefore);
}

function settleAbsence(rule: WatchedRule, state: Absence, now: number): Stepped<Absence> {
  const earliest = absenceDue(rule, state);
  if (earliest === null || earliest > now) return [state, NONE];
  const base = baseOf(rule, state);
  // Counted so that the schedule was also open for the whole window before the end of a cooldown.
  const from = Math.max(base, state.notBefore - rule.durationMs);
  const at = openThroughout(rule.schedule, from, rule.durationMs) ?? null;
  if (at === null || at > now) return [{ ...state, due: { base, at } }, NONE];
  const details = { missing_since: iso(base), seen: state.seen.filter((t) => t > at - rule.durationMs).length };
  return [{ ...state, told: at, due: null }, [{ kind: 'alert', at, details }]];
}

function watch(state: Absence, at: number, watching: boolean): Absence {
  if (state.watching === watching) return state;
  return watching ? { ...state, watching, since: at, seen: [], due: null } : { ...state, watching, told: null };
}

function seeSign(rule: WatchedRule, state: Absence, at: number): Stepped<Absence> {
  const seen = [...state.seen, at].sort((a, b) => a - b).slice(-rule.minDetections);
  const next = { ...state, seen };
  const enough = seen.length >= rule.minDetections && (seen[0] ?? 0) > at - rule.durationMs;
  if (state.told === null || !enough) return [next, NONE];
  const recovery: RuleDecision = { kind: 'recovery', at, details: { told_at: iso(state.told) } };
  return [{ ...next, told: null, notBefore: state.told + rule.cooldownMs }, [recovery]];
}

/** When an outage is reported, and when it is over. */
type OutageRule = Pick<WatchedRule, 'schedule' | 'durationMs' | 'recoveryMs' | 'cooldownMs'>;

/**
 * `camera_down`: a camera whose process should run and does not; also any other component that should be healthy and is
 * not.
 */
export interface Outage {
  /** When it began; a camera that comes up for less than the recovery time has not recovered. */
  readonly downSince: number | null;
  /** When it last went down. */
  readonly downAgain: number;
  /** Since when it is up again, for less than the recovery time so far. */
  readonly upSince: number | null;
  /** When the alert was raised, while the outage lasts; else null. */
  readonly told: number | null;
  /** End of the last cooldown. */
  readonly notBefore: number;
}

export const noOutage: Outage = { downSince: null, downAgain: 0, upSince: null, told: null, notBefore: 0 };

export function stepOutage(rule: OutageRule, state: Outage, input: AlertInput): Stepped<Outage> {
  const [now, decisions] = settleOutage(rule, state, input.at);
  if (input.kind !== 'camera') return [now, decisions];
  const [next, more] = seeCondition(now, input.at, input.condition, rule);
  return [next, [...decisions, ...more]];
}

/** The earliest time at which something is due without a change of the camera. */
export function outageDue(rule: OutageRule, { downSince, downAgain, upSince, told, notBefore }: Outage): number | null {
  if (downSince === null) return null;
  if (upSince !== null) return upSince + rule.recoveryMs;
  return told === null ? Math.max(downSince + rule.durationMs, downAgain, notBefore) : null;
}

function settleOutage(rule: OutageRule, state: Outage, now: number): Stepped<Outage> {
  const due = outageDue(rule, state);
  if (due === null || due > now || state.downSince === null) return [state, NONE];
  if (state.upSince !== null) return over(rule, state, due, { up_since: iso(state.upSince) });
  const at = nextOpen(rule.schedule, due);
  if (at === undefined || at > now) return [state, NONE];
  return [{ ...state, told: at }, [{ kind: 'alert', at, details: { down_since: iso(state.downSince) } }]];
}

function seeCondition(state: Outage, at: number, condition: CameraCondition, rule: OutageRule): Stepped<Outage> {
  const { downSince, upSince } = state;
  switch (condition) {
    case 'down':
      return [
        downSince === null || upSince !== null
          ? { ...state, downSince: downSince ?? at, downAgain: at, upSince: null }
          : state,
        NONE,
      ];
    case 'up':
      return [downSince !== null && upSince === null ? { ...state, upSince: at } : state, NONE];
    case 'unwanted':
      return downSince === null ? [state, NONE] : over(rule, state, at, { reason: 'nobody wants it to run any more' });
  }
}

/** The end of an outage: reported only if its beginning was. */
function over(rule: OutageRule, state: Outage, at: number, details: RuleDecision['details']): Stepped<Outage> {
  if (state.told === null) return [{ ...noOutage, notBefore: state.notBefore }, NONE];
  const since = { down_since: iso(state.downSince ?? state.told), told_at: iso(state.told) };
  const recovery: RuleDecision = { kind: 'recovery', at, details: { ...since, ...details } };
  return [{ ...noOutage, notBefore: state.told + rule.cooldownMs }, [recovery]];
}
