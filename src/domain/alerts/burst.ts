import { type AlertInput, iso, type Stepped } from './alert-input';
import { isOpen } from './alert-schedule';
import { endQuiet, type QuietTime, startQuiet, suppress } from './quiet-time';
import type { WatchedRule } from './watched-rule';

/** `violation_threshold`: so many violations within a window. */
export interface Burst {
  /** When the violations in the window were, oldest first; fewer than the threshold. */
  readonly times: readonly number[];
  readonly quiet: QuietTime | null;
}

export const noBurst: Burst = { times: [], quiet: null };

export function stepBurst(rule: WatchedRule, state: Burst, input: AlertInput): Stepped<Burst> {
  const [quiet, decisions] = endQuiet(state.quiet, input.at);
  const now = quiet === state.quiet ? state : { ...state, quiet };
  if (input.kind !== 'event' || !isOpen(rule.schedule, input.at)) return [now, decisions];
  if (quiet) return [{ times: now.times, quiet: suppress(quiet, input.at) }, decisions];
  const times = within(now.times, input.at, rule.durationMs);
  if (times.length < rule.threshold) return [{ times, quiet }, decisions];
  const [from = input.at, to = input.at] = [times[0], times.at(-1)];
  const details = { count: times.length, threshold: rule.threshold, from: iso(from), to: iso(to) };
  const alert = { kind: 'alert', at: input.at, details } as const;
  return [{ times: [], quiet: startQuiet(input.at, rule.cooldownMs) }, [...decisions, alert]];
}

/** The times of one window that ends with the newest; an event that comes late takes its place among them. */
function within(times: readonly number[], at: number, windowMs: number): readonly number[] {
  const newest = Math.max(at, times.at(-1) ?? at);
  const kept = (times[0] ?? newest) > newest - windowMs ? times : times.filter((t) => t > newest - windowMs);
  if (at <= newest - windowMs) return kept;
  return at === newest ? [...kept, at] : [...kept, at].sort((a, b) => a - b);
}
