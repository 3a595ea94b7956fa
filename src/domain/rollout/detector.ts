import type { EvidenceRules } from './evidence';

/** What a detector watches for; all rates are shares of 1. */
export interface DetectorSettings {
  /** The rate that is still acceptable. */
  readonly acceptable: number;
  /** The rates it looks out for, each above `acceptable`. */
  readonly alternatives: readonly number[];
  /** Calls between two false alarms of one alternative, on average and at least, for a path exactly at `acceptable`. */
  readonly callsPerFalseAlarm: number;
}

const above = (acceptable: number, alternatives: readonly number[]) =>
  alternatives.filter((rate) => rate > acceptable && rate < 1);

/** Rollback: above `errorRate` (5 % by default), looking out for 10, 25, 50 and 90 %. */
export const rollbackSettings = ({ errorRate: p }: EvidenceRules): DetectorSettings => ({
  acceptable: p,
  alternatives: above(p, [2 * p, 5 * p, 10 * p, 0.9]),
  // 1e5 would need 13 calls for 50 % errors in half of all cases instead of 12.
  callsPerFalseAlarm: 7.5e4,
});

/** Attention: above `attentionErrorRate` (1 % by default), looking out for 2, 5, 10 and 50 %. */
export const attentionSettings = ({ attentionErrorRate: p }: EvidenceRules): DetectorSettings => ({
  acceptable: p,
  alternatives: above(p, [2 * p, 5 * p, 10 * p, 0.5]),
  callsPerFalseAlarm: 1e4,
});

/**
 * CUSUM e-detector of a rising failure rate: `s = max(0, s + ln(likelihood ratio))` per alternative, an alarm once the
 * largest reaches `ln(callsPerFalseAlarm)`. Constant memory, no window, no clock, nothing allocated per call. It forgets
 * a healthy past, so that a path that dies late is caught as fast as one that starts dead.
 *
 * Page, "Continuous inspection schemes" (1954); Shin, Ramdas, Rinaldo, "E-detectors" (2022).
 */
export class Detector {
  private readonly failed: Float64Array;
  private readonly succeeded: Float64Array;
  private readonly scores: Float64Array;
  private readonly alarm: number;
  private atZero = true;
  private alarmed = false;

  constructor({ acceptable: p0, alternatives, callsPerFalseAlarm }: DetectorSettings) {
    this.failed = Float64Array.from(alternatives, (p1) => Math.log(p1 / p0));
    this.succeeded = Float64Array.from(alternatives, (p1) => Math.log((1 - p1) / (1 - p0)));
    this.scores = new Float64Array(alternatives.length);
    this.alarm = Math.log(callsPerFalseAlarm);
  }

  get tripped(): boolean {
    return this.alarmed;
  }

  /** One call, in the order the calls ended. True once tripped, until `reset`. */
  observe(failed: boolean): boolean {
    // A success leaves scores of zero at zero: nearly every call of a healthy path.
    if (this.atZero && !failed) return this.alarmed;
    return this.add(failed ? this.failed : this.succeeded);
  }

  reset(): void {
    this.scores.fill(0);
    this.atZero = true;
    this.alarmed = false;
  }

  private add(steps: Float64Array): boolean {
    const { scores, alarm } = this;
    let zero = true;
    for (let i = 0; i < scores.length; i++) {
      const score = (scores[i] ?? 0) + (steps[i] ?? 0);
      scores[i] = score > 0 ? score : 0;
      if (score > 0) zero = false;
      if (score >= alarm) this.alarmed = true;
    }
    this.atZero = zero;
    return this.alarmed;
  }
}
