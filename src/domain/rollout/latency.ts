import type { LatencyLimits } from './evidence';

/** Calls per bucket index; integers, so that instances add up. */
export type Histogram = Readonly<Record<number, number>>;

/** Buckets per factor of two: each is at most 3.1 % wide. */
const PER_OCTAVE = 32;
/** From 2⁻¹⁰ ms (1 µs) to 2²⁰ ms (17 min); what lies outside falls into the first or the last bucket. */
const LOWEST = -10;
const OCTAVES = 30;
export const LATENCY_BUCKETS = PER_OCTAVE * OCTAVES;

const bits = new DataView(new ArrayBuffer(8));

/**
 * Bucket of a duration in milliseconds, 0 … `LATENCY_BUCKETS` - 1. The exponent and the first five bits of the mantissa
 * of the double are the index of a log-linear histogram (as in HdrHistogram): no logarithm, nothing allocated.
 */
export function latencyBucket(ms: number): number {
  bits.setFloat64(0, ms);
  const index = (bits.getInt32(0) >> 15) - (1023 + LOWEST) * PER_OCTAVE;
  return index < 0 ? 0 : index >= LATENCY_BUCKETS ? LATENCY_BUCKETS - 1 : index;
}

/** Upper edge of a bucket in milliseconds; the edge itself belongs to the next bucket. */
export const upperEdge = (bucket: number): number =>
  2 ** (LOWEST + Math.floor(bucket / PER_OCTAVE)) * (1 + ((bucket % PER_OCTAVE) + 1) / PER_OCTAVE);

const sorted = (histogram: Histogram) =>
  Object.entries(histogram)
    .map(([bucket, calls]) => [Number(bucket), calls] as const)
    .sort(([a], [b]) => a - b);

const total = (histogram: Histogram) => Object.values(histogram).reduce((sum, calls) => sum + calls, 0);

/** The duration of the call of this rank, 1 being the fastest: calls are taken to lie evenly in their bucket. */
function durationOfRank(histogram: Histogram, rank: number): number | undefined {
  let before = 0;
  for (const [bucket, calls] of sorted(histogram)) {
    const lower = bucket === 0 ? 0 : upperEdge(bucket - 1);
    if (before + calls >= rank) return lower + ((upperEdge(bucket) - lower) * (rank - before)) / calls;
    before += calls;
  }
  return undefined;
}

/** Percentile for display, `share` in (0, 1], in milliseconds; undefined without calls. */
export const percentile = (histogram: Histogram, share: number): number | undefined =>
  durationOfRank(histogram, Math.max(1, Math.ceil(share * total(histogram))));

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
 * Frozen limits in milliseconds: 1.2 and 1.5 × the upper 97.5 % bound of the control's P95; undefined below `minControl`
 * control calls. They turn the comparison of two P95 into the count of domain calls above a limit.
 */
export function limitsFromControl(control: Histogram, minControl: number): LatencyLimits | undefined {
  const n = total(control);
  const rank = n >= minControl ? upperRankOfP95(n) : undefined;
  const p95 = rank === undefined ? undefined : durationOfRank(control, rank);
  return p95 === undefined ? undefined : { ms20: 1.2 * p95, ms50: 1.5 * p95, n };
}
