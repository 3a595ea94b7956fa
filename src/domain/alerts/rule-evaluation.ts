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

interface Scope {
  rule: WatchedRule;
  readonly cameraId: string;
  state: RuleState;
}

/** Up to when events, and condition changes of cameras, are completely known. Milliseconds since 1970. */
interface Known {
  readonly events: number;
  readonly cameras: number;
}

/** All rules and their states. Live evaluation and dry run both use it, fed in the same order. */
export class RuleEvaluation {
  private index = new RuleIndex([]);
  /** By rule, then by camera. */
  private readonly scopes = new Map<number, Map<string, Scope>>();
  private readonly changed = new Set<Scope>();
  private deleted: StoredRuleState[] = [];

  /** `kept`: states stored by an earlier evaluation; they are used once the rules are known. */
  constructor(
    private readonly cameras: Map<string, KnownCamera> = new Map(),
    private kept: readonly StoredRuleState[] = [],
  ) {}

  /** Replaces the rules in force. States counted under the same conditions are kept, all others start anew. */
  follow(rules: readonly WatchedRule[]): void {
    this.index = new RuleIndex(rules);
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    for (const old of this.kept) {
      const rule = byId.get(old.ruleId);
      if (rule && isOf(old, rule)) this.put({ rule, cameraId: old.cameraId, state: old.state });
      else this.deleted.push(old);
    }
    this.kept = [];
    for (const scope of this.all()) this.refollow(scope, byId.get(scope.rule.id));
    for (const rule of rules.filter(watchesTime)) {
      if (rule.cameraId !== undefined) this.scope(rule, rule.cameraId);
      else for (const cameraId of this.cameras.keys()) this.scope(rule, cameraId);
    }
  }

  /** Discards all states and starts anew. */
  startAnew(rules: readonly WatchedRule[]): void {
    this.deleted.push(...this.all().map(keep));
    this.scopes.clear();
    this.changed.clear();
    this.follow(rules);
  }

  event(at: number, event: AlertEvent): AlertText[] {
    const raised: AlertText[] = [];
    const input = { kind: 'event', at, event } as const;
    for (const rule of this.index.matching(event)) {
      // Events are expected only of a camera that the rule watches.
      if (rule.type === 'no_detection' && !this.scopes.get(rule.id)?.has(event.cameraId)) continue;
      this.feed(this.scope(rule, event.cameraId), input, raised);
    }
    return raised;
  }

  camera(at: number, cameraId: string, condition: CameraCondition): AlertText[] {
    const raised: AlertText[] = [];
    const input = { kind: 'camera', at, condition } as const;
    for (const rule of this.index.rules.filter(watchesTime)) {
      if (rule.cameraId === undefined || rule.cameraId === cameraId)
        this.feed(this.scope(rule, cameraId), input, raised);
    }
    this.cameras.set(cameraId, { condition, since: at });
    return raised;
  }

  /** When time alone decides something next, in milliseconds since 1970; infinity: no rule waits for time. */
  nextDue(): number {
    return Math.min(...this.all().map(({ rule, state }) => dueOf(rule, state) ?? Number.POSITIVE_INFINITY));
  }

  /** Everything that time alone decides, in the order in which it was due. */
  time(known: Known): AlertText[] {
    const raised: AlertText[] = [];
    for (const scope of this.all()) {
      const at = scope.rule.type === 'camera_down' ? known.cameras : known.events;
      const due = dueOf(scope.rule, scope.state);
      if (due !== null && due <= at) this.feed(scope, { kind: 'time', at }, raised);
    }
    return raised.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** The states to store and to delete since the last call. */
  drain(): { readonly changed: StoredRuleState[]; readonly deleted: StoredRuleState[] } {
    const [changed, { deleted }] = [[...this.changed].map(keep), this];
    this.changed.clear();
    this.deleted = [];
    return { changed, deleted: deleted };
  }

  private all(): Scope[] {
    return [...this.scopes.values()].flatMap((byCamera) => [...byCamera.values()]);
  }

  private refollow(scope: Scope, rule: WatchedRule | undefined): void {
    const old = keep(scope);
    if (rule && isOf(old, rule)) {
      scope.rule = rule;
      return;
    }
    this.scopes.get(old.ruleId)?.delete(old.cameraId);
    this.changed.delete(scope);
    this.deleted.push(old);
  }

  private scope(rule: WatchedRule, cameraId: string): Scope {
    const known = this.scopes.get(rule.id)?.get(cameraId);
    if (known) return known;
    const scope = this.put({ rule, cameraId, state: begin(rule, this.cameras.get(cameraId)) });
    this.changed.add(scope);
    return scope;
  }

  private put(scope: Scope): Scope {
    const byCamera = this.scopes.get(scope.rule.id) ?? new Map<string, Scope>();
    this.scopes.set(scope.rule.id, byCamera.set(scope.cameraId, scope));
    return scope;
  }

  private feed(scope: Scope, input: AlertInput, raised: AlertText[]): void {
    const [state, decisions] = stepRule(scope.rule, scope.state, input);
    if (state !== scope.state) this.changed.add(scope);
    scope.state = state;
    for (const decision of decisions) raised.push(formatAlert(scope.rule, scope.cameraId, decision));
  }
}

/** Whether a state was counted under the present conditions of the rule. */
const isOf = ({ fingerprint, state }: StoredRuleState, rule: WatchedRule): boolean =>
  rule.fingerprint === fingerprint && rule.type === state.of;
const watchesTime = ({ type }: WatchedRule): boolean => type === 'no_detection' || type === 'camera_down';
const keep = ({ rule, cameraId, state }: Scope): StoredRuleState => ({
  ruleId: rule.id,
  cameraId,
  fingerprint: rule.fingerprint,
  state,
});
