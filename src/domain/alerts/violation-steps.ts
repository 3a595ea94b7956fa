import { type AlertInput, NONE, type RuleDecision, type Stepped, iso } from './alert-input';
import { isOpen } from './alert-schedule';
import type { WatchedRule } from './watched-rule';

/** The cooldown after an alert: violations in it are counted, do not alert, and do not prolong it. */
interface QuietTime {
  readonly from: number;
  readonly until: number;
  readonly suppressed: number;
  /** Time of the newest event in it; `from` before there is one. */
  readonly last: number;
}

const startQuiet = (at: number, cooldownMs: number): QuietTime | null =>
  cooldownMs > 0 ? { from: at, until: at + cooldownMs, suppressed: 0, last: at } : null;

const suppress = (quiet: QuietTime, at: number): QuietTime => ({
  ...quiet,
  suppressed: quiet.suppressed + 1,
  last: Math.max(quiet.last, at),
});

/** Ends the cooldown if it is over: with one summary, if anything was suppressed. */
function endQuiet(quiet: QuietTime | null, now: number): readonly [QuietTime | null, readonly RuleDecision[]] {
  if (!quiet || quiet.until > now) return [quiet, NONE];
  if (quiet.suppressed === 0) return [null, NONE];
  const { from, until, suppressed, last } = quiet;
  return [null, [{ kind: 'summary', at: until, details: { suppressed, from: iso(from), to: iso(last) } }]];
}

/** `violation_threshold`: a number of violations within a window. */
export interface Burst {
  /** Times of the violations in the window, oldest first; fewer than the threshold. */
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

/** The times within the window that ends with the newest; a late event is sorted in. */
function within(times: readonly number[], at: number, windowMs: number): readonly number[] {
  const newest = Math.max(at, times.at(-1) ?? at);
  const kept = (times[0] ?? newest) > newest - windowMs ? times : times.filter((t) => t > newest - windowMs);
  if (at <= newest - windowMs) return kept;
  return at === newest ? [...kept, at] : [...kept, at].sort((a, b) => a - b);
}

/** Events of one person (track) that follow each other without a long gap. */
interface Run {
  readonly from: number;
  readonly last: number;
  readonly count: number;
}

/** `continuous_violation`: a violation of one person that lasts. */
export interface Lasting {
  readonly runs: Readonly<Record<string, Run>>;
  readonly quiet: QuietTime | null;
}

export const nothingLasting: Lasting = { runs: {}, quiet: null };

/** More people than a camera sees at once; beyond that the oldest runs are dropped. */
const MOST_RUNS = 200;

export function stepLasting(rule: WatchedRule, state: Lasting, input: AlertInput): Stepped<Lasting> {
  const [quiet, decisions] = endQuiet(state.quiet, input.at);
  const now = quiet === state.quiet ? state : { ...state, quiet };
  if (input.kind !== 'event' || !isOpen(rule.schedule, input.at)) return [now, decisions];
  if (quiet) return [{ runs: now.runs, quiet: suppress(quiet, input.at) }, decisions];
  const track = String(input.event.trackId ?? '');
  const run = extended(now.runs[track], input.at, rule.durationMs);
  if (run.count < rule.minDetections || run.last - run.from < rule.durationMs)
    return [{ runs: withRun(now.runs, track, run, rule.durationMs), quiet }, decisions];
  const details = { count: run.count, track_id: input.event.trackId, from: iso(run.from), to: iso(run.last) };
  const alert = { kind: 'alert', at: input.at, details } as const;
  return [{ runs: {}, quiet: startQuiet(input.at, rule.cooldownMs) }, [...decisions, alert]];
}

/** A gap longer than the duration itself ends a run. */
function extended(run: Run | undefined, at: number, gapMs: number): Run {
  if (!run || at - run.last > gapMs) return { from: at, last: at, count: 1 };
  return { from: Math.min(run.from, at), last: Math.max(run.last, at), count: run.count + 1 };
}

function withRun(runs: Lasting['runs'], track: string, run: Run, gapMs: number): Lasting['runs'] {
  const others = Object.entries(runs).filter(([name, { last }]) => name !== track && run.last - last <= gapMs);
  const kept =
    others.length < MOST_RUNS ? others : others.sort((a, b) => b[1].last - a[1].last).slice(0, MOST_RUNS - 1);
  return { ...Object.fromEntries(kept), [track]: run };
}
