import type {
  ArmCounts,
  CallCounts,
  LatencyLimits,
  OperationEvidence,
  StageEvidence,
} from '../../domain/rollout/evidence';
import { limitsFromControl, timedAgainst } from '../../domain/rollout/latency';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { activeMsAt, type RolloutState } from '../../domain/rollout/rollout-state';
import type { EvidenceStore, Sample } from './evidence-store';
import type { RoutedOperation } from './operation-router';
import type { RolloutStore } from './rollout-store';

const NONE: CallCounts = { n: 0, ok: 0, reject: 0, failure: 0, fallback: 0 };

/** Everything known about the present stage of a group. */
export interface Collected {
  readonly evidence: StageEvidence;
  readonly noise: number;
}

/** Gathers the evidence of a stage from all instances. */
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

/** Cohort and control are of equal size while the cohort is at most half; then as many of both should be drawn. */
function shareOf({ effectiveBps, holdout }: RolloutState, domain: number, control: number): StageEvidence['share'] {
  const inside = effectiveBps - holdout;
  const beside = holdout > 0 ? holdout : Math.min(effectiveBps, 10_000 - Math.max(effectiveBps, 5_000));
  const total = inside + beside;
  return { domain, drawn: domain + control, expectedBps: total === 0 ? 0 : Math.round((inside / total) * 10_000) };
}
