import type { ArmCounts, OperationEvidence, StageEvidence } from '../../domain/rollout/evidence';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import { activeMsAt, type RolloutState } from '../../domain/rollout/rollout-state';
import type { EvidenceStore, Sample } from './evidence-store';
import type { RoutedOperation } from './operation-router';
import type { RolloutStore } from './rollout-store';

const NONE: ArmCounts = { n: 0, ok: 0, reject: 0, failure: 0, fallback: 0, timed: 0, slow20: 0, slow50: 0 };

/** Everything known about the present stage of a group, and the control's histograms its limits are taken from. */
export interface Collected {
  readonly evidence: StageEvidence;
  readonly controls: ReadonlyMap<string, Sample>;
  /** Of the domain path, for people to see. */
  readonly domains: ReadonlyMap<string, Sample>;
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
        const limits = state.limits[id];
        return {
          operation: id,
          effect,
          domain: domains.get(id) ?? NONE,
          control: controls.get(id) ?? NONE,
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
    return { evidence, controls, domains, noise: compared.noise };
  }
}

/** Cohort and control are of equal size while the cohort is at most half; then as many of both should be drawn. */
function shareOf({ effectiveBps, holdout }: RolloutState, domain: number, control: number): StageEvidence['share'] {
  const inside = effectiveBps - holdout;
  const beside = holdout > 0 ? holdout : Math.min(effectiveBps, 10_000 - Math.max(effectiveBps, 5_000));
  const total = inside + beside;
  return { domain, drawn: domain + control, expectedBps: total === 0 ? 0 : Math.round((inside / total) * 10_000) };
}
