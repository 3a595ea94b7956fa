import type { StoredEvent } from '../../domain/rollout/event-chain';
import type { Verdict } from '../../domain/rollout/evidence';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import type { RolloutState } from '../../domain/rollout/rollout-state';
import { type JsonObject, toJson } from '../../domain/shared/json';
import type { Collected } from './evidence-uploader';
import type { Acknowledged, EventView, GroupOverview, InstanceView } from './rollout-port';
import type { Instance } from './rollout-store';

export interface GroupFacts {
  readonly plan: GroupPlan;
  readonly state: RolloutState;
  readonly collected: Collected;
  readonly verdict: Verdict | null;
  readonly operations: readonly string[];
  readonly seed: number;
}

export function groupOverview({ plan, state, collected, verdict, operations, seed }: GroupFacts): GroupOverview {
  return {
    group: state.group,
    status: state.status,
    stage: state.stage + 1,
    stages: plan.stages.map(({ percent, bakeMs }) => ({ percent, bake_ms: bakeMs })),
    percent: state.bps / 100,
    effective_percent: state.effectiveBps / 100,
    effective_why: state.effectiveWhy,
    holdout_percent: state.holdout / 100,
    killed: state.killed,
    killed_until: state.killedUntil ?? null,
    attention: state.attention,
    trip_reason: state.tripReason,
    approval: state.approval,
    verified: state.verified,
    entered_at: state.enteredAt,
    active_ms: collected.evidence.activeMs,
    seed,
    operations,
    evidence: toJson({ ...collected.evidence, noise: collected.noise }),
    verdict: toJson(verdict),
    revision: state.revision,
  };
}

export const confirmed = ({ name, appliedRevision }: Instance, revision: number): InstanceView => ({
  name,
  revision: appliedRevision,
  confirmed: appliedRevision >= revision,
  ms: null,
});

/** Who has confirmed a revision, and how long after its COMMIT. */
export function acknowledgements(
  instances: readonly Instance[],
  revision: number,
  committedAt: Date,
): Omit<Acknowledged, 'killed'> {
  const views = instances.map((instance): InstanceView => {
    const view = confirmed(instance, revision);
    const ms = Math.max(0, instance.appliedAt.getTime() - committedAt.getTime());
    return view.confirmed ? { ...view, ms: instance.appliedRevision === revision ? ms : 0 } : view;
  });
  const times = views.flatMap((v) => v.ms ?? []);
  return {
    revision,
    applied: times.length,
    of: views.length,
    slowest_ms: times.length === 0 ? null : Math.max(...times),
    instances: views,
  };
}

export const eventView = ({
  seq,
  group,
  at,
  actor,
  requestId,
  event,
  evidence,
  prevHash,
  hash,
}: StoredEvent): EventView => ({
  seq,
  group,
  at: at.toISOString(),
  actor,
  request_id: requestId,
  event: toJson(event) as JsonObject,
  evidence,
  prev_hash: prevHash,
  hash,
});
