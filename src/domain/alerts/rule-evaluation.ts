import type { AlertEvent, AlertInput, CameraCondition } from './alert-input';
import { type AlertText, formatAlert } from './alert-wording';
import { type KnownCamera, type RuleState, begin, dueOf, stepRule } from './rule-state';
import type { WatchedRule } from './watched-rule';

const ANY = '*';
const VIOLATION = 'violation';

/** Finds the rules for an event by its camera and type, at a cost that does not grow with the number of other rules. */
export class RuleIndex {
  private readonly byCamera = new Map<string, Map<string, WatchedRule[]>>();

  constructor(readonly rules: readonly WatchedRule[]) {
    for (const rule of rules.filter((r) => r.type !== 'camera_down')) {
      const camera = rule.cameraId ?? ANY;
      const byKey = this.byCamera.get(camera) ?? new Map<string, WatchedRule[]>();
      this.byCamera.set(camera, byKey);
      for (const key of keysOf(rule)) byKey.set(key, [...(byKey.get(key) ?? []), rule]);
    }
  }

  /** Every rule that the event concerns, each once. */
  matching(event: AlertEvent): WatchedRule[] {
    const found: WatchedRule[] = [];
    for (const camera of [event.cameraId, ANY]) {
      const byKey = this.byCamera.get(camera);
      if (!byKey) continue;
      const { type, label, violation } = event;
      add(found, byKey.get(`type:${type}`), event);
      // Already found by its type where type and label are equal.
      if (label !== undefined && label !== type) add(found, byKey.get(`type:${label}`), event);
      if (violation !== undefined) add(found, byKey.get(`${VIOLATION}:${violation}`), event);
      if (violation !== undefined) add(found, byKey.get(VIOLATION), event);
      add(found, byKey.get(ANY), event);
    }
    return found;
  }
}

function add(found: WatchedRule[], rules: readonly WatchedRule[] | undefined, event: AlertEvent): void {
  for (const rule of rules ?? []) {
    const { violationType, labels } = rule;
    if (violationType !== undefined && violationType !== event.violation) continue;
    // A rule may name both the type of an event and its label.
    const twice = labels.size > 1 && event.label !== undefined && event.label !== event.type && found.includes(rule);
    if (!twice) found.push(rule);
  }
}

/** Index keys of a rule: the event types it names, else the violation type, else the kind of event. */
function keysOf({ labels, violationType, type }: WatchedRule): string[] {
  if (labels.size > 0) return [...labels].map((label) => `type:${label}`);
  if (violationType !== undefined) return [`${VIOLATION}:${violationType}`];
  return [type === 'no_detection' ? ANY : VIOLATION];
}

/** The stored state of a rule for one camera. */
export interface StoredRuleState {
  readonly ruleId: number;
  readonly cameraId: string;
  readonly fingerprint: string;
  readonly state: RuleState;
}

/** The state for one camera that all of these rules of a group have. */
interface Scope {
  rules: WatchedRule[];
  readonly cameraId: string;
  state: RuleState;
}

/**
 * Rules that count the same: an event steps them once. A rule that was made later counts for itself at first, and joins
 * the others of its group as soon as its state has become theirs.
 */
class RuleGroup {
  readonly rules: WatchedRule[] = [];
  readonly byCamera = new Map<string, Scope[]>();

  add(scope: Scope): void {
    const scopes = this.byCamera.get(scope.cameraId);
    if (scopes) scopes.push(scope);
    else this.byCamera.set(scope.cameraId, [scope]);
  }

  /** Every rule has a state for a camera that another of the group has one for. */
  complete(begun: (cameraId: string) => RuleState): void {
    for (const [cameraId, scopes] of this.byCamera) {
      const known = new Set(scopes.flatMap(({ rules }) => rules.map(({ id }) => id)));
      const rules = this.rules.filter(({ id }) => !known.has(id));
      if (rules.length > 0) scopes.push({ rules, cameraId, state: begun(cameraId) });
    }
  }

  /** Rules of equal states share one; answers the scopes that are no more. */
  join(cameraId: string): Map<Scope, Scope> {
    const joined = new Map<Scope, Scope>();
    const scopes = this.byCamera.get(cameraId) ?? [];
    if (scopes.length < 2) return joined;
    const byState = new Map<string, Scope>();
    for (const scope of scopes) {
      const key = JSON.stringify(scope.state);
      const same = byState.get(key);
      if (same) joined.set(scope, same);
      else byState.set(key, scope);
    }
    for (const [scope, same] of joined) for (const rule of scope.rules) same.rules.push(rule);
    this.byCamera.set(cameraId, [...byState.values()]);
    return joined;
  }
}

/** Up to when events, and condition changes of cameras, are completely known. Milliseconds since 1970. */
interface Known {
  readonly events: number;
  readonly cameras: number;
}

/** All rules and their states. Live evaluation and dry run both use it, fed in the same order. */
export class RuleEvaluation {
  private index = new RuleIndex([]);
  private rules: readonly WatchedRule[] = [];
  private groups = new Map<string, RuleGroup>();
  private readonly changed = new Set<Scope>();
  private deleted: StoredRuleState[] = [];

  /** `kept`: states stored by an earlier evaluation; they are used once the rules are known. */
  constructor(
    private readonly cameras: Map<string, KnownCamera> = new Map(),
    private kept: readonly StoredRuleState[] = [],
  ) {}

  /** Replaces the rules in force. States counted under the same conditions are kept, all others start anew. */
  follow(rules: readonly WatchedRule[]): void {
    const [before, kept] = [this.all(), this.kept];
    this.group(rules);
    this.kept = [];
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    for (const old of kept) {
      const rule = byId.get(old.ruleId);
      if (rule && isOf(old, rule)) this.put({ rules: [rule], cameraId: old.cameraId, state: old.state });
      else this.deleted.push(old);
    }
    for (const scope of before) this.refollow(scope, byId);
    for (const group of this.groups.values()) {
      const [rule] = group.rules;
      if (rule && watchesTime(rule)) this.beginWatch(rule);
      else if (rule) group.complete((cameraId) => begin(rule, this.cameras.get(cameraId)));
      for (const cameraId of group.byCamera.keys()) this.join(group, cameraId);
    }
  }

  /** Discards all states and starts anew. */
  startAnew(rules: readonly WatchedRule[]): void {
    this.deleted.push(...this.all().flatMap(keep));
    this.groups.clear();
    this.changed.clear();
    this.follow(rules);
  }

  event(at: number, event: AlertEvent): AlertText[] {
    const raised: AlertText[] = [];
    const input = { kind: 'event', at, event } as const;
    for (const rule of this.index.matching(event)) {
      // Events are expected only of a camera that the rule watches.
      if (rule.type === 'no_detection' && !this.groups.get(groupOf(rule))?.byCamera.has(event.cameraId)) continue;
      for (const scope of this.scopes(rule, event.cameraId)) this.feed(scope, input, raised);
    }
    return raised;
  }

  camera(at: number, cameraId: string, condition: CameraCondition): AlertText[] {
    const raised: AlertText[] = [];
    const input = { kind: 'camera', at, condition } as const;
    for (const rule of this.rules.filter(watchesTime)) {
      if (rule.cameraId !== undefined && rule.cameraId !== cameraId) continue;
      for (const scope of this.scopes(rule, cameraId)) this.feed(scope, input, raised);
    }
    this.cameras.set(cameraId, { condition, since: at });
    return raised;
  }

  /** When time alone decides something next, in milliseconds since 1970; infinity: no rule waits for time. */
  nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const scope of this.all()) next = Math.min(next, due(scope) ?? next);
    return next;
  }

  /** Everything that time alone decides, in the order in which it was due. */
  time(known: Known): AlertText[] {
    const raised: AlertText[] = [];
    for (const scope of this.all()) {
      const at = scope.state.of === 'camera_down' ? known.cameras : known.events;
      const when = due(scope);
      if (when !== null && when <= at) this.feed(scope, { kind: 'time', at }, raised);
    }
    return raised.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** The states to store and to delete since the last call. */
  drain(): { readonly changed: StoredRuleState[]; readonly deleted: StoredRuleState[] } {
    const [scopes, { deleted }] = [[...this.changed], this];
    const changed = scopes.flatMap(keep);
    this.changed.clear();
    this.deleted = [];
    for (const { rules, cameraId } of scopes) {
      const group = rules[0] && this.groups.get(groupOf(rules[0]));
      if (group) this.join(group, cameraId);
    }
    return { changed, deleted };
  }

  private group(rules: readonly WatchedRule[]): void {
    this.rules = rules;
    this.groups = new Map();
    for (const rule of rules) {
      const group = this.groups.get(groupOf(rule)) ?? new RuleGroup();
      this.groups.set(groupOf(rule), group);
      group.rules.push(rule);
    }
    this.index = new RuleIndex([...this.groups.values()].flatMap((group) => group.rules.slice(0, 1)));
  }

  private all(): Scope[] {
    return [...this.groups.values()].flatMap((group) => [...group.byCamera.values()].flat());
  }

  private refollow(scope: Scope, byId: ReadonlyMap<number, WatchedRule>): void {
    const [old, rules] = [keep(scope), [] as WatchedRule[]];
    for (const state of old) {
      const rule = byId.get(state.ruleId);
      if (rule && isOf(state, rule)) rules.push(rule);
      else this.deleted.push(state);
    }
    scope.rules = rules;
    if (rules.length > 0) this.put(scope);
    else this.changed.delete(scope);
  }

  private beginWatch(rule: WatchedRule): void {
    if (rule.cameraId !== undefined) this.scopes(rule, rule.cameraId);
    else for (const cameraId of this.cameras.keys()) this.scopes(rule, cameraId);
  }

  /** The states for a camera of all the rules of this one's group. */
  private scopes(rule: WatchedRule, cameraId: string): readonly Scope[] {
    const group = this.groups.get(groupOf(rule));
    const known = group?.byCamera.get(cameraId);
    if (known) return known;
    const rules = group ? [...group.rules] : [rule];
    const scope = { rules, cameraId, state: begin(rule, this.cameras.get(cameraId)) };
    this.put(scope);
    this.changed.add(scope);
    return [scope];
  }

  private put(scope: Scope): void {
    const [rule] = scope.rules;
    if (rule) this.groups.get(groupOf(rule))?.add(scope);
  }

  /** What is still to be stored of a scope is stored with the one that it joins. */
  private join(group: RuleGroup, cameraId: string): void {
    for (const [scope, same] of group.join(cameraId)) if (this.changed.delete(scope)) this.changed.add(same);
  }

  private feed(scope: Scope, input: AlertInput, raised: AlertText[]): void {
    const [rule] = scope.rules;
    if (!rule) return;
    const [state, decisions] = stepRule(rule, scope.state, input);
    if (state !== scope.state) this.changed.add(scope);
    scope.state = state;
    for (const decision of decisions)
      for (const each of scope.rules) raised.push(formatAlert(each, scope.cameraId, decision));
  }
}

/** Whether a state was counted under the present conditions of the rule. */
const isOf = ({ fingerprint, state }: StoredRuleState, rule: WatchedRule): boolean =>
  rule.fingerprint === fingerprint && rule.type === state.of;
const watchesTime = ({ type }: WatchedRule): boolean => type === 'no_detection' || type === 'camera_down';
/** What only events decide depends on the conditions alone; what time decides, also on when the rule was made. */
const groupOf = (rule: WatchedRule): string =>
  watchesTime(rule) ? `${rule.fingerprint} ${rule.id}` : rule.fingerprint;
const due = ({ rules: [rule], state }: Scope): number | null => (rule ? dueOf(rule, state) : null);
const keep = ({ rules, cameraId, state }: Scope): StoredRuleState[] =>
  rules.map(({ id, fingerprint }) => ({ ruleId: id, cameraId, fingerprint, state }));
