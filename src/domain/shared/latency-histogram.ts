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

/** The buckets in which something was counted, of one counter for each of `LATENCY_BUCKETS`. */
export function filledBuckets(counters: Int32Array): Record<string, number> {
  const filled: Record<string, number> = {};
  for (let bucket = 0; bucket < counters.length; bucket++) {
    const calls = counters[bucket] ?? 0;
    if (calls > 0) filled[bucket] = calls;
  }
  return filled;
}

/** Upper edge of a bucket in milliseconds; the edge itself belongs to the next bucket. */
export const upperEdge = (bucket: number): number =>
  2 ** (LOWEST + Math.floor(bucket / PER_OCTAVE)) * (1 + ((bucket % PER_OCTAVE) + 1) / PER_OCTAVE);

const lowerEdge = (bucket: number): number => (bucket === 0 ? 0 : upperEdge(bucket - 1));

const sorted = (histogram: Histogram) =>
  Object.entries(histogram)
    .map(([bucket, calls]) => [Number(bucket), calls] as const)
    .sort(([a], [b]) => a - b);

export const callsOf = (histogram: Histogram) => Object.values(histogram).reduce((sum, calls) => sum + calls, 0);

/** Calls in the buckets that lie above a duration in milliseconds as a whole. */
export function callsAbove(histogram: Histogram, ms: number): number {
  const own = latencyBucket(ms);
  const first = lowerEdge(own) >= ms ? own : own + 1;
  return Object.entries(histogram).reduce((sum, [bucket, calls]) => (Number(bucket) >= first ? sum + calls : sum), 0);
}

/** The duration of the call of this rank, 1 being the fastest: calls are taken to lie evenly in their bucket. */
export function durationOfRank(histogram: Histogram, rank: number): number | undefined {
  let before = 0;
  for (const [bucket, calls] of sorted(histogram)) {
    const lower = lowerEdge(bucket);
    if (before + calls >= rank) return lower + ((upperEdge(bucket) - lower) * (rank - before)) / calls;
    before += calls;
  }
  return undefined;
}

/** Percentile for display, `share` in (0, 1], in milliseconds; undefined without calls. */
export const percentile = (histogram: Histogram, share: number): number | undefined =>
  durationOfRank(histogram, Math.max(1, Math.ceil(share * callsOf(histogram))));
