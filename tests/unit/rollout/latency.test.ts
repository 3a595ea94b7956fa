import * as fc from 'fast-check';
import { Random } from '../../../src/cli/simulated-stages';
import { limitsFromControl, timedAgainst, upperRankOfP95 } from '../../../src/domain/rollout/latency';
import { LATENCY_BUCKETS, latencyBucket, percentile, upperEdge } from '../../../src/domain/shared/latency-histogram';

const durations = fc.double({ min: 2 ** -10, max: 2 ** 20 - 1, noNaN: true });

function histogramOf(values: readonly number[]): Record<number, number> {
  const histogram: Record<number, number> = {};
  for (const ms of values) histogram[latencyBucket(ms)] = (histogram[latencyBucket(ms)] ?? 0) + 1;
  return histogram;
}

describe('the latency histogram', () => {
  it('puts any duration into a bucket that contains it and is at most 3.2 % wide', () => {
    fc.assert(
      fc.property(durations, (ms) => {
        const bucket = latencyBucket(ms);
        const lower = bucket === 0 ? 2 ** -10 : upperEdge(bucket - 1);
        expect(lower <= ms && ms < upperEdge(bucket)).toBe(true);
        expect(upperEdge(bucket) / lower).toBeLessThanOrEqual(1 + 1 / 32);
      }),
    );
  });

  it('keeps the order of any two durations', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        if (a <= b) expect(latencyBucket(a)).toBeLessThanOrEqual(latencyBucket(b));
      }),
    );
  });

  it.each([0, -1, 1e-9, 1e9, Number.POSITIVE_INFINITY, Number.NaN])('has a bucket for %d ms', (ms) => {
    expect(latencyBucket(ms)).toBeGreaterThanOrEqual(0);
    expect(latencyBucket(ms)).toBeLessThan(LATENCY_BUCKETS);
  });

  it('gives percentiles within a bucket of the true ones', () => {
    const random = new Random(3);
    const values = Array.from({ length: 10_000 }, () => random.duration(20, 1)).sort((a, b) => a - b);
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = values[Math.ceil(share * values.length) - 1]!;
      expect(Math.abs(percentile(histogramOf(values), share)! / exact - 1)).toBeLessThan(1 / 32);
    }
    expect(percentile({}, 0.5)).toBeUndefined();
  });
});

describe('the limits taken from the control', () => {
  // Reference: the binomial distribution summed with 60 decimal digits.
  it.each([
    [71, undefined],
    [72, 72],
    [200, 197],
    [1000, 964],
    [1_000_000, 950_428],
  ])('rest, for %d calls, on the call of rank %s', (n, rank) => {
    expect(upperRankOfP95(n)).toBe(rank);
  });

  it('are not there before the control has enough calls', () => {
    expect(limitsFromControl({ 400: 999 }, 1000)).toBeUndefined();
    expect(limitsFromControl({ 400: 1000 }, 1000)).toMatchObject({ n: 1000 });
  });

  it('lie above 1.2 and 1.5 times the true P95 in about 97.5 % of all cases', () => {
    const random = new Random(11);
    const p95 = 20 * Math.exp(1.6448536);
    let above = 0;
    for (let i = 0; i < 1000; i++) {
      const limits = limitsFromControl(histogramOf(Array.from({ length: 1000 }, () => random.duration(20, 1))), 1000)!;
      expect(limits.ms50 / limits.ms20).toBeCloseTo(1.25, 9);
      if (limits.ms50 > 1.5 * p95) above += 1;
    }
    expect(above).toBeGreaterThanOrEqual(960);
    expect(above).toBeLessThanOrEqual(995);
  });

  it('move with a machine that becomes slower: a path that is as fast as its control has few calls above them', () => {
    const random = new Random(5);
    const slowLater = () =>
      histogramOf(Array.from({ length: 4000 }, (_, i) => random.duration(i < 1000 ? 20 : 60, 0.5)));
    const [domain, control] = [slowLater(), slowLater()];
    const limits = limitsFromControl(control, 1000);
    const { timed, slow20, slow50 } = timedAgainst(domain, limits);
    expect(timed).toBe(4000);
    expect(slow20 / timed).toBeLessThan(0.05);
    expect(slow50 / timed).toBeLessThan(0.02);
    // Taken once, at the beginning, they would have said otherwise.
    const early = limitsFromControl(histogramOf(Array.from({ length: 1000 }, () => random.duration(20, 0.5))), 1000);
    expect(timedAgainst(domain, early).slow20 / timed).toBeGreaterThan(0.3);
  });

  it('count what lies above them, and nothing while there are none', () => {
    const histogram = { [latencyBucket(10)]: 5, [latencyBucket(13)]: 4, [latencyBucket(16)]: 3 };
    expect(timedAgainst(histogram, { ms20: 12, ms50: 15, n: 1000 })).toEqual({ timed: 12, slow20: 7, slow50: 3 });
    expect(timedAgainst(histogram, undefined)).toEqual({ timed: 0, slow20: 0, slow50: 0 });
    expect(timedAgainst({ 0: 3 }, { ms20: 1, ms50: 2, n: 1 })).toEqual({ timed: 3, slow20: 0, slow50: 0 });
  });
});
