import { BUCKETS } from './bucket';
import type { EvidenceRules, Finding, Missing, OperationEvidence, StageEvidence, Verdict } from './evidence';
import { MIN_TIMED, SLOW_SHARE, operationFindings, successIsUnclear } from './operation-findings';
import { callsToProveBelow, shareIsPlausible, wilson } from './proportion';

type What = Missing['what'];

/** Statistics that a person's approval can stand in for, as long as nothing was proven to the contrary. */
const APPROVABLE: ReadonlySet<What> = new Set(['calls', 'error_proof', 'latency', 'comparisons', 'approval']);
/** What a quiet group cannot gather. */
const STATISTICS: ReadonlySet<What> = new Set(['calls', 'error_proof', 'latency']);

/** Evidence a promotion still waits for; empty when there is nothing left to wait for. Times in milliseconds. */
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

/** Evidence that comes with time, at the pace of the stage so far. */
const growing =
  (activeMs: number): Growing =>
  (what, have, need, operation) => {
    const etaMs = have >= need ? 0 : have > 0 ? Math.ceil(((need - have) * activeMs) / have) : null;
    return { what, ...(operation !== undefined && { operation }), have, need, etaMs };
  };

/** Evidence that does not come with time. */
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

/** More errors than allowed is no missing statistic: nobody can approve it away. */
const worseThanAllowed = (findings: readonly Finding[]): Missing[] =>
  findings
    .filter(({ metric, level }) => metric === 'error_rate' && level === 'attention')
    .map(({ operation, n }) => never('error_proof', operation, n));

function missingShare({ share: { domain, drawn, expectedBps } }: StageEvidence): Missing[] {
  if (shareIsPlausible(domain, drawn, expectedBps)) return [];
  return [{ what: 'share', have: domain / drawn, need: expectedBps / BUCKETS, etaMs: null }];
}

/** Numbers that belong to the group, not to one of its operations. */
const WHOLE_GROUP = '*';

/**
 * The verdict on a stage that bakes for `bakeMs` milliseconds: `rollback` when something is proven to be worse than
 * allowed, `promote` when every piece of evidence is there, `hold` with the list of what is missing otherwise. Each
 * operation is judged by itself and the worst one decides: pooled, a different mix of slow and fast operations looks
 * like a slower path. The tests hold however often they are asked (`provenAbove`), so there is no window to wait for.
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

/** A confirmed difference between the paths is no matter of statistics: the first one decides. */
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
