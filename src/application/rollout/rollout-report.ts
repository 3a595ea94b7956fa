import type { StoredEvent } from '../../domain/rollout/event-chain';
import type { StageEvidence, Verdict } from '../../domain/rollout/evidence';
import type { GroupPlan } from '../../domain/rollout/rollout-plan';
import type { RolloutState, RolloutStatus } from '../../domain/rollout/rollout-state';
import { type JsonObject, toJson } from '../../domain/shared/json';
import type { Collected } from './evidence-uploader';
import type { Acknowledged, GroupOverview, InstanceView, Language, RolloutEventView } from './group-overview';
import type { Instance } from './rollout-store';

interface GroupFacts {
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

export const rolloutEventView = ({
  seq,
  group,
  at,
  actor,
  requestId,
  event,
  evidence,
  prevHash,
  hash,
}: StoredEvent): RolloutEventView => ({
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

/** One event of the rollout, as the report shows it. */
interface Line {
  readonly at: string;
  readonly group: string;
  readonly kind: string;
  readonly detail: string;
  readonly actor: string | null;
}

interface RolloutReport {
  readonly generated_at: string;
  /** True only when every group is complete. */
  readonly complete: boolean;
  /** Whether the hash chain of the events is intact. */
  readonly chain_intact: boolean;
  readonly groups: readonly GroupOverview[];
  /** Events before those of `history`; `GET /rollout/{group}/events` has them. */
  readonly older_events: number;
  readonly history: readonly Line[];
}

/** The rollout so far, from events and samples alone. */
export function reportOf(
  groups: readonly GroupOverview[],
  events: readonly StoredEvent[],
  intact: boolean,
  now: Date,
): RolloutReport {
  return {
    generated_at: now.toISOString(),
    complete: isComplete(groups.filter((g) => g.operations.length > 0)),
    chain_intact: intact,
    groups,
    older_events: (events[0]?.seq ?? 1) - 1,
    history: events.map(({ at, group, event, actor, evidence }) => ({
      at: at.toISOString(),
      group,
      kind: event.kind,
      detail: detailOf(event, evidence),
      actor,
    })),
  };
}

/** Groups without an operation have nothing to complete. */
const isComplete = (groups: readonly GroupOverview[]): boolean =>
  groups.length > 0 && groups.every((g) => g.status === 'complete' && !g.killed);

/** The evidence of a step of the plan. */
function numbersOf(evidence: unknown): string {
  if (typeof evidence !== 'object' || evidence === null || !('operations' in evidence)) return '';
  const { operations, comparisons } = evidence as StageEvidence;
  const sum = (count: (o: StageEvidence['operations'][number]) => number) =>
    operations.reduce((n, o) => n + count(o), 0);
  const calls = sum((o) => o.domain.n);
  return calls === 0
    ? ''
    : ` after ${calls} calls, ${sum((o) => o.domain.failure)} failures, ${comparisons} comparisons`;
}

function detailOf(event: StoredEvent['event'], evidence: unknown): string {
  const reason = 'reason' in event && event.reason ? event.reason : '';
  if (event.kind === 'stage_entered')
    return `${event.percent} % (${event.cohort.effectiveBps / 100} %: ${event.cohort.effectiveWhy})${numbersOf(evidence)}`;
  if (event.kind === 'completed' && !event.newSite) return numbersOf(evidence).trim();
  if (event.kind === 'percent_set') return `${event.cohort.bps / 100} % (${event.by})`;
  if (event.kind === 'limits_frozen')
    return `${event.operation}: P95 × 1.2 = ${event.limits.ms20.toFixed(1)} ms, × 1.5 = ${event.limits.ms50.toFixed(1)} ms, n = ${event.limits.n}`;
  if (event.kind === 'verified') return event.passed ? 'passed' : 'failed';
  if (reason !== '') return reason;
  return typeof evidence === 'object' && evidence !== null && 'reason' in evidence ? String(evidence.reason) : '';
}

const WORDS = {
  en: {
    title: 'Rollout report',
    generated: 'Generated',
    complete: 'The rollout is complete.',
    open: 'The rollout is not complete.',
    chain: ['The event chain is intact.', '**The event chain is broken: events were changed or removed.**'],
    table: ['group', 'status', 'stage', 'share', 'in force', 'calls', 'failures', 'refusals', 'compared', 'mismatches'],
    missing: 'Missing evidence',
    nothing: 'nothing',
    history: 'History',
    older: 'Older events, left out here (GET /rollout/{group}/events has them):',
    at: 'time',
    what: 'event',
    detail: 'detail',
    who: 'by',
    service: 'service',
    eta: 'about',
    unknown: 'unknown',
    findings: 'Findings',
  },
  zh: {
    title: '灰度发布报告',
    generated: '生成时间',
    complete: '灰度发布已全部完成。',
    open: '灰度发布尚未完成。',
    chain: ['事件链完整。', '**事件链已损坏:有事件被修改或删除。**'],
    table: ['操作组', '状态', '阶段', '计划比例', '生效比例', '调用', '失败', '拒绝', '比对', '不一致'],
    missing: '缺少的证据',
    nothing: '无',
    history: '历史',
    older: '更早的事件(见 GET /rollout/{group}/events):',
    at: '时间',
    what: '事件',
    detail: '详情',
    who: '操作者',
    service: '服务',
    eta: '约',
    unknown: '未知',
    findings: '判定依据',
  },
} as const;

const STATUS: Readonly<Record<Language, Readonly<Record<RolloutStatus, string>>>> = {
  en: {
    manual: 'manual',
    running: 'running',
    paused: 'paused',
    frozen: 'frozen',
    rolled_back: 'rolled back',
    complete: 'complete',
  },
  zh: {
    manual: '手动',
    running: '进行中',
    paused: '已暂停',
    frozen: '已冻结',
    rolled_back: '已回滚',
    complete: '已完成',
  },
};

const row = (cells: readonly unknown[]): string =>
  `| ${cells.map((c) => String(c).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

/** The report as Markdown. */
export function renderReport(report: RolloutReport, lang: Language): string {
  const w = WORDS[lang];
  return [
    `# ${w.title}`,
    '',
    `${w.generated}: ${report.generated_at}`,
    '',
    report.complete ? w.complete : w.open,
    report.chain_intact ? w.chain[0] : w.chain[1],
    '',
    row(w.table),
    row(w.table.map(() => '---')),
    ...report.groups.map((g) => groupRow(g, lang)),
    ...report.groups.flatMap((g) => missingOf(g, lang)),
    '',
    `## ${w.history}`,
    '',
    ...(report.older_events > 0 ? [`${w.older} ${report.older_events}`, ''] : []),
    row([w.at, w.table[0], w.what, w.detail, w.who]),
    row(['---', '---', '---', '---', '---']),
    ...report.history.map((l) => row([l.at, l.group, l.kind, l.detail, l.actor ?? w.service])),
    '',
  ].join('\n');
}

function groupRow(g: GroupOverview, lang: Language): string {
  const { operations, comparisons, mismatches } = g.evidence as unknown as StageEvidence;
  const sum = (pick: (o: (typeof operations)[number]) => number) => operations.reduce((total, o) => total + pick(o), 0);
  const status = `${STATUS[lang][g.status as RolloutStatus]}${g.killed ? ' (kill)' : ''}`;
  const calls = [sum((o) => o.domain.n), sum((o) => o.domain.failure), sum((o) => o.domain.reject)];
  return row([
    g.group,
    status,
    `${g.stage}/${g.stages.length}`,
    `${g.percent} %`,
    `${g.effective_percent} %`,
    ...calls,
    comparisons,
    mismatches,
  ]);
}

function missingOf(g: GroupOverview, lang: Language): string[] {
  const w = WORDS[lang];
  const verdict = g.verdict as unknown as Verdict | null;
  if (!verdict) return [];
  const missing = verdict.missing.map((m) => {
    const eta = m.etaMs === null ? w.unknown : `${w.eta} ${Math.ceil(m.etaMs / 60_000)} min`;
    return `- ${m.what}${m.operation ? ` (${m.operation})` : ''}: ${m.have} / ${m.need}, ${eta}`;
  });
  const findings = verdict.findings.map(
    (f) =>
      `- ${f.operation} ${f.metric} = ${f.value.toFixed(4)} [${f.interval.map((x) => x.toFixed(4)).join(', ')}], ${f.limit}, n = ${f.n}`,
  );
  return [
    '',
    `### ${g.group}: ${w.missing}`,
    '',
    ...(missing.length > 0 ? missing : [`- ${w.nothing}`]),
    ...(findings.length > 0 ? ['', `${w.findings}:`, '', ...findings] : []),
  ];
}
