import { type AlertInput, type Decision, iso, NONE, type Stepped } from './alert-input';
import { openThroughout } from './alert-schedule';
import type { WatchedRule } from './watched-rule';

/** `no_detection`: too few events within a window. */
export interface Absence {
  /** Whether events are to be expected at all; of a rule for every camera, only while its process is wanted. */
  readonly watching: boolean;
  readonly since: number;
  /** When the newest events were, oldest first; at most as many as are expected. */
  readonly seen: readonly number[];
  /** When it was told, while it lasts. */
  readonly told: number | null;
  /** The end of the cooldown of the last one. */
  readonly notBefore: number;
  /** When it will be one if nothing comes, and from where that was counted: finding it takes a look at the schedule. */
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
  const [now, decisions] = settle(rule, state, input.at);
  switch (input.kind) {
    case 'time':
      return [now, decisions];
    case 'camera':
      return [rule.cameraId === undefined ? watch(now, input.at, input.condition !== 'unwanted') : now, decisions];
    case 'event': {
      const [next, recovered] = see(rule, now, input.at);
      return [next, [...decisions, ...recovered]];
    }
  }
}

/** The moment from which the absence would count. */
function baseOf({ minDetections }: WatchedRule, { seen, since }: Absence): number {
  return Math.max(since, seen.length >= minDetections ? (seen.at(-minDetections) ?? since) : since);
}

/** When there is something to decide without an event, at the earliest. */
export function absenceDue(rule: WatchedRule, state: Absence): number | null {
  if (!state.watching || state.told !== null) return null;
  const base = baseOf(rule, state);
  const at = state.due?.base === base ? state.due.at : base + rule.durationMs;
  return at === null ? null : Math.max(at, state.notBefore);
}

function settle(rule: WatchedRule, state: Absence, now: number): Stepped<Absence> {
  const earliest = absenceDue(rule, state);
  if (earliest === null || earliest > now) return [state, NONE];
  const base = baseOf(rule, state);
  // Counted so that the whole window up to the end of a cooldown was open, too.
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

function see(rule: WatchedRule, state: Absence, at: number): Stepped<Absence> {
  const seen = [...state.seen, at].sort((a, b) => a - b).slice(-rule.minDetections);
  const next = { ...state, seen };
  const enough = seen.length >= rule.minDetections && (seen[0] ?? 0) > at - rule.durationMs;
  if (state.told === null || !enough) return [next, NONE];
  const recovery: Decision = { kind: 'recovery', at, details: { told_at: iso(state.told) } };
  return [{ ...next, told: null, notBefore: state.told + rule.cooldownMs }, [recovery]];
}
