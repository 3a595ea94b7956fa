import type { Decision, Path } from '../../domain/rollout/decision';
import { Detector, attentionSettings, rollbackSettings } from '../../domain/rollout/detector';
import type { EvidenceRules } from '../../domain/rollout/evidence';
import { LATENCY_BUCKETS, filledBuckets, latencyBucket } from '../../domain/shared/latency-histogram';
import { currentCall } from '../shared/call-context';
import type { PathTotal } from '../shared/path-total';
import type { Arm, Sample } from './evidence-store';
import type { Outcome, RoutedOperation } from './operation-router';

/** Counts for people and metrics; no verdict uses them, and they are never reset. */
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

/** Counts of one operation on one arm since they were last taken; counting allocates nothing. */
export class ArmMeter {
  private ok = 0;
  private reject = 0;
  private failure = 0;
  private fallback = 0;
  private drawn = 0;
  private readonly histogram = new Int32Array(LATENCY_BUCKETS);

  /**
   * `warmUpCalls`: the first calls of a process compile code and fill caches; they say nothing about a path's speed.
   */
  constructor(private warmUpCalls: number) {}

  count(outcome: Outcome, drawn: boolean): void {
    if (drawn) this.drawn += 1;
    if (outcome === 'ok') this.ok += 1;
    else if (outcome === 'reject') this.reject += 1;
    else this.failure += 1;
  }

  /** Duration of a call that did not fail. */
  time(bucket: number): void {
    if (this.warmUpCalls > 0) this.warmUpCalls -= 1;
    else this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
  }

  countFallback(): void {
    this.fallback += 1;
  }

  /** The counts so far, which are then reset; undefined if there are none. */
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

/** Called when calls of an operation fail on the domain path, in a stage entry of a group. */
export type Alarm = (group: string, entry: number, operation: string) => void;

interface Alarms {
  readonly onTrip: Alarm;
  readonly onAttention: Alarm;
  /** The rules of a group, taken when a stage entry is first seen. */
  readonly rules: (group: string) => EvidenceRules;
}

/**
 * The local breaker of one operation in one stage entry. It watches an operation and not its group: a rare operation
 * that fails completely would be hidden by the healthy calls of a busy one.
 */
export class OperationWatch {
  private readonly errors: Detector;
  private readonly attention: Detector;

  constructor(
    private readonly group: string,
    private readonly entry: number,
    private readonly operation: string,
    private readonly alarms: Alarms,
  ) {
    const rules = alarms.rules(group);
    this.errors = new Detector(rollbackSettings(rules));
    this.attention = new Detector(attentionSettings(rules));
  }

  /** Each alarm is raised once. */
  outcome(failed: boolean): void {
    const { group, entry, operation, errors, attention, alarms } = this;
    if (!attention.tripped && attention.observe(failed)) alarms.onAttention(group, entry, operation);
    if (!errors.tripped && errors.observe(failed)) alarms.onTrip(group, entry, operation);
  }
}

/** The meters of one operation in this process. */
interface OperationMeter {
  readonly domain: ArmMeter;
  readonly control: ArmMeter;
  readonly totals: Readonly<Record<Path, PathTotals>>;
  /** The stage entry that is being judged. */
  group: string;
  entry: number;
  watch: OperationWatch | undefined;
}

const WARM_UP_CALLS = 20;

/**
 * Counts the outcomes of this process's calls, and watches them. Only calls that the plan drew are judged: forced and
 * killed ones are no random sample. Recording allocates nothing.
 */
export class EvidenceRecorder {
  private readonly meters = new Map<string, OperationMeter>();
  private readonly closed: Sample[] = [];

  constructor(
    private readonly alarms: Alarms,
    private readonly warmUpCalls: number = WARM_UP_CALLS,
  ) {}

  /** The router's `Recorder`. */
  readonly record = (operation: RoutedOperation, decision: Decision, outcome: Outcome, ms: number): void => {
    const meter = this.meters.get(operation.id) ?? this.open(operation.id);
    const bucket = latencyBucket(ms);
    meter.totals[decision.path].count(outcome, bucket);
    // A call that began in an earlier entry and ends now belongs to a stage that has been judged already.
    if (decision.entry !== meter.entry && !this.enter(meter, operation.id, decision)) return;
    switch (decision.reason) {
      case 'split':
      case 'static':
        if (decision.path === 'domain') this.judged(meter, operation, outcome, bucket);
        return;
      case 'control':
      case 'holdout':
        meter.control.count(outcome, drawnByChance(operation));
        if (outcome !== 'failure') meter.control.time(bucket);
        return;
      case 'fallback':
        if (currentCall()?.force === undefined) meter.domain.countFallback();
        return;
      default:
        return;
    }
  };

  /** Counts since the last call. */
  drain(): Sample[] {
    for (const [operation, meter] of this.meters) this.close(operation, meter);
    return this.closed.splice(0);
  }

  /** All calls since the start, for metrics. */
  totals(): PathTotal[] {
    return [...this.meters].flatMap(([id, { totals }]) => [
      totals.domain.total(id, 'domain'),
      totals.legacy.total(id, 'legacy'),
    ]);
  }

  private judged(meter: OperationMeter, operation: RoutedOperation, outcome: Outcome, bucket: number) {
    meter.domain.count(outcome, drawnByChance(operation));
    meter.watch?.outcome(outcome === 'failure');
    if (outcome !== 'failure') meter.domain.time(bucket);
  }

  private open(operation: string): OperationMeter {
    const meter: OperationMeter = {
      domain: new ArmMeter(this.warmUpCalls),
      control: new ArmMeter(this.warmUpCalls),
      totals: { domain: new PathTotals(), legacy: new PathTotals() },
      group: '',
      entry: -1,
      watch: undefined,
    };
    this.meters.set(operation, meter);
    return meter;
  }

  /** Begins a new entry; false for a call of an entry that is over. */
  private enter(meter: OperationMeter, operation: string, { group, entry }: Decision): boolean {
    if (entry < meter.entry) return false;
    this.close(operation, meter);
    meter.group = group;
    meter.entry = entry;
    meter.watch = new OperationWatch(group, entry, operation, this.alarms);
    return true;
  }

  private close(operation: string, { group, entry, domain, control }: OperationMeter): void {
    const samples = [
      domain.take({ group, entry, operation, arm: 'domain' }),
      control.take({ group, entry, operation, arm: 'control' }),
    ];
    for (const sample of samples) if (sample) this.closed.push(sample);
  }
}

/** A caller with a name, or a camera, keeps its path: only calls without a name are drawn one by one. */
const drawnByChance = ({ stickyBy }: RoutedOperation): boolean =>
  stickyBy === 'caller' && currentCall()?.actor === undefined;
