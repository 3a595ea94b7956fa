import { type AlertInput, type CameraCondition, type Decision, iso, NONE, type Stepped } from './alert-input';
import { nextOpen } from './alert-schedule';
import type { WatchedRule } from './watched-rule';

/** When an outage is told, and when it is over. */
export type OutageRule = Pick<WatchedRule, 'schedule' | 'durationMs' | 'recoveryMs' | 'cooldownMs'>;

/** `camera_down`: a camera whose process should run and does not; or anything else that should be well and is not. */
export interface Outage {
  /** When it began; a camera that comes up for less than the recovery time has not recovered. */
  readonly downSince: number | null;
  /** When it last went down. */
  readonly downAgain: number;
  /** Since when it is up again, not yet for long enough. */
  readonly upSince: number | null;
  /** When it was told, while it lasts. */
  readonly told: number | null;
  /** The end of the cooldown of the last one. */
  readonly notBefore: number;
}

export const noOutage: Outage = { downSince: null, downAgain: 0, upSince: null, told: null, notBefore: 0 };

export function stepOutage(rule: OutageRule, state: Outage, input: AlertInput): Stepped<Outage> {
  const [now, decisions] = settle(rule, state, input.at);
  if (input.kind !== 'camera') return [now, decisions];
  const [next, more] = see(now, input.at, input.condition, rule);
  return [next, [...decisions, ...more]];
}

/** When there is something to decide without a change of the camera, at the earliest. */
export function outageDue(rule: OutageRule, { downSince, downAgain, upSince, told, notBefore }: Outage): number | null {
  if (downSince === null) return null;
  if (upSince !== null) return upSince + rule.recoveryMs;
  return told === null ? Math.max(downSince + rule.durationMs, downAgain, notBefore) : null;
}

function settle(rule: OutageRule, state: Outage, now: number): Stepped<Outage> {
  const due = outageDue(rule, state);
  if (due === null || due > now || state.downSince === null) return [state, NONE];
  if (state.upSince !== null) return over(rule, state, due, { up_since: iso(state.upSince) });
  const at = nextOpen(rule.schedule, due);
  if (at === undefined || at > now) return [state, NONE];
  return [{ ...state, told: at }, [{ kind: 'alert', at, details: { down_since: iso(state.downSince) } }]];
}

function see(state: Outage, at: number, condition: CameraCondition, rule: OutageRule): Stepped<Outage> {
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

/** The end of an outage: told only if its beginning was. */
function over(rule: OutageRule, state: Outage, at: number, details: Decision['details']): Stepped<Outage> {
  if (state.told === null) return [{ ...noOutage, notBefore: state.notBefore }, NONE];
  const since = { down_since: iso(state.downSince ?? state.told), told_at: iso(state.told) };
  const recovery: Decision = { kind: 'recovery', at, details: { ...since, ...details } };
  return [{ ...noOutage, notBefore: state.told + rule.cooldownMs }, [recovery]];
}
