import type { AlertEvent, AlertInput, RuleDecision } from '../../../src/domain/alerts/alert-input';
import { AlertRule } from '../../../src/domain/alerts/alert-rule';
import { type KnownCamera, type RuleState, begin, dueOf, stepRule } from '../../../src/domain/alerts/rule-state';
import { type WatchedRule, watched } from '../../../src/domain/alerts/watched-rule';
import type { JsonObject } from '../../../src/domain/shared/json';

/** A Monday. */
export const START = Date.UTC(2026, 0, 5);

export function ruleOf(rule_type: string, conditions: JsonObject, more: JsonObject = {}, since = START): WatchedRule {
  const rule = AlertRule.register({ name: 'rule', rule_type, conditions, camera_id: 'cam', ...more }, new Date(since));
  const found = watched(rule);
  if (!found) throw new Error('it is not watched');
  return found;
}

export const eventOf = (more: Partial<AlertEvent> = {}): AlertEvent => ({
  cameraId: 'cam',
  type: 'NO_HAIRNET_AT_SINK',
  trackId: null,
  violation: 'no_hairnet',
  label: undefined,
  ...more,
});

const CONDITIONS = { d: 'down', u: 'up', x: 'unwanted' } as const;

/** `e10` an event after 10 s, `e10#3` of track 3, `d10` the camera goes down, `u10` up, `x10` unwanted, `t10` time. */
function inputOf(word: string, start: number): AlertInput {
  const [, kind = '', seconds = '', track] = /^([eduxt])([\d.]+)(?:#(\d+))?$/.exec(word) ?? [];
  const at = start + Number(seconds) * 1_000;
  if (kind === 'e') return { kind: 'event', at, event: eventOf({ trackId: track ? Number(track) : null }) };
  if (kind === 'd' || kind === 'u' || kind === 'x') return { kind: 'camera', at, condition: CONDITIONS[kind] };
  if (kind === 't') return { kind: 'time', at };
  throw new Error(`no input: ${word}`);
}

const shown = ({ kind, at, details }: RuleDecision, start: number): string =>
  `${kind}${kind === 'summary' ? `(${String(details.suppressed)})` : ''}@${(at - start) / 1_000}`;

/** What a rule decides, e.g. `alert@20 summary(3)@320`. The state goes through JSON after every input. */
export function play(rule: WatchedRule, inputs: string, start = START, camera?: KnownCamera): string {
  let state = begin(rule, camera);
  const told: string[] = [];
  for (const word of inputs.split(' ').filter(Boolean)) {
    const [next, decisions] = stepRule(rule, JSON.parse(JSON.stringify(state)) as RuleState, inputOf(word, start));
    state = next;
    told.push(...decisions.map((decision) => shown(decision, start)));
  }
  const due = dueOf(rule, state);
  if (due !== null && Number.isNaN(due)) throw new Error('it is due at no time');
  return told.join(' ');
}
