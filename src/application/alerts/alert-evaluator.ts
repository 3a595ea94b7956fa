import type { WordedAlert } from '../../domain/alerts/alert-wording';
import { RuleEvaluation } from '../../domain/alerts/rule-evaluation';
import type { Clock, Log } from '../shared/log';
import { type AlertFeed, type CameraChange, type FedEvent, inOrder } from './alert-feed';
import type { EvaluationCursor, EvaluationStore } from './evaluation-store';
import { noticesOf } from './notices';
import type { RuleBook } from './rule-book';

const BATCH = 1_000;
const DAY_MS = 86_400_000;
/** Longer than whoever repeats this rests meanwhile. */
const SOON_MS = 20_000;
/** How far the evaluation got is stored this often where nothing else is to be stored: a start goes on from there. */
const IDLE_COMMIT_MS = 15_000;

export interface EvaluatorPace {
  /** How long an event may take from the camera to the table before its absence counts, in milliseconds. */
  readonly lateMs: number;
  /** How long after a start absence does not count yet: what happened meanwhile is still to be taken in. */
  readonly catchUpMs: number;
}
export const EVALUATOR_PACE: EvaluatorPace = { lateMs: 5_000, catchUpMs: 10_000 };

/** Clocks of cameras may be wrong by this much; an event from further in the future would hold up everything after it. */
const TIMELY_AHEAD_MS = 300_000;

interface Running {
  readonly evaluation: RuleEvaluation;
  readonly since: number;
  cursor: EvaluationCursor;
  revision: number;
}

/**
 * Reads what happened, steps the rules, and stores what they decided together with how far it read: killed at any
 * moment, it goes on where it was. Of all services of a site one evaluates at a time.
 */
export class AlertEvaluator {
  private leads = false;
  private running?: Running;

  constructor(
    private readonly feed: AlertFeed,
    private readonly store: EvaluationStore,
    private readonly book: RuleBook,
    /** Brings the book up to date. */
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

  /** Takes in everything there is; nothing while another service evaluates. */
  async run(): Promise<void> {
    for (let more = true; more && this.leads; ) {
      this.running ??= await this.begin();
      more = await this.round(this.running);
    }
  }

  /** Where the last evaluation ended. */
  private async begin(): Promise<Running> {
    const { cursor, states, cameras } = await this.store.load();
    const now = this.clock().getTime();
    // A time that is still to come was noted while the clock was wrong.
    const known = [...cameras].map(([id, c]) => [id, { ...c, since: Math.min(c.since, now) }] as const);
    const evaluation = new RuleEvaluation(new Map(known), states);
    const { revision } = this.book;
    evaluation.follow(this.book.rules);
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
    // Looked at after the events: a rule that was made before an event happened is asked about it. Time alone can wait for
    // whoever keeps the book up to date anyway.
    if (events.length > 0 || changes.length > 0) await this.refresh();
    if (now.revision !== this.book.revision) {
      now.revision = this.book.revision;
      evaluation.follow(this.book.rules);
    }
    const more = events.length === BATCH || changes.length === BATCH;
    const told = this.feedAll(evaluation, inOrder(events, changes));
    const evaluated = more ? cursor.evaluated : this.until(now);
    if (!more) told.push(...evaluation.time({ events: evaluated, cameras: ends.watchedUntil }));
    const to = {
      version: cursor.version + 1,
      eventSeq: events.at(-1)?.seq ?? cursor.eventSeq,
      cameraSeq: changes.at(-1)?.seq ?? cursor.cameraSeq,
      evaluated,
    };
    return (await this.keep(now, to, told)) && more;
  }

  /** Never later than now: what was evaluated while the clock was ahead is evaluated again. */
  private until({ since, cursor }: Running): number {
    const now = this.clock().getTime();
    if (now - since < this.pace.catchUpMs) return Math.min(now, cursor.evaluated);
    return Math.min(now, Math.max(cursor.evaluated, now - this.pace.lateMs));
  }

  /** Rules that counted in a time that has not come yet would be silent, or alert at every event, until it comes. */
  private startAnewAfterWrongClock({ evaluation, cursor }: Running): void {
    if (cursor.evaluated <= this.clock().getTime() + TIMELY_AHEAD_MS) return;
    this.log.warn('the clock was ahead: the rules begin to count anew', { evaluated: new Date(cursor.evaluated) });
    evaluation.startAnew(this.book.rules);
  }

  private feedAll(evaluation: RuleEvaluation, inputs: readonly (FedEvent | CameraChange)[]): WordedAlert[] {
    const now = this.clock().getTime();
    return inputs.flatMap((input) => {
      if (!('event' in input)) return evaluation.camera(input.at, input.cameraId, input.condition);
      return isTimely(input.at, now) ? evaluation.event(input.at, input.event) : [];
    });
  }

  /** Whatever goes wrong here, the next round begins from what is stored: what was drained is not drained again. */
  private async keep(now: Running, to: EvaluationCursor, told: readonly WordedAlert[]): Promise<boolean> {
    const { changed, gone } = now.evaluation.drain();
    const read = to.eventSeq !== now.cursor.eventSeq || to.cameraSeq !== now.cursor.cameraSeq;
    const idle = !read && changed.length === 0 && gone.length === 0 && told.length === 0;
    if (idle && Math.abs(to.evaluated - now.cursor.evaluated) < IDLE_COMMIT_MS) return false;
    const byId = new Map(this.book.rules.map((rule) => [rule.id, rule]));
    const alerts = told.map((alert) => {
      const rule = byId.get(alert.ruleId);
      return { alert, notices: rule ? noticesOf(rule) : [] };
    });
    delete this.running;
    if (!(await this.store.commit({ to, changed, gone, alerts }))) {
      this.log.warn('another service evaluates the alert rules as well; this one reads again');
      return false;
    }
    now.cursor = to;
    if (this.leads) this.running = now;
    return true;
  }
}

/** An alert about yesterday helps nobody. */
export const isTimely = (at: number, now: number): boolean => at > now - DAY_MS && at < now + TIMELY_AHEAD_MS;
