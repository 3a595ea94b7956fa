import type { Decision, Path } from '../../domain/rollout/decision';
import { latencyBucket } from '../../domain/shared/latency-histogram';
import { currentCall } from '../shared/call-context';
import type { PathTotal } from '../shared/path-total';
import { ArmMeter } from './arm-meter';
import type { Sample } from './evidence-store';
import type { Outcome, RoutedOperation } from './operation-router';
import { type Alarms, OperationWatch } from './operation-watch';
import { PathTotals } from './path-totals';

/** What this process knows of one operation. */
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
 * Counts what the calls of this process did, and watches them. Only calls that the plan drew are judged: forced and
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
