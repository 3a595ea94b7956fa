import type { Decision } from '../../domain/rollout/decision';
import { attentionSettings, Detector, rollbackSettings } from '../../domain/rollout/detector';
import type { EvidenceRules, LatencyLimits } from '../../domain/rollout/evidence';
import { ArmMeter } from './arm-meter';
import type { Sample } from './evidence-store';
import type { Outcome, RoutedOperation } from './operation-router';

/** Told that calls of an operation fail, in a stage entry of a group. */
export type Alarm = (group: string, entry: number, operation: string) => void;

export interface Alarms {
  readonly onTrip: Alarm;
  readonly onAttention: Alarm;
  /** The rules of a group, taken when a stage entry is first seen. */
  readonly rules: (group: string) => EvidenceRules;
}

/** One operation in one stage entry. */
interface OperationMeter {
  readonly entry: number;
  readonly group: string;
  readonly domain: ArmMeter;
  readonly control: ArmMeter;
  limits: LatencyLimits | undefined;
}

interface Limits {
  readonly entry: number;
  readonly limits: LatencyLimits | undefined;
}

/** The local breaker of a group, for one stage entry. */
interface Watch {
  readonly entry: number;
  readonly trip: Detector;
  readonly attention: Detector;
}

/**
 * Counts what the calls of this process did, and watches for failures. Only calls that the plan drew are judged: forced,
 * targeted and killed ones are no random sample.
 */
export class EvidenceRecorder {
  private readonly meters = new Map<string, OperationMeter>();
  private readonly limits = new Map<string, Limits>();
  private readonly watches = new Map<string, Watch>();
  private readonly closed: Sample[] = [];

  constructor(private readonly alarms: Alarms) {}

  /** The router's `Recorder`. */
  readonly record = (operation: RoutedOperation, decision: Decision, outcome: Outcome, ms: number): void => {
    const meter = this.meterOf(operation, decision);
    switch (decision.reason) {
      case 'split':
      case 'static':
        if (decision.path === 'legacy') return;
        meter.domain.count(outcome, ms, meter.limits, operation.stickyBy === 'caller');
        this.watch(operation, decision, outcome === 'failure');
        return;
      case 'control':
      case 'holdout':
        meter.control.count(outcome, ms, meter.limits, operation.stickyBy === 'caller');
        return;
      case 'fallback':
        meter.domain.countFallback();
        return;
      default:
        return;
    }
  };

  /** The limits calls of an operation are timed against from now on. */
  setLimits(operation: string, entry: number, limits: LatencyLimits | undefined): void {
    this.limits.set(operation, { entry, limits });
    const meter = this.meters.get(operation);
    if (meter?.entry === entry) meter.limits = limits;
  }

  /** Counts since the last call. */
  drain(): Sample[] {
    for (const [operation, meter] of this.meters) this.close(operation, meter);
    return this.closed.splice(0);
  }

  private meterOf({ id }: RoutedOperation, { group, entry }: Decision): OperationMeter {
    const known = this.meters.get(id);
    if (known?.entry === entry) return known;
    if (known) this.close(id, known);
    const frozen = this.limits.get(id);
    const limits = frozen?.entry === entry ? frozen.limits : undefined;
    const meter = { entry, group, domain: new ArmMeter(), control: new ArmMeter(), limits };
    this.meters.set(id, meter);
    return meter;
  }

  private close(operation: string, { group, entry, domain, control }: OperationMeter): void {
    const samples = [
      domain.take({ group, entry, operation, arm: 'domain' }),
      control.take({ group, entry, operation, arm: 'control' }),
    ];
    for (const sample of samples) if (sample) this.closed.push(sample);
  }

  private watch({ id }: RoutedOperation, { group, entry }: Decision, failed: boolean): void {
    const { trip, attention } = this.watchOf(group, entry);
    if (!attention.tripped && attention.observe(failed)) this.alarms.onAttention(group, entry, id);
    if (!trip.tripped && trip.observe(failed)) this.alarms.onTrip(group, entry, id);
  }

  private watchOf(group: string, entry: number): Watch {
    const known = this.watches.get(group);
    if (known?.entry === entry) return known;
    const rules = this.alarms.rules(group);
    const watch = {
      entry,
      trip: new Detector(rollbackSettings(rules)),
      attention: new Detector(attentionSettings(rules)),
    };
    this.watches.set(group, watch);
    return watch;
  }
}
