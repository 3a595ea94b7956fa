import type {
  ArmCounts,
  CallCounts,
  LatencyLimits,
  OperationEvidence,
  StageEvidence,
} from '../../domain/rollout/evidence';
import { limitsFromControl, timedAgainst } from '../../domain/rollout/latency';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { type RolloutState, activeMsAt } from '../../domain/rollout/rollout-state';
import type { Comparison, ComparisonSum, EvidenceBatch, EvidenceStore, Sample } from './evidence-store';
import type { RoutedOperation } from './operation-router';
import type { RolloutStore } from './rollout-store';

const NONE: CallCounts = { n: 0, ok: 0, reject: 0, failure: 0, fallback: 0 };

/** All evidence of the present stage of a group. */
export interface Collected {
  readonly evidence: StageEvidence;
  readonly noise: number;
}

/** Collects the evidence of a stage from all instances. */
export class EvidenceCollector {
  constructor(
    private readonly operations: readonly RoutedOperation[],
    private readonly evidence: EvidenceStore,
    private readonly rollout: RolloutStore,
  ) {}

  async collect(state: RolloutState, plan: GroupPlan, revision: number, now: Date): Promise<Collected> {
    const [samples, compared, alive] = await Promise.all([
      this.evidence.samples(state),
      this.evidence.comparisons(state),
      this.rollout.instances(),
    ]);
    const arm = (name: Sample['arm']) => new Map(samples.filter((s) => s.arm === name).map((s) => [s.operation, s]));
    const [domains, controls] = [arm('domain'), arm('control')];
    const operations = this.operations
      .filter((o) => o.group === plan.group)
      .map(({ id, effect }): OperationEvidence => {
        const limits = limitsFromControl(controls.get(id)?.histogram ?? {}, plan.rules.minControl);
        return {
          operation: id,
          effect,
          domain: countsOf(domains.get(id), limits),
          control: countsOf(controls.get(id), limits),
          ...(limits ? { limits } : {}),
        };
      });
    const drawn = (side: ReadonlyMap<string, Sample>) => [...side.values()].reduce((sum, s) => sum + s.drawn, 0);
    const evidence: StageEvidence = {
      operations,
      activeMs: activeMsAt(state, now),
      comparisons: compared.compared,
      mismatches: compared.mismatched,
      share: shareOf(state, drawn(domains), drawn(controls)),
      instances: { confirmed: alive.filter((i) => i.appliedRevision >= revision).length, alive: alive.length },
      ...(state.approval ? { approval: state.approval.reason } : {}),
    };
    return { evidence, noise: compared.noise };
  }
}

function countsOf(sample: Sample | undefined, limits: LatencyLimits | undefined): ArmCounts {
  const { n, ok, reject, failure, fallback } = sample ?? NONE;
  return { n, ok, reject, failure, fallback, ...timedAgainst(sample?.histogram ?? {}, limits) };
}

/**
 * Cohort and control have the same size while the cohort is at most half; then as many calls of both should be drawn.
 */
function shareOf({ effectiveBps, holdout }: RolloutState, domain: number, control: number): StageEvidence['share'] {
  const inside = effectiveBps - holdout;
  const outside = holdout > 0 ? holdout : Math.min(effectiveBps, 10_000 - Math.max(effectiveBps, 5_000));
  const total = inside + outside;
  return { domain, drawn: domain + control, expectedBps: total === 0 ? 0 : Math.round((inside / total) * 10_000) };
}

/** Where this process counts the outcomes of its calls. */
interface EvidenceSource {
  readonly samples: { drain(): readonly Sample[] };
  readonly comparisons: { drain(): readonly Comparison[] };
}

const keyOf = ({ group, entry, operation }: Pick<Sample, 'group' | 'entry' | 'operation'>): string =>
  `${group} ${entry} ${operation}`;

/**
 * Uploads the counts of this process, each call once. A batch whose answer was lost is sent again unchanged, and the
 * store recognises it by its number. Counts made meanwhile are added up per operation, so that their number stays
 * bounded however long an outage lasts.
 */
export class EvidenceUploader {
  private number = 0;
  private unconfirmed?: EvidenceBatch;
  private samples = new Map<string, Sample>();
  private comparisons = new Map<string, ComparisonSum>();

  constructor(
    private readonly source: EvidenceSource,
    private readonly store: Pick<EvidenceStore, 'add'>,
  ) {}

  async upload(): Promise<void> {
    this.collect();
    if (this.unconfirmed) await this.send(this.unconfirmed);
    if (this.samples.size === 0 && this.comparisons.size === 0) return;
    const batch = {
      number: (this.number += 1),
      samples: [...this.samples.values()],
      comparisons: [...this.comparisons.values()],
    };
    [this.samples, this.comparisons] = [new Map(), new Map()];
    await this.send(batch);
  }

  private async send(batch: EvidenceBatch): Promise<void> {
    this.unconfirmed = batch;
    await this.store.add(batch);
    this.unconfirmed = undefined;
  }

  private collect(): void {
    for (const sample of this.source.samples.drain()) {
      const key = `${keyOf(sample)} ${sample.arm}`;
      const before = this.samples.get(key);
      this.samples.set(key, before ? sumOf(before, sample) : sample);
    }
    for (const comparison of this.source.comparisons.drain()) {
      const { group, entry, operation, result } = comparison;
      const before = this.comparisons.get(keyOf(comparison));
      this.comparisons.set(keyOf(comparison), {
        group,
        entry,
        operation,
        compared: (before?.compared ?? 0) + 1,
        noise: (before?.noise ?? 0) + (result === 'noise' ? 1 : 0),
        mismatched: (before?.mismatched ?? 0) + (result === 'mismatch' ? 1 : 0),
      });
    }
  }
}

/** Both samples of one operation and path as one. */
export function sumOf(a: Sample, b: Sample): Sample {
  const histogram: Record<string, number> = { ...a.histogram };
  for (const [bucket, calls] of Object.entries(b.histogram)) histogram[bucket] = (histogram[bucket] ?? 0) + calls;
  return {
    ...a,
    n: a.n + b.n,
    ok: a.ok + b.ok,
    reject: a.reject + b.reject,
    failure: a.failure + b.failure,
    fallback: a.fallback + b.fallback,
    drawn: a.drawn + b.drawn,
    histogram,
  };
}
