import { type Histogram, callsAbove, callsOf, durationOfRank } from '../shared/latency-histogram';
import type { ArmCounts, LatencyLimits } from './evidence';

/**
 * Smallest rank of `n` sorted calls that lies at or above the true P95 with 97.5 % confidence; undefined when even the
 * slowest call does not. The number of calls above the P95 is binomial: David & Nagaraja, Order Statistics (2003), 7.1.
 */
export function upperRankOfP95(n: number): number | undefined {
  // Probabilities relative to the most likely count, so that no factorial is needed.
  const mode = Math.floor((n + 1) * 0.05);
  const down: number[] = [];
  for (let k = mode, p = 1; k >= 0 && p > 1e-18; k--) {
    down.push(p);
    p *= (k * 0.95) / ((n - k + 1) * 0.05);
  }
  let sum = down.reduce((a, b) => a + b, 0);
  for (let k = mode + 1, p = 1; k <= n && p > 1e-18; k++) {
    p *= ((n - k + 1) * 0.05) / (k * 0.95);
    sum += p;
  }
  // The most calls that exceed the P95 with at least 97.5 %: P(fewer) ≤ 2.5 %.
  let fewer = 0;
  let above = mode - down.length + 1;
  for (const p of down.reverse()) {
    if (fewer + p > 0.025 * sum) break;
    fewer += p;
    above += 1;
  }
  return above > 0 ? n - above + 1 : undefined;
}

/**
 * Limits in milliseconds: 1.2 and 1.5 × the upper 97.5 % bound of the control's P95; undefined below `minControl` control
 * calls. They turn the comparison of two P95 into the count of domain calls above a limit. The control is concurrent:
 * where the whole machine becomes slower or faster, its calls say so as well, and the limits move with them.
 */
export function limitsFromControl(control: Histogram, minControl: number): LatencyLimits | undefined {
  const n = callsOf(control);
  const rank = n >= minControl ? upperRankOfP95(n) : undefined;
  const p95 = rank === undefined ? undefined : durationOfRank(control, rank);
  return p95 === undefined ? undefined : { ms20: 1.2 * p95, ms50: 1.5 * p95, n };
}

/** How many of some durations lie above the limits. */
export const timedAgainst = (
  durations: Histogram,
  limits: LatencyLimits | undefined,
): Pick<ArmCounts, 'timed' | 'slow20' | 'slow50'> =>
  limits
    ? {
        timed: callsOf(durations),
        slow20: callsAbove(durations, limits.ms20),
        slow50: callsAbove(durations, limits.ms50),
      }
    : { timed: 0, slow20: 0, slow50: 0 };
