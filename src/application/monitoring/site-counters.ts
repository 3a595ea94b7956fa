import type { CountRow } from './counts';
import type { Counters } from './minute-book';
import type { RequestMeter } from './request-meter';

/** All tries of one operation on one path since this process started. */
export interface PathTotal {
  readonly operation: string;
  readonly path: 'domain' | 'legacy';
  readonly ok: number;
  readonly reject: number;
  readonly failure: number;
  readonly histogram: Readonly<Record<string, number>>;
}

/** Requests, and the tries of the two paths behind them. */
export const siteCounters = (meter: RequestMeter, totals: () => readonly PathTotal[]): Counters => ({
  rows: () => [...meter.rows(), ...totals().map(attempts)],
  forgetMaxima: () => meter.forgetMaxima(),
  recentErrors: () => meter.recentErrors(),
});

function attempts({ operation, path, ok, reject, failure, histogram }: PathTotal): CountRow {
  return { source: 'attempt', operation, path, counts: { ok, reject, failure }, histogram, sumMs: 0, maxMs: 0 };
}
