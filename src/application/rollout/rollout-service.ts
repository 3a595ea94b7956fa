import { seedOf } from '../../domain/rollout/bucket';
import { type RolloutCommand, handleCommand } from '../../domain/rollout/rollout-commands';
import type { RolloutEvent } from '../../domain/rollout/rollout-state';
import { DomainError } from '../../domain/shared/domain-error';
import { type Json, type JsonObject, toJson } from '../../domain/shared/json';
import { MINUTE_MS } from '../../domain/shared/time';
import { currentCall } from '../shared/call-context';
import type { EvidenceStore } from './evidence-store';
import type { EvidenceCollector } from './evidence-uploader';
import {
  type Acknowledged,
  type Explained,
  type GroupKey,
  type GroupOverview,
  type GroupSeries,
  type Kill,
  type Language,
  type PlanView,
  type Reasoned,
  type RolloutOverview,
  type Unkill,
  type VerificationKey,
  groupSeries,
  planView,
} from './group-overview';
import type { RoutedOperation } from './operation-router';
import { type KnownKeys, verdictOn } from './rollout-evaluator';
import { acknowledgements, confirmed, groupOverview, renderReport, reportOf, rolloutEventView } from './rollout-report';
import { ALL_GROUPS, type RolloutDocument, type RolloutStore } from './rollout-store';
import type { Verifications } from './verifications';

const CONFIRM_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 5;
/** Events that a report lists one by one. */
const REPORTED_EVENTS = 5_000;
const CHECK_CHAIN_EVERY_MS = 10_000;

/** Steers the rollout and reports its state. */
export class RolloutService {
  private chain?: { readonly at: number; readonly intact: Promise<boolean> };

  constructor(
    private readonly store: RolloutStore,
    private readonly evidence: EvidenceStore,
    private readonly collector: EvidenceCollector,
    private readonly operations: readonly RoutedOperation[],
    private readonly keys: KnownKeys,
    private readonly verifications: Verifications,
    private readonly wait: (ms: number) => Promise<unknown>,
  ) {}

  async overview(): Promise<RolloutOverview> {
    const [document, instances] = await Promise.all([this.store.load(), this.store.instances()]);
    const groups = await Promise.all([...document.groups.keys()].map((group) => this.view(document, group)));
    const { revision, killed } = document;
    return { revision, killed, instances: instances.map((i) => confirmed(i, revision)), groups };
  }

  /** What every group must show before it goes on, and what takes it back. */
  async plans(): Promise<{ readonly plans: readonly PlanView[] }> {
    const { groups } = await this.store.load();
    return { plans: [...groups.values()].map(({ plan }) => planView(plan)) };
  }

  async group({ group }: GroupKey): Promise<GroupOverview> {
    return this.view(await this.store.load(), group);
  }

  async events({ group, limit, after }: GroupKey & { limit: number; after: number }) {
    known(await this.store.load(), group);
    const [own, intact] = await Promise.all([this.store.events(group, limit, after), this.isIntact()]);
    return { events: own.map(rolloutEventView), intact };
  }

  async mismatches({ group, limit }: GroupKey & { limit: number }) {
    known(await this.store.load(), group);
    const found = await this.evidence.mismatches(group, limit);
    return { mismatches: found.map((m) => toJson(m) as JsonObject) };
  }

  async series({ group, minutes }: GroupKey & { minutes: number }): Promise<GroupSeries> {
    const { groups, now } = await this.store.load();
    known({ groups }, group);
    const since = new Date(Math.floor(now.getTime() / MINUTE_MS - minutes) * MINUTE_MS);
    return groupSeries(group, since, await this.evidence.minutes(group, since));
  }

  start = ({ group, reason }: Explained) => this.execute(group, { name: 'start' }, reason);
  pause = ({ group, reason }: Explained) => this.execute(group, { name: 'pause' }, reason);
  resume = ({ group, reason }: Explained) => this.execute(group, { name: 'resume' }, reason);
  promote = ({ group, reason }: Explained) => this.execute(group, { name: 'promote' }, reason);
  rollback = ({ group, reason }: Reasoned) => this.execute(group, { name: 'rollback', reason });
  approve = ({ group, reason }: Reasoned) => this.execute(group, { name: 'approve', reason });
  setPercent = ({ group, percent }: GroupKey & { percent: number }) =>
    this.execute(group, { name: 'set-percent', percent, by: 'operator' });

  async verified({
    group,
    passed,
    report,
  }: GroupKey & { passed: boolean; report: JsonObject }): Promise<GroupOverview> {
    const { document } = await this.store.change(actor(), (now) => {
      known(now, group);
      return { transitions: [{ group, event: { kind: 'verified', passed }, evidence: report }] };
    });
    return this.view(document, group);
  }

  async beginVerification({ group, lease_seconds: seconds }: GroupKey & { lease_seconds: number }) {
    const { killed, groups } = await this.store.load();
    if (killed || known({ groups }, group).state.killed)
      throw new DomainError('rollout.killed', `${group} is killed: what would be verified? Unkill it first.`, {
        params: { group },
      });
    return this.verifications.begin(group, seconds);
  }

  verification = ({ verification_id: id }: VerificationKey) => this.verifications.find(id);

  async endVerification({ verification_id: id }: VerificationKey) {
    await this.verifications.end(id);
    return { status: 'success' as const };
  }

  async kill({ group, reason, for_seconds: seconds }: Kill): Promise<Acknowledged> {
    if (seconds !== undefined && group === undefined)
      throw new DomainError('rollout.kill_invalid', 'Only the kill of one group can end by itself.');
    const event = (now: Date): RolloutEvent =>
      seconds === undefined
        ? { kind: 'killed' }
        : { kind: 'killed', until: new Date(now.getTime() + seconds * 1000).toISOString() };
    return { killed: true, ...(await this.switchOver(group ?? ALL_GROUPS, event, reason)) };
  }

  async unkill({ group, reason }: Unkill): Promise<Acknowledged> {
    return { killed: false, ...(await this.switchOver(group ?? ALL_GROUPS, () => ({ kind: 'unkilled' }), reason)) };
  }

  async report({ lang, format }: { lang: Language; format: 'md' | 'json' }): Promise<{ report: Json }> {
    const [document, events, intact] = await Promise.all([
      this.store.load(),
      this.store.newestEvents(REPORTED_EVENTS),
      this.store.isIntact(),
    ]);
    const groups = await Promise.all([...document.groups.keys()].map((group) => this.view(document, group)));
    const report = reportOf(groups, events, intact, document.now);
    return { report: format === 'md' ? renderReport(report, lang) : toJson(report) };
  }

  /** Evidence is read before the lock is taken; the stage it belongs to must still be the same under the lock. */
  private async execute(group: string, command: RolloutCommand, reason?: string): Promise<GroupOverview> {
    const before = await this.store.load();
    const { plan, state } = known(before, group);
    const keys = await this.keys(group);
    const collected = await this.collector.collect(state, plan, before.revision, before.now);
    const { missing } = verdictOn(collected, plan, state);
    const { document } = await this.store.change(actor(), (now) => {
      const present = known(now, group);
      if (present.state.revision !== state.revision) {
        throw new DomainError('rollout.changed', `Somebody changed ${group} this very moment: look again and decide.`, {
          params: { group },
        });
      }
      const event = handleCommand(command, present.state, { plan: present.plan, keys, missing });
      const evidence = { ...collected.evidence, ...(reason === undefined ? {} : { reason }) };
      return { transitions: [{ group, event, evidence: toJson(evidence) }] };
    });
    return this.view(document, group);
  }

  /** Cached: every page of a long history needs it, and hashing all of it takes time. */
  private isIntact(): Promise<boolean> {
    const now = performance.now();
    if (!this.chain || now - this.chain.at > CHECK_CHAIN_EVERY_MS)
      this.chain = { at: now, intact: this.store.isIntact() };
    return this.chain.intact;
  }

  private async switchOver(group: string, eventAt: (now: Date) => RolloutEvent, reason: string) {
    const { document, committedAt } = await this.store.change(actor(), (now) => {
      if (group !== ALL_GROUPS) known(now, group);
      return { transitions: [{ group, event: eventAt(now.now), evidence: { reason } }] };
    });
    const deadline = performance.now() + CONFIRM_WITHIN_MS;
    for (;;) {
      const instances = await this.store.instances();
      const answer = acknowledgements(instances, document.revision, committedAt);
      if (answer.applied === answer.of || performance.now() > deadline) return answer;
      await this.wait(LOOK_EVERY_MS);
    }
  }

  private async view(document: RolloutDocument, group: string): Promise<GroupOverview> {
    const { plan, state } = known(document, group);
    const collected = await this.collector.collect(state, plan, document.revision, document.now);
    const operations = this.operations.filter((o) => o.group === group).map((o) => o.id);
    const verdict = state.status === 'running' ? verdictOn(collected, plan, state) : null;
    return groupOverview({ plan, state, collected, verdict, operations, seed: seedOf(group) });
  }
}

const actor = (): string | null => currentCall()?.actor ?? 'operator';

function known(document: Pick<RolloutDocument, 'groups'>, group: string) {
  const found = document.groups.get(group);
  if (found) return found;
  const names = [...document.groups.keys()].join(', ');
  throw new DomainError('rollout.group_not_found', `There is no group "${group}"; there are ${names}.`, {
    params: { group, groups: [...document.groups.keys()] },
  });
}
