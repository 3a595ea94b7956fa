import { type DetectorSettings, attentionSettings, rollbackSettings } from './detector';
import type { EvidenceRules, Finding, LatencyLimits, OperationEvidence } from './evidence';
import { provenAbove, provenBelow, wilson } from './proportion';

/** Error of one proof that rolls back: 480 of them in a complete rollout stay below 0.5 %. */
const ROLLBACK_ALPHA = 1e-5;
const ATTENTION_ALPHA = 1e-4;

/** A P95 is worse than a limit exactly when more than 5 % of the calls are slower than it. */
export const SLOW_SHARE = 0.05;
/**
 * Looser than for errors: it is the error of a path at +50 % exactly, and the limit is an upper bound of the control's
 * P95 already. Identical code has so few calls above it that it is further away than errors of 1 % are from 5 %.
 */
const SLOW_ALPHA = 5e-3;
/** A few rates near the limit: a path three times slower has about 14 % above it. */
const SLOW_ALTERNATIVES = [0.1, 0.2];
/** Timed calls and control calls below which a P95 is not said to be fine. */
export const MIN_TIMED = 200;
const MIN_TIMED_FOR_20 = 1000;

const SLOW: DetectorSettings = { acceptable: SLOW_SHARE, alternatives: SLOW_ALTERNATIVES, callsPerFalseAlarm: 1e5 };

/** Standard deviations each interval takes before two paths count as different, however often somebody looks. */
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

/** Whether the concurrent control provably fails less often than `rate`, so that the clients are not to blame. */
const controlSucceeds = ({ control }: OperationEvidence, rate: number): boolean =>
  provenBelow(control.n - control.ok, control.n, rate);

/** Too few successes, and nothing shows that the old code would do better with the same clients. */
export const successIsUnclear = (evidence: OperationEvidence, rules: EvidenceRules): boolean =>
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
  // Clients that ask for what is not there would otherwise keep the attention lit for ever.
  if (rare && controlSucceeds(evidence, rules.attentionErrorRate)) return { ...found, limit, level: 'attention' };
  return { ...found, limit, level: provenBelow(n - ok, n, rules.attentionErrorRate) ? 'fine' : 'open' };
}

/** Only a domain path that is slower than its concurrent control is to blame, not one that is slow beside a slow control. */
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
export function operationFindings(evidence: OperationEvidence, rules: EvidenceRules): Finding[] {
  const { domain, limits } = evidence;
  if (domain.n === 0) return [];
  const rates = [errorRate(evidence, rules), successRate(evidence, rules)];
  return limits && domain.timed > 0 ? [...rates, ...latency(evidence, limits)] : rates;
}
