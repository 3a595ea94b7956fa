import type { LatencyLimits } from '../../domain/rollout/evidence';
import { LATENCY_BUCKETS, latencyBucket } from '../../domain/rollout/latency';
import type { Arm, Sample } from './evidence-store';
import type { Outcome } from './operation-router';

/** The first calls of a process compile code and fill caches: they say nothing about a path's speed. */
const WARM_UP_CALLS = 20;

/** Counts of one operation on one arm since they were last taken; nothing is allocated while counting. */
export class ArmMeter {
  private n = 0;
  private ok = 0;
  private reject = 0;
  private failure = 0;
  private fallback = 0;
  private timed = 0;
  private slow20 = 0;
  private slow50 = 0;
  private drawn = 0;
  private seen = 0;
  private readonly histogram = new Int32Array(LATENCY_BUCKETS);

  count(outcome: Outcome, ms: number, limits: LatencyLimits | undefined, drawn: boolean): void {
    this.n += 1;
    this.seen += 1;
    if (drawn) this.drawn += 1;
    if (outcome === 'failure') {
      this.failure += 1;
      return;
    }
    if (outcome === 'ok') this.ok += 1;
    else this.reject += 1;
    if (this.seen <= WARM_UP_CALLS) return;
    const bucket = latencyBucket(ms);
    this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
    if (!limits) return;
    this.timed += 1;
    if (ms > limits.ms20) this.slow20 += 1;
    if (ms > limits.ms50) this.slow50 += 1;
  }

  countFallback(): void {
    this.fallback += 1;
  }

  /** The counts so far, which start at nothing again; undefined if nothing was counted. */
  take(where: { group: string; entry: number; operation: string; arm: Arm }): Sample | undefined {
    const { n, ok, reject, failure, fallback, timed, slow20, slow50, drawn } = this;
    if (n === 0 && fallback === 0) return undefined;
    const histogram: Record<string, number> = {};
    for (const [bucket, calls] of this.histogram.entries()) if (calls > 0) histogram[bucket] = calls;
    this.histogram.fill(0);
    this.n = this.ok = this.reject = this.failure = this.fallback = 0;
    this.timed = this.slow20 = this.slow50 = this.drawn = 0;
    return { ...where, n, ok, reject, failure, fallback, timed, slow20, slow50, drawn, histogram };
  }
}
