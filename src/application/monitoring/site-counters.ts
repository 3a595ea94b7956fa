import type { PathTotal } from '../shared/path-total';
import type { CountRow } from './counts';
import type { Counters } from './minute-book';
import type { RequestMeter } from './request-meter';

/** Requests, and the tries of the two paths behind them. */
export const siteCounters = (meter: RequestMeter, totals: () => readonly PathTotal[]): Counters => ({
  rows: () => [...meter.rows(), ...totals().map(attempts)],
  forgetMaxima: () => meter.forgetMaxima(),
  recentErrors: () => meter.recentErrors(),
});

function attempts({ operation, path, ok, reject, failure, histogram }: PathTotal): CountRow {
  return { source: 'attempt', operation, path, counts: { ok, reject, failure }, histogram, sumMs: 0, maxMs: 0 };
}
