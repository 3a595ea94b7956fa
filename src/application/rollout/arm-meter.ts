import { filledBuckets, LATENCY_BUCKETS } from '../../domain/shared/latency-histogram';
import type { Arm, Sample } from './evidence-store';
import type { Outcome } from './operation-router';

/** Counts of one operation on one arm since they were last taken; nothing is allocated while counting. */
export class ArmMeter {
  private ok = 0;
  private reject = 0;
  private failure = 0;
  private fallback = 0;
  private drawn = 0;
  private readonly histogram = new Int32Array(LATENCY_BUCKETS);

  /** `warmUpCalls`: the first calls of a process compile code and fill caches; they say nothing about a path's speed. */
  constructor(private warmUpCalls: number) {}

  count(outcome: Outcome, drawn: boolean): void {
    if (drawn) this.drawn += 1;
    if (outcome === 'ok') this.ok += 1;
    else if (outcome === 'reject') this.reject += 1;
    else this.failure += 1;
  }

  /** The duration of a call that did not fail. */
  time(bucket: number): void {
    if (this.warmUpCalls > 0) this.warmUpCalls -= 1;
    else this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
  }

  countFallback(): void {
    this.fallback += 1;
  }

  /** The counts so far, which start at nothing again; undefined if nothing was counted. */
  take(where: { group: string; entry: number; operation: string; arm: Arm }): Sample | undefined {
    const { ok, reject, failure, fallback, drawn } = this;
    const n = ok + reject + failure;
    if (n === 0 && fallback === 0) return undefined;
    const histogram = filledBuckets(this.histogram);
    this.histogram.fill(0);
    this.ok = this.reject = this.failure = this.fallback = this.drawn = 0;
    return { ...where, n, ok, reject, failure, fallback, drawn, histogram };
  }
}
