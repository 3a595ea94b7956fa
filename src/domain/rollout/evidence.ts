/** Counts of the calls of one operation on one path during the present stage; integers, so that instances add up. */
export interface CallCounts {
  /** Attempts: `ok + reject + failure`. */
  readonly n: number;
  readonly ok: number;
  /** Refusals (404, 409, 400): answers, not failures. */
  readonly reject: number;
  readonly failure: number;
  /** Failures of the domain path that legacy answered instead; always 0 on the legacy path. */
  readonly fallback: number;
}

/** The same counts, with the durations compared with the limits of the control. */
export interface ArmCounts extends CallCounts {
  /** Attempts that did not fail and whose duration is known; 0 while there are no limits. */
  readonly timed: number;
  /** Of `timed`: slower than 1.2 × the control's P95. */
  readonly slow20: number;
  /** Of `timed`: slower than 1.5 × the control's P95. */
  readonly slow50: number;
}

export interface OperationEvidence {
  readonly operation: string;
  readonly effect: 'read' | 'write';
  /** Calls the plan sent to the domain path; forced and drilled calls never count. */
  readonly domain: ArmCounts;
  /** The concurrent cohort of equal size that stayed on the legacy path as control. */
  readonly control: ArmCounts;
  /** Limits taken from the control's calls of the same time; absent until it has enough of them. */
  readonly limits?: LatencyLimits;
}

/** `P95_domain > 1.5 × P95_control` ⇔ more than 5 % of domain calls are slower than `ms50`. */
export interface LatencyLimits {
  readonly ms20: number;
  readonly ms50: number;
  /** Control calls they were taken from. */
  readonly n: number;
}

/** All evidence of a stage. */
export interface StageEvidence {
  readonly operations: readonly OperationEvidence[];
  /** Milliseconds this stage has been active; pauses do not count. */
  readonly activeMs: number;
  /** Comparisons of both paths' answers, and how many confirmed differences they found. */
  readonly comparisons: number;
  readonly mismatches: number;
  /** Judged calls whose bucket lies in the cohort, of all calls the plan drew, and the basis points that should. */
  readonly share: { readonly domain: number; readonly drawn: number; readonly expectedBps: number };
  /** Instances that confirmed the present revision, of all that live. */
  readonly instances: { readonly confirmed: number; readonly alive: number };
  /** A person's reason to continue although evidence is missing. */
  readonly approval?: string;
}

export interface EvidenceRules {
  /** A quiet group cannot collect statistics: it waits for an approval instead of calls and latency. */
  readonly kind: 'busy' | 'quiet';
  /** Domain calls per group before a promotion. */
  readonly minCalls: number;
  /** Comparisons of both paths per group before a promotion; 0 for groups without reads. */
  readonly minComparisons: number;
  /** Control calls from which an operation's latency limits are frozen. */
  readonly minControl: number;
  /** Roll back when proven above; shares of 1. */
  readonly errorRate: number;
  /** Attention when proven above; a promotion needs proof of being below. */
  readonly attentionErrorRate: number;
}

/** One judged number. */
export interface Finding {
  readonly metric: 'error_rate' | 'success_rate' | 'latency_50' | 'latency_20' | 'mismatch' | 'share';
  /** `*` for a number of the whole group. */
  readonly operation: string;
  readonly value: number;
  readonly limit: number;
  readonly n: number;
  /** 95 % interval of the value. */
  readonly interval: readonly [number, number];
  /** What the number proves: the wrong side of a limit, the right side of it (`fine`), or nothing yet (`open`). */
  readonly level: 'rollback' | 'attention' | 'open' | 'fine';
}

/** Evidence that is still missing for a promotion. */
export interface Missing {
  readonly what: 'bake' | 'calls' | 'error_proof' | 'latency' | 'comparisons' | 'share' | 'instances' | 'approval';
  readonly operation?: string;
  readonly have: number;
  readonly need: number;
  /** Milliseconds until it is complete at the present pace; null when the pace is zero or time does not bring it. */
  readonly etaMs: number | null;
}

/** The verdict on the evidence: missing evidence never leads to a promotion or a rollback. */
export interface Verdict {
  readonly action: 'rollback' | 'hold' | 'promote';
  /** Whether a person should look, whatever the action. */
  readonly attention: boolean;
  readonly findings: readonly Finding[];
  readonly missing: readonly Missing[];
}
