import { BUCKETS } from './bucket';

/** 97.5 % quantile of the normal distribution: two-sided 95 %. */
const Z = 1.959963984540054;

/** 95 % score interval of a share of 1: `count` of `n`. Nothing is known without calls. Wilson (1927). */
export function wilson(count: number, n: number, z = Z): readonly [number, number] {
  if (n <= 0) return [0, 1];
  const share = count / n;
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [
    count === 0 ? 0 : Math.max(0, (centre - half) / scale),
    count === n ? 1 : Math.min(1, (centre + half) / scale),
  ];
}

/** Weight and rate of each alternative a test bets on. */
type Bets = readonly (readonly [weight: number, rate: number])[];

/**
 * Logarithm of the mixture e-value of `count` of `n` against the rate `p0`; it depends on sums only, so instances add
 * up.
 */
function logEvidence(bets: Bets, p0: number, count: number, n: number): number {
  const logs = bets.map(([weight, p1]) => {
    const hits = count === 0 ? 0 : count * Math.log(p1 / p0);
    return Math.log(weight) + hits + (n - count) * Math.log((1 - p1) / (1 - p0));
  });
  const largest = Math.max(...logs);
  if (largest === -Infinity) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}

/** Bets below `p`: mostly on none at all, the rest so that a path with a few failures is proven, too. */
const below = (p: number): Bets => [
  [0.4, 0],
  [0.3, 0.15 * p],
  [0.2, 0.4 * p],
  [0.1, 0.7 * p],
];

/**
 * Whether `count` of `n` proves a rate above `limit`, with an error of at most `alpha` however often the test is
 * repeated. Mixture likelihood ratio against `alternatives` and Ville's inequality; Howard, Ramdas et al. (2021).
 */
export function provenAbove(
  count: number,
  n: number,
  limit: number,
  alternatives: readonly number[],
  alpha: number,
): boolean {
  const bets = alternatives.map((rate) => [1 / alternatives.length, rate] as const);
  return count > limit * n && logEvidence(bets, limit, count, n) >= -Math.log(alpha);
}

/**
 * Whether `count` of `n` proves a rate below `limit` at 95 %, however often the test is repeated. Mixture as in
 * `provenAbove`.
 */
export const provenBelow = (count: number, n: number, limit: number): boolean =>
  count < limit * n && logEvidence(below(limit), limit, count, n) >= Math.log(20);

/**
 * Calls after which `provenBelow` is true if failures continue at the present rate, `count` of `n`; null when it never
 * is. For no failures and 1 % it is 343: 44 more than `cleanCallsOnce`, because it may be tested after every call.
 */
export function callsToProveBelow(count: number, n: number, limit: number): number | null {
  const share = n > 0 ? count / n : 0;
  const proves = (calls: number) => provenBelow(share * calls, calls, limit);
  let [no, yes] = [0, 1];
  while (!proves(yes)) {
    if (yes > 1e9) return null;
    [no, yes] = [yes, yes * 2];
  }
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (proves(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

/** Calls without a failure that prove a rate below `limit` at 95 % in a single test: (1 - limit)ⁿ ≤ 5 %. 1 %: 299. */
export const cleanCallsOnce = (limit: number): number => Math.ceil(Math.log(0.05) / Math.log1p(-limit));

/** Attention ends only well below its line, so that it does not flap: the 95 % upper bound under 0.8 × `limit`. */
export const attentionMayEnd = (count: number, n: number, limit: number): boolean => wilson(count, n)[1] < 0.8 * limit;

/** χ² with one degree of freedom exceeds this with a probability of 0.001. */
const CHI_SQUARE_LIMIT = 10.828;

/**
 * Whether `domain` of `drawn` calls fits a share of `expectedBps` basis points (sample ratio mismatch, χ², p > 0.001).
 * Also true with too few calls to decide: fewer than five expected on either side. Fabijan et al. (2019).
 */
export function shareIsPlausible(domain: number, drawn: number, expectedBps: number): boolean {
  const expected = (drawn * expectedBps) / BUCKETS;
  const other = drawn - expected;
  if (expected === 0 || other === 0) return domain === expected;
  if (Math.min(expected, other) < 5) return true;
  return (domain - expected) ** 2 * (1 / expected + 1 / other) < CHI_SQUARE_LIMIT;
}
