import { type AlertInput, iso, type Stepped } from './alert-input';
import { isOpen } from './alert-schedule';
import { endQuiet, type QuietTime, startQuiet, suppress } from './quiet-time';
import type { WatchedRule } from './watched-rule';

/** Events of one person (track) that follow each other without a long gap. */
interface Run {
  readonly from: number;
  readonly last: number;
  readonly count: number;
}

/** `continuous_violation`: one person's violation that goes on and on. */
export interface Lasting {
  readonly runs: Readonly<Record<string, Run>>;
  readonly quiet: QuietTime | null;
}

export const nothingLasting: Lasting = { runs: {}, quiet: null };

/** More people than a camera sees at once; beyond them the oldest runs are given up. */
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
