import type { Path } from '../../domain/rollout/decision';
import { filledBuckets, LATENCY_BUCKETS } from '../../domain/shared/latency-histogram';
import type { PathTotal } from '../shared/path-total';
import type { Outcome } from './operation-router';

/** Counts for people and metrics; nothing is judged by them, and they never start again. */
export class PathTotals {
  private ok = 0;
  private reject = 0;
  private failure = 0;
  private readonly histogram = new Int32Array(LATENCY_BUCKETS);

  count(outcome: Outcome, bucket: number): void {
    if (outcome === 'ok') this.ok += 1;
    else if (outcome === 'reject') this.reject += 1;
    else this.failure += 1;
    this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
  }

  total(operation: string, path: Path): PathTotal {
    const { ok, reject, failure } = this;
    return { operation, path, ok, reject, failure, histogram: filledBuckets(this.histogram) };
  }
}
