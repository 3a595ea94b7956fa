import type { AlertEvent, CameraCondition } from '../../domain/alerts/alert-input';
import type { AlertRule } from '../../domain/alerts/alert-rule';
import type { AlertText } from '../../domain/alerts/alert-wording';
import { RuleEvaluation, type StoredRuleState } from '../../domain/alerts/rule-evaluation';
import type { KnownCamera } from '../../domain/alerts/rule-state';
import { type WatchedRule, watched } from '../../domain/alerts/watched-rule';
import { DAY_MS } from '../../domain/shared/time';
import type { Clock, Log } from '../shared/log';
import { type DeliveryTarget, deliveryTargetsOf } from './alert-channel';

/** The rules in force in this process. */
export class ActiveRules {
  private version = 0;
  private all: readonly WatchedRule[] = [];

  /** Increases whenever the rules change. */
  get revision(): number {
    return this.version;
  }

  get rules(): readonly WatchedRule[] {
    return this.all;
  }

  install(rules: readonly AlertRule[]): void {
    this.all = rules.flatMap((rule) => watched(rule) ?? []);
    this.version += 1;
  }
}

/** An event in the order of ingestion; `at` in milliseconds since 1970. */
export interface FedEvent {
  readonly seq: number;
  readonly at: number;
  readonly event: AlertEvent;
}

/** A camera whose process started running, failed, or is no longer wanted. */
export interface ConditionChange {
  readonly seq: number;
  readonly at: number;
  readonly cameraId: string;
  readonly condition: CameraCondition;
}

/** The events of a dry run: after a sequence number, within a time, of one camera or of all. */
export interface StoredSpan {
  readonly after: number;
  readonly from: number;
  readonly to: number;
  readonly cameraId: string | undefined;
}

/** Newest sequence numbers; `watchedUntil`: up to when the camera changes are complete, in milliseconds since 1970. */
export interface FeedEnds {
  readonly events: number;
  readonly cameraChanges: number;
  readonly watchedUntil: number;
}

/** Everything the rules are evaluated over. */
export interface AlertFeed {
  ends(): Promise<FeedEnds>;
  events(after: number, limit: number): Promise<FedEvent[]>;
  stored(span: StoredSpan, limit: number): Promise<FedEvent[]>;
  cameraChanges(after: number, limit: number): Promise<ConditionChange[]>;
  /** All up to a time, oldest first. */
  storedCameraChanges(to: number): Promise<ConditionChange[]>;
}

/** Merged by time, each list in its own order; at the same moment the camera change comes first. */
export function inOrder(
  events: readonly FedEvent[],
  changes: readonly ConditionChange[],
): (FedEvent | ConditionChange)[] {
  const merged: (FedEvent | ConditionChange)[] = [];
  let next = 0;
  for (const event of events) {
    for (let change = changes[next]; change && change.at <= event.at; change = changes[++next]) merged.push(change);
    merged.push(event);
  }
  return [...merged, ...changes.slice(next)];
}

/** How far the rules were evaluated. */
export interface EvaluationCursor {
  /** Increases by one with every stored step. */
  readonly version: number;
  readonly eventSeq: number;
  readonly cameraSeq: number;
  /** Up to when time was evaluated, in milliseconds since 1970. */
  readonly evaluated: number;
}

/** One step of the evaluation: stored completely or not at all. */
export interface EvaluationStep {
  readonly to: EvaluationCursor;
  readonly changed: readonly StoredRuleState[];
  readonly deleted: readonly StoredRuleState[];
  readonly alerts: readonly { readonly alert: AlertText; readonly notices: readonly DeliveryTarget[] }[];
}

export interface EvaluationStart {
  readonly cursor: EvaluationCursor;
  readonly states: readonly StoredRuleState[];
  readonly cameras: ReadonlyMap<string, KnownCamera>;
}

export interface EvaluationStore {
  load(): Promise<EvaluationStart>;
  /** False when another evaluator stored a step in between: this one's state is out of date, and nothing was stored. */
  commit(step: EvaluationStep): Promise<boolean>;
}

const BATCH = 1_000;
/** Longer than the idle pause of the loop that calls `run`. */
const SOON_MS = 20_000;
/** The cursor is stored this often when there is nothing else to store: a start continues from there. */
const IDLE_COMMIT_MS = 15_000;

export interface EvaluatorPace {
  /** How long an event may take from the camera to the table before its absence counts, in milliseconds. */
  readonly lateMs: number;
  /** Time after a start before absence counts: events of the time before are still being ingested. */
  readonly catchUpMs: number;
}
const EVALUATOR_PACE: EvaluatorPace = { lateMs: 5_000, catchUpMs: 10_000 };

/** Clocks of cameras may be wrong by this much; an event further in the future would hold up everything after it. */
const TIMELY_AHEAD_MS = 300_000;

interface Running {
  readonly evaluation: RuleEvaluation;
  readonly since: number;
  cursor: EvaluationCursor;
  revision: number;
}

/**
 * Reads new events, steps the rules, and stores the decisions together with the cursor: killed at any moment, it
 * continues from the last stored step. Of all services of a site one evaluates at a time.
 */
export class AlertEvaluator {
  private leads = false;
  private running?: Running;

  constructor(
    private readonly feed: AlertFeed,
    private readonly store: EvaluationStore,
    private readonly active: ActiveRules,
    /** Brings the active rules up to date. */
    private readonly refresh: () => Promise<void>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly pace: EvaluatorPace = EVALUATOR_PACE,
  ) {}

  async take(): Promise<void> {
    this.leads = true;
  }

  async leave(): Promise<void> {
    this.leads = false;
    delete this.running;
  }

  /** Whether this service evaluates, and time alone decides nothing soon. */
  get isIdle(): boolean {
    return this.running !== undefined && this.running.evaluation.nextDue() > this.clock().getTime() + SOON_MS;
  }

  /** Evaluates everything that is new; nothing while another service evaluates. */
  async run(): Promise<void> {
    for (let more = true; more && this.leads; ) {
      this.running ??= await this.begin();
      more = await this.round(this.running);
    }
  }

  /** Continues where the last evaluation ended. */
  private async begin(): Promise<Running> {
    const { cursor, states, cameras } = await this.store.load();
    const now = this.clock().getTime();
    // A time in the future was stored while the clock was wrong.
    const known = [...cameras].map(([id, c]) => [id, { ...c, since: Math.min(c.since, now) }] as const);
    const evaluation = new RuleEvaluation(new Map(known), states);
    const { revision } = this.active;
    evaluation.follow(this.active.rules);
    return { evaluation, cursor, revision, since: now };
  }

  private async round(now: Running): Promise<boolean> {
    const { evaluation, cursor } = now;
    const ends = await this.feed.ends();
    const [events, changes] = await Promise.all([
      ends.events > cursor.eventSeq ? this.feed.events(cursor.eventSeq, BATCH) : [],
      ends.cameraChanges > cursor.cameraSeq ? this.feed.cameraChanges(cursor.cameraSeq, BATCH) : [],
    ]);
    this.startAnewAfterWrongClock(now);
    // Rules are refreshed after the events are read: a rule that was made before an event happened is evaluated for it.
    // Where only time passed, the periodic refresh is enough.
    if (events.length > 0 || changes.length > 0) await this.refresh();
    if (now.revision !== this.active.revision) {
      now.revision = this.active.revision;
      evaluation.follow(this.active.rules);
    }
    const more = events.length === BATCH || changes.length === BATCH;
    const raised = this.feedAll(evaluation, inOrder(events, changes));
    const evaluated = more ? cursor.evaluated : this.until(now);
    if (!more) raised.push(...evaluation.time({ events: evaluated, cameras: ends.watchedUntil }));
    const to = {
      version: cursor.version + 1,
      eventSeq: events.at(-1)?.seq ?? cursor.eventSeq,
      cameraSeq: changes.at(-1)?.seq ?? cursor.cameraSeq,
      evaluated,
    };
    return (await this.keep(now, to, raised)) && more;
  }

  /** Never later than now: what was evaluated while the clock was ahead is evaluated again. */
  private until({ since, cursor }: Running): number {
    const now = this.clock().getTime();
    if (now - since < this.pace.catchUpMs) return Math.min(now, cursor.evaluated);
    return Math.min(now, Math.max(cursor.evaluated, now - this.pace.lateMs));
  }

  /** Rules that counted in the future would be silent, or alert at every event, until that time comes. */
  private startAnewAfterWrongClock({ evaluation, cursor }: Running): void {
    if (cursor.evaluated <= this.clock().getTime() + TIMELY_AHEAD_MS) return;
    this.log.warn('the clock was ahead: the rules begin to count anew', { evaluated: new Date(cursor.evaluated) });
    evaluation.startAnew(this.active.rules);
  }

  private feedAll(evaluation: RuleEvaluation, inputs: readonly (FedEvent | ConditionChange)[]): AlertText[] {
    const now = this.clock().getTime();
    return inputs.flatMap((input) => {
      if (!('event' in input)) return evaluation.camera(input.at, input.cameraId, input.condition);
      return isTimely(input.at, now) ? evaluation.event(input.at, input.event) : [];
    });
  }

  /** After any failure here, the next round begins from what is stored: `drain` has emptied the changes in memory. */
  private async keep(now: Running, to: EvaluationCursor, raised: readonly AlertText[]): Promise<boolean> {
    const { changed, deleted } = now.evaluation.drain();
    const read = to.eventSeq !== now.cursor.eventSeq || to.cameraSeq !== now.cursor.cameraSeq;
    const idle = !read && changed.length === 0 && deleted.length === 0 && raised.length === 0;
    if (idle && Math.abs(to.evaluated - now.cursor.evaluated) < IDLE_COMMIT_MS) return false;
    const byId = new Map(this.active.rules.map((rule) => [rule.id, rule]));
    const alerts = raised.map((alert) => {
      const rule = byId.get(alert.ruleId);
      return { alert, notices: rule ? deliveryTargetsOf(rule) : [] };
    });
    delete this.running;
    if (!(await this.store.commit({ to, changed, deleted, alerts }))) {
      this.log.warn('another service evaluates the alert rules as well; this one reads again');
      return false;
    }
    now.cursor = to;
    if (this.leads) this.running = now;
    return true;
  }
}

/** An alert about yesterday is of no use. */
const isTimely = (at: number, now: number): boolean => at > now - DAY_MS && at < now + TIMELY_AHEAD_MS;
