import type { JsonObject } from '../shared/json';
import { type RuleDecision, iso } from './alert-input';
import type { WatchedRule } from './watched-rule';

/** An alert as people read it. */
export interface AlertText {
  readonly ruleId: number;
  readonly cameraId: string;
  readonly type: string;
  readonly at: Date;
  readonly message: string;
  readonly details: JsonObject;
}

/** Formats a decision as an alert. */
export function formatAlert(rule: WatchedRule, cameraId: string, { kind, at, details }: RuleDecision): AlertText {
  const { name, priority } = rule.rule;
  const about = { kind, rule_name: name, priority, ...details };
  const message = sentence(rule, cameraId, kind, details);
  return { ruleId: rule.id, cameraId, type: rule.type, at: new Date(at), message, details: about };
}

/** An alert is sent at most once per key: the same decision, made again after a crash, has the same key. */
export const decisionKey = ({ ruleId, cameraId, details, at }: AlertText): string =>
  `${ruleId}/${cameraId}/${String(details.kind)}/${iso(at.getTime())}`;

function sentence(rule: WatchedRule, camera: string, kind: RuleDecision['kind'], details: JsonObject): string {
  const what = rule.violationType ?? (rule.labels.size > 0 ? [...rule.labels].join(', ') : '');
  const events = what || (rule.type === 'no_detection' ? 'events' : 'violations');
  switch (kind) {
    case 'summary':
      return `${String(details.suppressed)} more: ${events} at ${camera} during the ${span(rule.cooldownMs)} after the alert`;
    case 'recovery':
      return rule.type === 'camera_down' ? `Camera ${camera} runs again` : `${events} are seen again at ${camera}`;
    case 'alert':
      return alertSentence(rule, camera, events, details);
  }
}

function alertSentence(rule: WatchedRule, camera: string, events: string, details: JsonObject): string {
  switch (rule.type) {
    case 'violation_threshold':
      return `${String(details.count)} ${events} at ${camera} within ${span(rule.durationMs)}`;
    case 'continuous_violation':
      return `${events} at ${camera} for ${span(rule.durationMs)}, seen ${String(details.count)} times`;
    case 'no_detection':
      return `No ${events} at ${camera} for ${span(rule.durationMs)}`;
    case 'camera_down':
      return `Camera ${camera} has not been running for ${span(rule.durationMs)}`;
  }
}

const span = (ms: number): string => (ms % 60_000 === 0 && ms > 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`);
