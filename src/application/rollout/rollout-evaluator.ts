import type { Verdict } from '../../domain/rollout/evidence';
import { judge } from '../../domain/rollout/judge';
import { attentionMayEnd } from '../../domain/rollout/proportion';
import { nextStage } from '../../domain/rollout/rollout-commands';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import type { RolloutEvent, RolloutState } from '../../domain/rollout/rollout-state';
import { toJson } from '../../domain/shared/json';
import type { Log } from '../shared/log';
import type { Collected, EvidenceCollector } from './evidence-uploader';
import type { RolloutDocument, RolloutStore, Transition } from './rollout-store';

/** Existing sticky keys of the groups that have them. */
export type KnownKeys = (group: string) => Promise<readonly string[]>;

/** Runs a task unless another instance is running it. */
export type RunExclusively = (task: () => Promise<void>) => Promise<void>;

/**
 * Judges every running group by the evidence of all instances, and acts on it: at most one step of a group at a time.
 */
export class RolloutEvaluator {
  constructor(
    private readonly store: RolloutStore,
    private readonly collector: EvidenceCollector,
    private readonly keys: KnownKeys,
    private readonly leader: RunExclusively,
    private readonly log: Log,
  ) {}

  /**
   * Answers whether the next evaluation could have something to judge or end; true while another instance evaluates.
   */
  async evaluate(): Promise<boolean> {
    let more = true;
    await this.leader(async () => {
      const document = await this.store.load();
      await this.endKills(document);
      for (const { plan, state } of document.groups.values()) {
        if (state.status === 'running') await this.evaluateGroup(plan, state, document);
      }
      more = [...document.groups.values()].some(({ state }) => state.status === 'running' || state.killed);
    });
    return more;
  }

  /** Lifts kills whose time is over. */
  private async endKills({ groups, now }: RolloutDocument): Promise<void> {
    const over = (state: RolloutState | undefined) =>
      state?.killed === true && typeof state.killedUntil === 'string' && Date.parse(state.killedUntil) <= now.getTime();
    if (![...groups.values()].some(({ state }) => over(state))) return;
    await this.store.change(null, (present) => ({
      transitions: [...present.groups.values()]
        .filter(({ state }) => over(state))
        .map(({ state: { group } }) => ({
          group,
          event: { kind: 'unkilled' },
          evidence: { reason: 'its time is over' },
        })),
    }));
  }

  private async evaluateGroup(plan: GroupPlan, state: RolloutState, document: RolloutDocument): Promise<void> {
    const collected = await this.collector.collect(state, plan, document.revision, document.now);
    const verdict = verdictOn(collected, plan, state);
    const keys = await this.keys(plan.group);
    const steps = consequences(verdict, collected, plan, state, keys);
    if (steps.length === 0) return;
    const evidence = toJson({ ...collected.evidence, ...verdict });
    await this.store.change(null, (now) => {
      const present = now.groups.get(plan.group)?.state;
      // The state changed meanwhile: the next evaluation judges the new one.
      if (present?.revision !== state.revision) return { transitions: [] };
      return { transitions: steps.map((event): Transition => ({ group: plan.group, event, evidence })) };
    });
    for (const { kind } of steps) this.log.info(`rollout of ${plan.group}: ${kind}`, { action: verdict.action });
  }
}

export const verdictOn = ({ evidence }: Collected, plan: GroupPlan, state: RolloutState): Verdict =>
  judge(evidence, plan.rules, plan.stages[state.stage]?.bakeMs ?? 0);

function consequences(
  verdict: Verdict,
  collected: Collected,
  plan: GroupPlan,
  state: RolloutState,
  keys: readonly string[],
): RolloutEvent[] {
  const reason = verdict.findings
    .filter((f) => f.level !== 'fine')
    .map((f) => `${f.operation} ${f.metric} ${f.value} (limit ${f.limit}, n ${f.n})`)
    .join('; ');
  if (verdict.action === 'rollback') return [{ kind: plan.onTrip === 'freeze' ? 'frozen' : 'rolled_back', reason }];
  const attention = attentionOf(verdict, collected, plan, state, reason);
  if (verdict.action !== 'promote' || !plan.autoPromote) return attention;
  return [...attention, nextStage(state, { plan, keys, missing: [] })];
}

/** Attention begins with proof, and ends only well below its limit. */
function attentionOf(
  verdict: Verdict,
  { evidence }: Collected,
  plan: GroupPlan,
  state: RolloutState,
  reason: string,
): RolloutEvent[] {
  if (verdict.attention) return state.attention === null ? [{ kind: 'attention', reason }] : [];
  const calm = evidence.operations.every(
    ({ domain }) => domain.n === 0 || attentionMayEnd(domain.failure, domain.n, plan.rules.attentionErrorRate),
  );
  return state.attention !== null && calm ? [{ kind: 'attention', reason: null }] : [];
}
