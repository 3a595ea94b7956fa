import type { Decision } from '../../domain/rollout/decision';
import { attentionSettings, Detector, rollbackSettings } from '../../domain/rollout/detector';
import type { LatencyLimits } from '../../domain/rollout/evidence';
import { LATENCY_BUCKETS, latencyBucket } from '../../domain/rollout/latency';
import { DEFAULT_PLAN } from '../../domain/rollout/rollout-plan';
import type { Sample } from './evidence-store';
import type { Outcome, RoutedOperation } from './operation-router';

type Tell = (group: string, entry: number, operation: string) => void;

class Meter {
  counts = new Int32Array(9);
  histogram = new Int32Array(LATENCY_BUCKETS);
}

/** Counts. */
export class EvidenceRecorder {
  private readonly meters = new Map<
    string,
    { entry: number; limits?: LatencyLimits; domain: Meter; control: Meter; group: string }
  >();
  private readonly detectors = new Map<string, { entry: number; trip: Detector; attention: Detector }>();
  private readonly rows: Sample[] = [];
  constructor(private readonly tell: { onTrip: Tell; onAttention: Tell }) {}

  setLimits(operation: string, entry: number, limits: LatencyLimits | undefined): void {
    const m = this.meters.get(operation);
    if (m && m.entry === entry) m.limits = limits;
  }

  readonly record = (operation: RoutedOperation, decision: Decision, outcome: Outcome, ms: number): void => {
    const { reason, path, entry, group } = decision;
    let m = this.meters.get(operation.id);
    if (!m || m.entry !== entry) {
      if (m) this.drainOne(operation.id);
      m = { entry, group, domain: new Meter(), control: new Meter() };
      this.meters.set(operation.id, m);
    }
    if (reason === 'fallback') m.domain.counts[4]! += 1;
    const arm =
      path === 'domain' && (reason === 'split' || reason === 'static')
        ? m.domain
        : path === 'legacy' && (reason === 'control' || reason === 'holdout')
          ? m.control
          : undefined;
    if (!arm) return;
    const c = arm.counts;
    c[0]! += 1;
    c[outcome === 'ok' ? 1 : outcome === 'reject' ? 2 : 3]! += 1;
    if (operation.stickyBy === 'caller') c[8]! += 1;
    if (outcome !== 'failure') {
      arm.histogram[latencyBucket(ms)]! += 1;
      if (m.limits) {
        c[5]! += 1;
        if (ms > m.limits.ms20) c[6]! += 1;
        if (ms > m.limits.ms50) c[7]! += 1;
      }
    }
    if (arm === m.domain) this.detect(group, entry, operation.id, outcome === 'failure');
  };

  private detect(group: string, entry: number, operation: string, failed: boolean): void {
    let d = this.detectors.get(group);
    if (!d || d.entry !== entry) {
      d = {
        entry,
        trip: new Detector(rollbackSettings(DEFAULT_PLAN.rules)),
        attention: new Detector(attentionSettings(DEFAULT_PLAN.rules)),
      };
      this.detectors.set(group, d);
    }
    if (!d.attention.tripped && d.attention.observe(failed)) this.tell.onAttention(group, entry, operation);
    if (!d.trip.tripped && d.trip.observe(failed)) this.tell.onTrip(group, entry, operation);
  }

  private drainOne(operation: string): void {
    const m = this.meters.get(operation);
    if (!m) return;
    for (const arm of ['domain', 'control'] as const) {
      const { counts, histogram } = m[arm];
      if (counts.every((c) => c === 0)) continue;
      const [n, ok, reject, failure, fallback, timed, slow20, slow50, drawn] = [...counts] as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const h: Record<string, number> = {};
      histogram.forEach((calls, i) => {
        if (calls) h[i] = calls;
      });
      this.rows.push({
        group: m.group,
        entry: m.entry,
        operation,
        arm,
        n,
        ok,
        reject,
        failure,
        fallback,
        timed,
        slow20,
        slow50,
        drawn,
        histogram: h,
      });
      m[arm] = new Meter();
    }
  }

  drain(): Sample[] {
    for (const id of this.meters.keys()) this.drainOne(id);
    return this.rows.splice(0);
  }
}
