import { Detector, attentionSettings, rollbackSettings } from '../domain/rollout/detector';
import type { ArmCounts, EvidenceRules, LatencyLimits, StageEvidence, Verdict } from '../domain/rollout/evidence';
import { judge } from '../domain/rollout/judge';
import { limitsFromControl, timedAgainst } from '../domain/rollout/latency';
import { type Histogram, LATENCY_BUCKETS, filledBuckets, latencyBucket } from '../domain/shared/latency-histogram';

// Read once: within a sandbox, as tests run in, each access to a global is slow.
const { imul, sqrt, log, exp, cos, PI } = Math;

/** Reproducible random numbers: the same seed gives the same simulation on every machine. */
export class Random {
  constructor(private state: number) {}

  /** Uniform in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** True with this probability, a share of 1. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** A duration in milliseconds, log-normal around `median` with the standard deviation `spread` of its logarithm. */
  duration(median: number, spread: number): number {
    const radius = sqrt(-2 * log(1 - this.next()));
    return median * exp(spread * radius * cos(2 * PI * this.next()));
  }
}

/** Calls after which a simulated stage is judged; the tests must hold however often it is judged. */
const LOOKS = [10, 20, 50, 100, 200, 344, 500, 700, 1000, 1400, 2000, 2800, 4000];
const CALLS = 4000;
const CONTROL_MEDIAN_MS = 10;
/** The stage bakes to the end: a promotion would hide a later rollback. */
const UNREACHED_BAKE_MS = 2;

const noCounts = (): ArmCounts => ({ n: 0, ok: 0, reject: 0, failure: 0, fallback: 0, timed: 0, slow20: 0, slow50: 0 });

/** How a simulated path behaves. */
export interface Behaviour {
  /** Share of calls that fail. */
  readonly errorRate: number;
  /** How many times slower than the control. */
  readonly slowdown: number;
  /** Domain calls after which the whole machine, both paths alike, is three times slower; never when absent. */
  readonly slowMachineAfter?: number;
  /** Standard deviation of the logarithm of a duration: 0.5 is narrow, 1 is wide. */
  readonly spread: number;
}

interface StageOutcome {
  readonly rolledBack: boolean;
  /** Domain calls until then, or all of the stage's. */
  readonly calls: number;
  readonly attention: boolean;
  /** Calls until the error rate was proven to be low enough for a promotion; undefined when it was not. */
  readonly proven: number | undefined;
}

/** Evidence of one operation in a stage in which only statistics can be missing. */
function evidenceOf(domain: ArmCounts, control: ArmCounts, limits: LatencyLimits | undefined): StageEvidence {
  const operation = { operation: 'simulated', effect: 'read' as const, domain, control, ...(limits && { limits }) };
  return {
    operations: [operation],
    activeMs: 1,
    comparisons: 2995,
    mismatches: 0,
    share: { domain: 0, drawn: 0, expectedBps: 1000 },
    instances: { confirmed: 1, alive: 1 },
  };
}

/** Exactly what a promotion needs: clean calls, timed against limits of the control. */
export function perfectEvidence(rules: EvidenceRules): StageEvidence {
  const domain = { ...noCounts(), n: rules.minCalls, ok: rules.minCalls, timed: rules.minCalls };
  const control = { ...noCounts(), n: rules.minControl, ok: rules.minControl, timed: rules.minControl };
  return evidenceOf(domain, control, { ms20: 12, ms50: 15, n: rules.minControl });
}

/** A simulated arm: its calls, and their durations. */
class SimulatedArm {
  private n = 0;
  private failure = 0;
  private readonly counters = new Int32Array(LATENCY_BUCKETS);

  get calls(): number {
    return this.n;
  }

  fail(): void {
    this.n += 1;
    this.failure += 1;
  }

  succeed(ms: number): void {
    this.n += 1;
    const bucket = latencyBucket(ms);
    this.counters[bucket] = (this.counters[bucket] ?? 0) + 1;
  }

  histogram = (): Histogram => filledBuckets(this.counters);

  counts(histogram: Histogram, limits: LatencyLimits | undefined): ArmCounts {
    const { n, failure } = this;
    return { ...noCounts(), n, ok: n - failure, failure, ...timedAgainst(histogram, limits) };
  }
}

/** One stage of 4,000 domain calls, watched by the local failure detector and the judge, until the first decision. */
export function simulateStage(
  random: Random,
  behaviour: Behaviour,
  rules: EvidenceRules,
  looks: readonly number[] = LOOKS,
): StageOutcome {
  const [domain, control] = [new SimulatedArm(), new SimulatedArm()];
  for (let i = 0; i < rules.minControl; i++) control.succeed(random.duration(CONTROL_MEDIAN_MS, behaviour.spread));
  const errors = new Detector(rollbackSettings(rules));
  const due = new Set(looks);
  let last: Verdict | undefined;
  let attention = false;
  let proven: number | undefined;
  const judged = () => {
    const ofControl = control.histogram();
    const limits = limitsFromControl(ofControl, rules.minControl);
    const arms = [domain.counts(domain.histogram(), limits), control.counts(ofControl, limits)] as const;
    return judge(evidenceOf(...arms, limits), rules, UNREACHED_BAKE_MS);
  };
  while (domain.calls < CALLS) {
    const failed = random.happens(behaviour.errorRate);
    const slow = domain.calls >= (behaviour.slowMachineAfter ?? CALLS);
    const median = slow ? 3 * CONTROL_MEDIAN_MS : CONTROL_MEDIAN_MS;
    if (failed) domain.fail();
    else domain.succeed(random.duration(median * behaviour.slowdown, behaviour.spread));
    // The control is as large as the cohort, and concurrent.
    control.succeed(random.duration(median, behaviour.spread));
    const localTrip = errors.observe(failed);
    if (due.has(domain.calls)) last = judged();
    if (localTrip || last?.action === 'rollback') return { rolledBack: true, calls: domain.calls, attention, proven };
    attention ||= last?.attention ?? false;
    proven ??= last && isProven(last) ? domain.calls : undefined;
  }
  return { rolledBack: false, calls: domain.calls, attention, proven };
}

const isProven = ({ findings }: Verdict) =>
  findings.some(({ metric, level }) => metric === 'error_rate' && level === 'fine');

/** Calls until the local detector stops a path that was healthy for `healthyCalls` and then fails at `errorRate`. */
export function callsUntilTrip(random: Random, errorRate: number, rules: EvidenceRules, healthyCalls: number): number {
  const detector = new Detector(rollbackSettings(rules));
  for (let i = 0; i < healthyCalls; i++) detector.observe(random.happens(rules.attentionErrorRate / 10));
  for (let calls = 1; calls <= CALLS; calls++) if (detector.observe(random.happens(errorRate))) return calls;
  return Number.POSITIVE_INFINITY;
}

/** Whether a local detector raises an alarm within `calls` of a path that fails at `errorRate`. */
export function falseAlarm(
  random: Random,
  errorRate: number,
  rules: EvidenceRules,
  kind: 'rollback' | 'attention',
  calls: number,
): boolean {
  const detector = new Detector(kind === 'rollback' ? rollbackSettings(rules) : attentionSettings(rules));
  for (let i = 0; i < calls; i++) if (detector.observe(random.happens(errorRate))) return true;
  return false;
}
