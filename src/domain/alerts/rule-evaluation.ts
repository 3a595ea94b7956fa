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
  readonly rule: WatchedRule;
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
  private readonly scopes = new Map<string, Scope>();
  /** Keys of scopes. */
  private readonly changed = new Set<string>();
  private gone: KeptState[] = [];

  constructor(private readonly cameras: Map<string, KnownCamera> = new Map()) {}

  /** From now on these rules. What was kept under the same conditions still counts, everything else begins anew. */
  follow(rules: readonly WatchedRule[], kept: readonly KeptState[] = this.kept()): void {
    this.index = new RuleIndex(rules);
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    this.scopes.clear();
    for (const old of kept) {
      const rule = byId.get(old.ruleId);
      const valid = rule?.fingerprint === old.fingerprint && rule.type === old.state.of;
      if (valid) this.scopes.set(keyOf(rule, old.cameraId), { rule, cameraId: old.cameraId, state: old.state });
      else this.gone.push(old);
    }
    for (const rule of rules.filter(watchesTime)) {
      if (rule.cameraId !== undefined) this.scope(rule, rule.cameraId);
      else for (const cameraId of this.cameras.keys()) this.scope(rule, cameraId);
    }
  }

  event(at: number, event: AlertEvent): WordedAlert[] {
    const told: WordedAlert[] = [];
    const input = { kind: 'event', at, event } as const;
    for (const rule of this.index.matching(event)) {
      // Nobody expects anything of a camera that is not watched.
      if (rule.type === 'no_detection' && !this.scopes.has(keyOf(rule, event.cameraId))) continue;
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

  /** Everything that time alone decides, in the order in which it was due. */
  time(known: Known): WordedAlert[] {
    const told: WordedAlert[] = [];
    for (const scope of this.scopes.values()) {
      const at = scope.rule.type === 'camera_down' ? known.cameras : known.events;
      const due = dueOf(scope.rule, scope.state);
      if (due !== null && due <= at) this.feed(scope, { kind: 'time', at }, told);
    }
    return told.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** What has to be stored, and what has to be forgotten, since the last time. */
  drain(): { readonly changed: KeptState[]; readonly gone: KeptState[] } {
    const changed = [...this.changed].flatMap((key) => {
      const scope = this.scopes.get(key);
      return scope ? [keep(scope)] : [];
    });
    const { gone } = this;
    this.changed.clear();
    this.gone = [];
    return { changed, gone };
  }

  private kept(): KeptState[] {
    return [...this.scopes.values()].map(keep);
  }

  private scope(rule: WatchedRule, cameraId: string): Scope {
    const key = keyOf(rule, cameraId);
    const known = this.scopes.get(key);
    if (known) return known;
    const scope = { rule, cameraId, state: begin(rule, this.cameras.get(cameraId)) };
    this.scopes.set(key, scope);
    this.changed.add(key);
    return scope;
  }

  private feed(scope: Scope, input: AlertInput, told: WordedAlert[]): void {
    const [state, decisions] = step(scope.rule, scope.state, input);
    if (state !== scope.state) this.changed.add(keyOf(scope.rule, scope.cameraId));
    scope.state = state;
    for (const decision of decisions) told.push(worded(scope.rule, scope.cameraId, decision));
  }
}

const keyOf = ({ id }: WatchedRule, cameraId: string): string => `${id}/${cameraId}`;
const watchesTime = ({ type }: WatchedRule): boolean => type === 'no_detection' || type === 'camera_down';
const keep = ({ rule, cameraId, state }: Scope): KeptState => ({
  ruleId: rule.id,
  cameraId,
  fingerprint: rule.fingerprint,
  state,
});
