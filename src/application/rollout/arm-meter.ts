import type { LatencyLimits } from '../../domain/rollout/evidence';
import { filledBuckets, LATENCY_BUCKETS } from '../../domain/shared/latency-histogram';
import type { Arm, Sample } from './evidence-store';
import type { Outcome } from './operation-router';

/** Counts of one operation on one arm since they were last taken; nothing is allocated while counting. */
export class ArmMeter {
  private ok = 0;
  private reject = 0;
  private failure = 0;
  private fallback = 0;
  private timed = 0;
  private slow20 = 0;
  private slow50 = 0;
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

  /** The duration of a call that did not fail. Whether it was timed against limits: 0 no, 1 within, 2 beyond +50 %. */
  time(ms: number, bucket: number, limits: LatencyLimits | undefined): 0 | 1 | 2 {
    if (this.warmUpCalls > 0) {
      this.warmUpCalls -= 1;
      return 0;
    }
    this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
    if (!limits) return 0;
    this.timed += 1;
    if (ms > limits.ms20) this.slow20 += 1;
    if (ms <= limits.ms50) return 1;
    this.slow50 += 1;
    return 2;
  }

  countFallback(): void {
    this.fallback += 1;
  }

  /** The counts so far, which start at nothing again; undefined if nothing was counted. */
  take(where: { group: string; entry: number; operation: string; arm: Arm }): Sample | undefined {
    const { ok, reject, failure, fallback, timed, slow20, slow50, drawn } = this;
    const n = ok + reject + failure;
    if (n === 0 && fallback === 0) return undefined;
    const histogram = filledBuckets(this.histogram);
    this.histogram.fill(0);
    this.ok = this.reject = this.failure = this.fallback = 0;
    this.timed = this.slow20 = this.slow50 = this.drawn = 0;
    return { ...where, n, ok, reject, failure, fallback, timed, slow20, slow50, drawn, histogram };
  }
}
