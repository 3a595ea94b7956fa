import { type Decision, iso, NONE } from './alert-input';

/** The cooldown after an alert: what happens in it is counted, does not alert, and does not make it longer. */
export interface QuietTime {
  readonly from: number;
  readonly until: number;
  readonly suppressed: number;
  /** Of the newest event in it; `from` before there is one. */
  readonly last: number;
}

export const startQuiet = (at: number, cooldownMs: number): QuietTime | null =>
  cooldownMs > 0 ? { from: at, until: at + cooldownMs, suppressed: 0, last: at } : null;

export const suppress = (quiet: QuietTime, at: number): QuietTime => ({
  ...quiet,
  suppressed: quiet.suppressed + 1,
  last: Math.max(quiet.last, at),
});

/** Ends the quiet time if it is over: one closing summary, if anything was held back. */
export function endQuiet(quiet: QuietTime | null, now: number): readonly [QuietTime | null, readonly Decision[]] {
  if (!quiet || quiet.until > now) return [quiet, NONE];
  if (quiet.suppressed === 0) return [null, NONE];
  const { from, until, suppressed, last } = quiet;
  return [null, [{ kind: 'summary', at: until, details: { suppressed, from: iso(from), to: iso(last) } }]];
}
