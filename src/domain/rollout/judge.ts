import { BUCKETS } from './bucket';
import type { EvidenceRules, Finding, StageEvidence, Verdict } from './evidence';
import { missingEvidence } from './missing-evidence';
import { operationFindings } from './operation-findings';
import { shareIsPlausible, wilson } from './proportion';

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
    ...share(evidence),
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

function share({ share: { domain, drawn, expectedBps } }: StageEvidence): Finding[] {
  if (drawn === 0) return [];
  const level = shareIsPlausible(domain, drawn, expectedBps) ? 'fine' : 'attention';
  const value = domain / drawn;
  const limit = expectedBps / BUCKETS;
  return [{ metric: 'share', operation: WHOLE_GROUP, value, limit, n: drawn, interval: wilson(domain, drawn), level }];
}
