import type { AlertEvent, AlertInput, CameraCondition } from './alert-input';
import { worded, type WordedAlert } from './alert-wording';
import { RuleIndex } from './rule-index';
import { begin, dueOf, type KnownCamera, type RuleState, step } from './rule-state';
import type { WatchedRule } from './watched-rule';

/** What a rule remembers of one camera, as it is stored. */
export interface KeptState {
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

/** Up to when everything is known: of the events, and of the cameras' processes. Milliseconds since 1970. */
export interface Known {
  readonly events: number;
  readonly cameras: number;
}

/** All rules and what they remember. Live evaluation and dry run are this, fed in the same order. */
export class RuleEvaluation {
  private index = new RuleIndex([]);
  /** By rule, then by camera. */
  private readonly scopes = new Map<number, Map<string, Scope>>();
  private readonly changed = new Set<Scope>();
  private gone: KeptState[] = [];

  /** `kept`: what an earlier evaluation stored; it counts once the rules are known. */
  constructor(
    private readonly cameras: Map<string, KnownCamera> = new Map(),
    private kept: readonly KeptState[] = [],
  ) {}

  /** From now on these rules. What was counted under the same conditions still counts, everything else begins anew. */
  follow(rules: readonly WatchedRule[]): void {
    this.index = new RuleIndex(rules);
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    for (const old of this.kept) {
      const rule = byId.get(old.ruleId);
      if (rule && isOf(old, rule)) this.put({ rule, cameraId: old.cameraId, state: old.state });
      else this.gone.push(old);
    }
    this.kept = [];
    for (const scope of this.all()) this.refollow(scope, byId.get(scope.rule.id));
    for (const rule of rules.filter(watchesTime)) {
      if (rule.cameraId !== undefined) this.scope(rule, rule.cameraId);
      else for (const cameraId of this.cameras.keys()) this.scope(rule, cameraId);
    }
  }

  /** As if nothing had been counted before. */
  startAnew(rules: readonly WatchedRule[]): void {
    this.gone.push(...this.all().map(keep));
    this.scopes.clear();
    this.changed.clear();
    this.follow(rules);
  }

  event(at: number, event: AlertEvent): WordedAlert[] {
    const told: WordedAlert[] = [];
    const input = { kind: 'event', at, event } as const;
    for (const rule of this.index.matching(event)) {
      // Nobody expects anything of a camera that is not watched.
      if (rule.type === 'no_detection' && !this.scopes.get(rule.id)?.has(event.cameraId)) continue;
      this.feed(this.scope(rule, event.cameraId), input, told);
    }
    return told;
  }

  camera(at: number, cameraId: string, condition: CameraCondition): WordedAlert[] {
    const told: WordedAlert[] = [];
    const input = { kind: 'camera', at, condition } as const;
    for (const rule of this.index.rules.filter(watchesTime)) {
      if (rule.cameraId === undefined || rule.cameraId === cameraId) this.feed(this.scope(rule, cameraId), input, told);
    }
    this.cameras.set(cameraId, { condition, since: at });
    return told;
  }

  /** When time alone decides something next, in milliseconds since 1970; infinity: nothing waits for that. */
  nextDue(): number {
    return Math.min(...this.all().map(({ rule, state }) => dueOf(rule, state) ?? Number.POSITIVE_INFINITY));
  }

  /** Everything that time alone decides, in the order in which it was due. */
  time(known: Known): WordedAlert[] {
    const told: WordedAlert[] = [];
    for (const scope of this.all()) {
      const at = scope.rule.type === 'camera_down' ? known.cameras : known.events;
      const due = dueOf(scope.rule, scope.state);
      if (due !== null && due <= at) this.feed(scope, { kind: 'time', at }, told);
    }
    return told.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** What has to be stored, and what has to be forgotten, since the last time. */
  drain(): { readonly changed: KeptState[]; readonly gone: KeptState[] } {
    const [changed, { gone }] = [[...this.changed].map(keep), this];
    this.changed.clear();
    this.gone = [];
    return { changed, gone };
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
    this.gone.push(old);
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

  private feed(scope: Scope, input: AlertInput, told: WordedAlert[]): void {
    const [state, decisions] = step(scope.rule, scope.state, input);
    if (state !== scope.state) this.changed.add(scope);
    scope.state = state;
    for (const decision of decisions) told.push(worded(scope.rule, scope.cameraId, decision));
  }
}

/** Whether what was counted was counted under the conditions of the rule as it is now. */
const isOf = ({ fingerprint, state }: KeptState, rule: WatchedRule): boolean =>
  rule.fingerprint === fingerprint && rule.type === state.of;
const watchesTime = ({ type }: WatchedRule): boolean => type === 'no_detection' || type === 'camera_down';
const keep = ({ rule, cameraId, state }: Scope): KeptState => ({
  ruleId: rule.id,
  cameraId,
  fingerprint: rule.fingerprint,
  state,
});
