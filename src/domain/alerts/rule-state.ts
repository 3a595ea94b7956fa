import { type AlertInput, type CameraCondition, NONE, type RuleDecision, type Stepped, iso } from './alert-input';
import {
  type Absence,
  type Outage,
  absenceDue,
  noOutage,
  outageDue,
  stepAbsence,
  stepOutage,
  watchAbsence,
} from './silence-steps';
import type { WatchedRule } from './watched-rule';
import { isOpen } from './alert-schedule';

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
interface Burst {
  /** Times of the violations in the window, oldest first; fewer than the threshold. */
  readonly times: readonly number[];
  readonly quiet: QuietTime | null;
}

const noBurst: Burst = { times: [], quiet: null };

function stepBurst(rule: WatchedRule, state: Burst, input: AlertInput): Stepped<Burst> {
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
interface Lasting {
  readonly runs: Readonly<Record<string, Run>>;
  readonly quiet: QuietTime | null;
}

const nothingLasting: Lasting = { runs: {}, quiet: null };

/** More people than a camera sees at once; beyond that the oldest runs are dropped. */
const MOST_RUNS = 200;

function stepLasting(rule: WatchedRule, state: Lasting, input: AlertInput): Stepped<Lasting> {
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

/** The state of a rule for one camera. Plain JSON, so that it survives a restart unchanged. */
export type RuleState =
  | ({ readonly of: 'violation_threshold' } & Burst)
  | ({ readonly of: 'continuous_violation' } & Lasting)
  | ({ readonly of: 'no_detection' } & Absence)
  | ({ readonly of: 'camera_down' } & Outage);

/** What is known of a camera when a rule begins to watch it. */
export interface KnownCamera {
  readonly condition: CameraCondition;
  readonly since: number;
}

/** The initial state of a rule for a camera. */
export function begin(rule: WatchedRule, camera: KnownCamera | undefined): RuleState {
  switch (rule.type) {
    case 'violation_threshold':
      return { of: rule.type, ...noBurst };
    case 'continuous_violation':
      return { of: rule.type, ...nothingLasting };
    case 'no_detection': {
      const wanted = camera !== undefined && camera.condition !== 'unwanted';
      const since = rule.cameraId === undefined ? Math.max(rule.since, camera?.since ?? 0) : rule.since;
      return { of: rule.type, ...watchAbsence(since, wanted || rule.cameraId !== undefined) };
    }
    case 'camera_down': {
      if (camera?.condition !== 'down') return { of: rule.type, ...noOutage };
      // No alert is dated before the rule existed.
      return { of: rule.type, ...noOutage, downSince: camera.since, downAgain: camera.since, notBefore: rule.since };
    }
  }
}

/** The next state and the decisions: a pure function of the present state and the input. */
export function stepRule(rule: WatchedRule, state: RuleState, input: AlertInput): Stepped<RuleState> {
  switch (state.of) {
    case 'violation_threshold':
      return tagged(state, stepBurst(rule, state, input));
    case 'continuous_violation':
      return tagged(state, stepLasting(rule, state, input));
    case 'no_detection':
      return tagged(state, stepAbsence(rule, state, input));
    case 'camera_down':
      return tagged(state, stepOutage(rule, state, input));
  }
}

function tagged<S extends RuleState>(before: S, [state, decisions]: Stepped<Omit<S, 'of'>>): Stepped<RuleState> {
  return [state === before ? before : ({ of: before.of, ...state } as unknown as RuleState), decisions];
}

/** The earliest time at which time alone may change something; null while only an event or a camera can. */
export function dueOf(rule: WatchedRule, state: RuleState): number | null {
  switch (state.of) {
    case 'violation_threshold':
    case 'continuous_violation':
      return state.quiet?.until ?? null;
    case 'no_detection':
      return absenceDue(rule, state);
    case 'camera_down':
      return outageDue(rule, state);
  }
}
