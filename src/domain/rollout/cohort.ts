import { BUCKETS, bucketOf } from './bucket';
import type { Cohort } from './rollout-state';

export const toBps = (percent: number): number => Math.round((percent * BUCKETS) / 100);

/**
 * The basis points that admit a share of keys. With few keys a plain threshold often admits none of them (four cameras:
 * nobody in the 10 % stage in two cases out of three), so the threshold rises until ⌈share × keys⌉ of them are in.
 * It stays one threshold, so it is still monotone. In the last stage a holdout stays on legacy as control.
 */
export function cohortFor(percent: number, holdoutPercent: number, seed: number, keys: readonly string[]): Cohort {
  const bps = toBps(percent);
  const holdout = bps === BUCKETS ? holdoutFor(holdoutPercent, seed, keys) : 0;
  if (bps === 0 || bps === BUCKETS) {
    const why = holdout > 0 ? `all but a holdout of ${holdout / 100} % as control` : 'as asked';
    return { bps, effectiveBps: bps, effectiveWhy: why, holdout };
  }
  const wanted = Math.max(1, Math.ceil((percent / 100) * keys.length));
  const threshold = keys.length === 0 ? 0 : admitting(wanted, seed, keys);
  if (threshold <= bps) return { bps, effectiveBps: bps, effectiveWhy: 'as asked', holdout };
  const why = `raised from ${percent} % so that ${wanted} of ${keys.length} keys are in`;
  return { bps, effectiveBps: threshold, effectiveWhy: why, holdout };
}

/**
 * A holdout without a single key would be no control, one with every key would leave nobody on the domain path; with one
 * key in all there is nobody to hold out.
 */
function holdoutFor(percent: number, seed: number, keys: readonly string[]): number {
  const planned = toBps(percent);
  if (planned === 0 || keys.length < 2) return planned;
  const buckets = keys.map((key) => bucketOf(key, seed));
  const [lowest, highest] = [Math.min(...buckets), Math.max(...buckets)];
  return Math.min(Math.max(planned, BUCKETS - highest), Math.max(planned > 0 ? 1 : 0, BUCKETS - 1 - lowest));
}

/** The smallest threshold below which at least `wanted` of the keys fall. */
function admitting(wanted: number, seed: number, keys: readonly string[]): number {
  const buckets = keys.map((key) => bucketOf(key, seed)).sort((a, b) => a - b);
  return (buckets[Math.min(wanted, buckets.length) - 1] ?? 0) + 1;
}
