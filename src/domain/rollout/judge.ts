import { BUCKETS } from './bucket';
import { type DetectorSettings, attentionSettings, rollbackSettings } from './detector';
import type {
  EvidenceRules,
  Finding,
  LatencyLimits,
  Missing,
  OperationEvidence,
  StageEvidence,
  Verdict,
} from './evidence';
import { callsToProveBelow, provenAbove, provenBelow, shareIsPlausible, wilson } from './proportion';

/** Error of one proof that rolls back: 480 of them in a complete rollout stay below 0.5 %. */
const ROLLBACK_ALPHA = 1e-5;
const ATTENTION_ALPHA = 1e-4;

/** A P95 is worse than a limit exactly when more than 5 % of the calls are slower than it. */
const SLOW_SHARE = 0.05;
/**
 * Looser than for errors: it is the error of a path at exactly +50 %, and the limit is already an upper bound of the
 * control's P95. Identical code has so few calls above it that it is further from the limit than errors of 1 % are from
 * 5 %.
 */
const SLOW_ALPHA = 5e-3;
/** A few rates near the limit: a path three times slower has about 14 % above it. */
const SLOW_ALTERNATIVES = [0.1, 0.2];
/** With fewer timed calls or control calls a P95 is not called fine. */
const MIN_TIMED = 200;
const MIN_TIMED_FOR_20 = 1000;

const SLOW: DetectorSettings = { acceptable: SLOW_SHARE, alternatives: SLOW_ALTERNATIVES, callsPerFalseAlarm: 1e5 };

/** Standard deviations of each interval before two paths count as different, however often the test is repeated. */
const APART_Z = 2.35;

const beyond = (count: number, n: number, { acceptable, alternatives }: DetectorSettings, alpha: number) =>
  provenAbove(count, n, acceptable, alternatives, alpha);

function errorRate({ operation, domain }: OperationEvidence, rules: EvidenceRules): Finding {
  const { failure, n } = domain;
  const found = { metric: 'error_rate', operation, value: failure / n, n, interval: wilson(failure, n) } as const;
  if (beyond(failure, n, rollbackSettings(rules), ROLLBACK_ALPHA))
    return { ...found, limit: rules.errorRate, level: 'rollback' };
  const limit = rules.attentionErrorRate;
  if (beyond(failure, n, attentionSettings(rules), ATTENTION_ALPHA)) return { ...found, limit, level: 'attention' };
  return { ...found, limit, level: provenBelow(failure, n, limit) ? 'fine' : 'open' };
}

/** Whether the domain path provably succeeds too rarely (below 95 % by default), whatever the control does. */
const succeedsTooRarely = ({ domain }: OperationEvidence, rules: EvidenceRules): boolean =>
  beyond(domain.n - domain.ok, domain.n, rollbackSettings(rules), ROLLBACK_ALPHA);

/** Whether the concurrent control provably fails less often than `rate`, so that the clients are not the cause. */
const controlSucceeds = ({ control }: OperationEvidence, rate: number): boolean =>
  provenBelow(control.n - control.ok, control.n, rate);

/** Too few successes, and no proof that the old code would do better with the same clients. */
const successIsUnclear = (evidence: OperationEvidence, rules: EvidenceRules): boolean =>
  succeedsTooRarely(evidence, rules) && !controlSucceeds(evidence, rules.errorRate);

function successRate(evidence: OperationEvidence, rules: EvidenceRules): Finding {
  const { operation, domain } = evidence;
  const { ok, n } = domain;
  const found = { metric: 'success_rate', operation, value: ok / n, n, interval: wilson(ok, n) } as const;
  const limit = 1 - rules.attentionErrorRate;
  if (succeedsTooRarely(evidence, rules)) {
    const level = controlSucceeds(evidence, rules.errorRate) ? 'rollback' : 'attention';
    return { ...found, limit: 1 - rules.errorRate, level };
  }
  const rare = beyond(n - ok, n, attentionSettings(rules), ATTENTION_ALPHA);
  // Clients that request what does not exist would otherwise keep the attention on for ever.
  if (rare && controlSucceeds(evidence, rules.attentionErrorRate)) return { ...found, limit, level: 'attention' };
  return { ...found, limit, level: provenBelow(n - ok, n, rules.attentionErrorRate) ? 'fine' : 'open' };
}

/**
 * A domain path is at fault only when it is slower than its concurrent control, not when the control is slow as well.
 */
function latency({ operation, domain, control }: OperationEvidence, limits: LatencyLimits): Finding[] {
  const { timed: n } = domain;
  const finding = (
    metric: 'latency_50' | 'latency_20',
    of: 'slow50' | 'slow20',
    alpha: number,
    enough: number,
  ): Finding => {
    const slow = domain[of];
    const apart = control.timed > 0 && wilson(slow, n, APART_Z)[0] > wilson(control[of], control.timed, APART_Z)[1];
    const above = apart && beyond(slow, n, SLOW, alpha);
    const fine = n >= enough && limits.n >= MIN_TIMED && provenBelow(slow, n, SLOW_SHARE);
    const bad = metric === 'latency_50' ? 'rollback' : 'attention';
    const level = above ? bad : fine ? 'fine' : 'open';
    return { metric, operation, value: slow / n, limit: SLOW_SHARE, n, interval: wilson(slow, n), level };
  };
  return [
    finding('latency_50', 'slow50', SLOW_ALPHA, MIN_TIMED),
    finding('latency_20', 'slow20', ATTENTION_ALPHA, MIN_TIMED_FOR_20),
  ];
}

/** Every judged number of one operation; none before its first call. The rates are shares of 1. */
function operationFindings(evidence: OperationEvidence, rules: EvidenceRules): Finding[] {
  const { domain, limits } = evidence;
  if (domain.n === 0) return [];
  const rates = [errorRate(evidence, rules), successRate(evidence, rules)];
  return limits && domain.timed > 0 ? [...rates, ...latency(evidence, limits)] : rates;
}

type What = Missing['what'];

/** Statistics that a person's approval can replace, as long as nothing was proven to the contrary. */
const APPROVABLE: ReadonlySet<What> = new Set(['calls', 'error_proof', 'latency', 'comparisons', 'approval']);
/** What a quiet group cannot collect. */
const STATISTICS: ReadonlySet<What> = new Set(['calls', 'error_proof', 'latency']);

/** Evidence that is still missing for a promotion; empty when it is complete. Times in milliseconds. */
function missingEvidence(
  evidence: StageEvidence,
  rules: EvidenceRules,
  bakeMs: number,
  findings: readonly Finding[],
): Missing[] {
  const { activeMs, operations, comparisons, instances, approval } = evidence;
  const grows = growing(activeMs);
  const calls = operations.reduce((sum, { domain }) => sum + domain.n, 0);
  const reads = operations.some(({ effect }) => effect === 'read');
  const statistics = [
    grows('calls', calls, rules.minCalls),
    ...errorProofs(operations, rules, findings, grows),
    ...latencyVerdicts(operations, rules, findings, grows),
    grows('comparisons', comparisons, reads ? rules.minComparisons : 0),
    ...unclear(operations, rules),
    ...(rules.kind === 'quiet' ? [lasting('approval', 0, 1)] : []),
  ];
  const counts = ({ what }: Missing) =>
    approval === undefined ? rules.kind === 'busy' || !STATISTICS.has(what) : !APPROVABLE.has(what);
  return [
    { what: 'bake' as const, have: activeMs, need: bakeMs, etaMs: Math.max(0, bakeMs - activeMs) },
    ...statistics.filter(counts),
    ...worseThanAllowed(findings),
    ...missingShare(evidence),
    lasting('instances', instances.confirmed, Math.max(1, instances.alive)),
  ].filter(({ have, need, etaMs }) => have < need || etaMs === null);
}

type Growing = (what: What, have: number, need: number, operation?: string) => Missing;

/** Missing evidence that time brings, at the pace of the stage so far. */
const growing =
  (activeMs: number): Growing =>
  (what, have, need, operation) => {
    const etaMs = have >= need ? 0 : have > 0 ? Math.ceil(((need - have) * activeMs) / have) : null;
    return { what, ...(operation !== undefined && { operation }), have, need, etaMs };
  };

/** Missing evidence that time does not bring. */
const lasting = (what: What, have: number, need: number, operation?: string): Missing => ({
  what,
  ...(operation !== undefined && { operation }),
  have,
  need,
  etaMs: have >= need ? 0 : null,
});

const levelOf = (findings: readonly Finding[], metric: Finding['metric'], operation: string) =>
  findings.find((finding) => finding.metric === metric && finding.operation === operation)?.level;

/**
 * Proof of fewer errors than `attentionErrorRate`, per operation. An operation with too few calls for the proof counts
 * as long as it is clean, but one operation at least, the busiest, must have it.
 */
function errorProofs(
  operations: readonly OperationEvidence[],
  { attentionErrorRate }: EvidenceRules,
  findings: readonly Finding[],
  grows: Growing,
): Missing[] {
  const busiest = mostCalls(operations, ({ domain }) => domain.n);
  const enough = callsToProveBelow(0, 0, attentionErrorRate) ?? Number.POSITIVE_INFINITY;
  return operations.flatMap((evidence) => {
    const { operation, domain } = evidence;
    const level = levelOf(findings, 'error_rate', operation);
    if (level === 'fine' || level === 'attention' || (level === undefined && evidence !== busiest)) return [];
    if (evidence !== busiest && domain.failure === 0 && domain.n < enough) return [];
    const need = callsToProveBelow(domain.failure, domain.n, attentionErrorRate);
    return need === null
      ? [never('error_proof', operation, domain.n)]
      : [grows('error_proof', domain.n, need, operation)];
  });
}

/** A P95 verdict for every operation whose control has enough calls, and for the busiest one in any case. */
function latencyVerdicts(
  operations: readonly OperationEvidence[],
  { minControl }: EvidenceRules,
  findings: readonly Finding[],
  grows: Growing,
): Missing[] {
  const busiest = mostCalls(operations, ({ control }) => control.n);
  return operations.flatMap((evidence) => {
    const { operation, domain, control, limits } = evidence;
    if (!limits && control.n < minControl) {
      return evidence === busiest ? [grows('latency', control.n, minControl, operation)] : [];
    }
    if (levelOf(findings, 'latency_20', operation) === 'attention') return [never('latency', operation, domain.timed)];
    if (levelOf(findings, 'latency_50', operation) === 'fine') return [];
    const need = callsToProveBelow(domain.slow50, domain.timed, SLOW_SHARE);
    if (need === null) return [never('latency', operation, domain.timed)];
    return [grows('latency', domain.timed, Math.max(MIN_TIMED, need, domain.timed + 1), operation)];
  });
}

const never = (what: What, operation: string, have: number): Missing => ({
  what,
  operation,
  have,
  need: have,
  etaMs: null,
});

const mostCalls = (operations: readonly OperationEvidence[], calls: (evidence: OperationEvidence) => number) =>
  operations.reduce<OperationEvidence | undefined>(
    (most, evidence) => (most && calls(most) >= calls(evidence) ? most : evidence),
    undefined,
  );

const unclear = (operations: readonly OperationEvidence[], rules: EvidenceRules): Missing[] =>
  operations
    .filter((evidence) => successIsUnclear(evidence, rules))
    .map(({ operation }) => lasting('approval', 0, 1, operation));

/** More errors than allowed is not missing evidence: no approval replaces it. */
const worseThanAllowed = (findings: readonly Finding[]): Missing[] =>
  findings
    .filter(({ metric, level }) => metric === 'error_rate' && level === 'attention')
    .map(({ operation, n }) => never('error_proof', operation, n));

function missingShare({ share: { domain, drawn, expectedBps } }: StageEvidence): Missing[] {
  if (shareIsPlausible(domain, drawn, expectedBps)) return [];
  return [{ what: 'share', have: domain / drawn, need: expectedBps / BUCKETS, etaMs: null }];
}

/** Numbers of the group as a whole, not of one of its operations. */
const WHOLE_GROUP = '*';

/**
 * The verdict on a stage that bakes for `bakeMs` milliseconds: `rollback` when something is proven to be worse than
 * allowed, `promote` when all evidence is there, `hold` with the list of what is missing otherwise. Each operation is
 * judged by itself and the worst one decides: pooled, a different mix of slow and fast operations looks like a slower
 * path. The tests hold however often they are repeated (`provenAbove`), so there is no fixed window to wait for.
 */
export function judge(evidence: StageEvidence, rules: EvidenceRules, bakeMs: number): Verdict {
  const findings = [
    ...mismatch(evidence),
    ...domainShare(evidence),
    ...evidence.operations.flatMap((operation) => operationFindings(operation, rules)),
  ];
  if (findings.some(({ level }) => level === 'rollback'))
    return { action: 'rollback', attention: true, findings, missing: [] };
  const missing = missingEvidence(evidence, rules, bakeMs, findings);
  const attention = findings.some(({ level }) => level === 'attention');
  return { action: missing.length === 0 ? 'promote' : 'hold', attention, findings, missing };
}

/** A confirmed difference between the paths needs no statistics: the first one decides. */
function mismatch({ comparisons, mismatches }: StageEvidence): Finding[] {
  if (comparisons === 0 && mismatches === 0) return [];
  const n = Math.max(comparisons, mismatches);
  return [
    {
      metric: 'mismatch',
      operation: WHOLE_GROUP,
      value: mismatches / n,
      limit: 0,
      n,
      interval: wilson(mismatches, n),
      level: mismatches > 0 ? 'rollback' : 'fine',
    },
  ];
}

function domainShare({ share: { domain, drawn, expectedBps } }: StageEvidence): Finding[] {
  if (drawn === 0) return [];
  const level = shareIsPlausible(domain, drawn, expectedBps) ? 'fine' : 'attention';
  const value = domain / drawn;
  const limit = expectedBps / BUCKETS;
  return [{ metric: 'share', operation: WHOLE_GROUP, value, limit, n: drawn, interval: wilson(domain, drawn), level }];
}
