import type { Alert } from '../../domain/alerts/alert';
import { AlertRule, type AlertRuleRepository } from '../../domain/alerts/alert-rule';
import type { AlertText } from '../../domain/alerts/alert-wording';
import type { Delivery, DeliveryStatus } from '../../domain/alerts/delivery';
import { RuleEvaluation } from '../../domain/alerts/rule-evaluation';
import type { KnownCamera } from '../../domain/alerts/rule-state';
import { type WatchedRule, watched } from '../../domain/alerts/watched-rule';
import { DomainError, isAnswer } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import { HOUR_MS } from '../../domain/shared/time';
import type { Clock } from '../shared/log';
import { type AlertFeed, type ConditionChange, inOrder } from './alert-evaluator';
import { type AlertArchive, noSuchRule } from './alert-rule-service';
import type { AlertView } from './alert-views';
import type { AlertRuleKey, Listed, Page } from './alerts-port';
import type { Attempt } from './delivery-worker';

interface AlertKey {
  readonly alert_id: number;
}

interface Handling extends AlertKey {
  readonly by?: string | null;
  readonly note?: string | null;
}

interface ManyHandled extends Omit<Handling, 'alert_id'> {
  readonly alert_ids: readonly number[];
}

/** What became of one of many. */
export interface HandlingOutcome {
  readonly id: number;
  readonly ok: boolean;
  /** As it is stored now; null where it was not changed. */
  readonly alert: AlertView | null;
  /** Why it was not changed; null where it was. */
  readonly code: string | null;
  readonly detail: string | null;
}

interface ManyOutcome {
  readonly ok: boolean;
  readonly results: readonly HandlingOutcome[];
}

interface DeliveryKey {
  readonly delivery_id: number;
}

export interface DeliveryQuery extends Page {
  readonly status?: string;
  readonly alert_id?: number;
}

/** The delivery of one notice to one target. */
export interface DeliveryView {
  readonly id: number;
  readonly alert_id: number;
  readonly channel: string;
  /** Null: what is configured for the channel. Secret parts of an address are masked. */
  readonly target: string | null;
  readonly status: DeliveryStatus;
  readonly idempotency_key: string;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
  readonly next_attempt_at: string | null;
  readonly created_at: string;
  readonly delivered_at: string | null;
}

/** The alerts that the rule would have raised. */
export interface TrialView {
  readonly from: string;
  readonly to: string;
  readonly events: number;
  readonly count: number;
  readonly total: number;
  readonly alerts: readonly {
    readonly camera_id: string;
    readonly alert_type: string;
    readonly timestamp: string;
    readonly message: string;
    readonly details: JsonObject;
  }[];
}

export interface DryRunView extends TrialView {
  readonly rule_id: number;
}

/** The fields of a rule, and how many hours back it is tried. */
type RuleTrial = JsonObject & { readonly hours: number };

const BATCH = 5_000;

interface DryRun {
  /** How many events were evaluated. */
  readonly events: number;
  readonly alerts: readonly AlertText[];
}

/**
 * The alerts that a rule would have raised between two moments, over stored events, by the evaluation that also runs
 * live.
 */
async function dryRun(feed: AlertFeed, rule: WatchedRule, from: number, to: number): Promise<DryRun> {
  // Counts and cooldowns at the beginning of the period may have begun before it.
  const start = from - rule.durationMs - rule.cooldownMs;
  const known = await feed.storedCameraChanges(to);
  const before = known.filter(({ at }) => at < start);
  const cameras = new Map(
    before.map((c): [string, KnownCamera] => [c.cameraId, { condition: c.condition, since: c.at }]),
  );
  const evaluation = new RuleEvaluation(cameras);
  evaluation.follow([{ ...rule, since: Math.max(start, Math.min(rule.since, from)) }]);
  let changes: readonly ConditionChange[] = known.filter(({ at }) => at >= start);
  const alerts: AlertText[] = [];
  let seen = 0;
  for (let after = 0, more = true; more; ) {
    const events = await feed.stored({ after, from: start, to, cameraId: rule.cameraId }, BATCH);
    more = events.length === BATCH;
    const last = events.at(-1);
    const due = more && last ? changes.filter(({ at }) => at <= last.at) : changes;
    changes = changes.slice(due.length);
    for (const input of inOrder(events, due)) {
      const raised =
        'event' in input
          ? evaluation.event(input.at, input.event)
          : evaluation.camera(input.at, input.cameraId, input.condition);
      alerts.push(...raised);
    }
    seen += events.filter(({ at }) => at >= from).length;
    after = last?.seq ?? after;
  }
  alerts.push(...evaluation.time({ events: to, cameras: Math.min(to, (await feed.ends()).watchedUntil) }));
  return { events: seen, alerts: alerts.filter(({ at }) => at.getTime() >= from) };
}

const MOST_SHOWN = 1_000;

/** Deliveries, for administration. */
export interface DeliveryArchive {
  page(query: DeliveryQuery): Promise<Listed<DeliveryView>>;
  /**
   * Applies `decide` to the delivery under a lock, so that no other change comes between; undefined for an unknown id.
   */
  change(id: number, decide: (delivery: Delivery) => Delivery): Promise<DeliveryView | undefined>;
}

export class AlertHandlingService {
  constructor(
    private readonly rules: AlertRuleRepository,
    private readonly archive: AlertArchive,
    private readonly outbox: DeliveryArchive,
    private readonly feed: AlertFeed,
    private readonly clock: Clock,
  ) {}

  async test({ rule_id, hours }: AlertRuleKey & { hours: number }): Promise<DryRunView> {
    const rule = await this.rules.get(rule_id);
    if (!rule) throw noSuchRule(rule_id);
    return { rule_id, ...(await this.tried(rule, hours)) };
  }

  /** A rule that is not stored: what it would have told is seen before it can tell anybody. Throws `alert_rule.invalid`. */
  async tryOut({ hours, ...fields }: RuleTrial): Promise<TrialView> {
    return this.tried(AlertRule.register(fields, this.clock()), hours);
  }

  private async tried(rule: AlertRule, hours: number): Promise<TrialView> {
    // A dry run also evaluates a rule that is disabled.
    const candidate = watched(rule.enabled ? rule : rule.change({ enabled: true }, rule.updatedAt));
    if (!candidate) throw new DomainError('alert_rule.unknown_type', 'Only the old backend knew this type of rule.');
    const to = this.clock().getTime();
    const from = to - hours * HOUR_MS;
    const { events, alerts } = await dryRun(this.feed, candidate, from, to);
    const shown = alerts.slice(0, MOST_SHOWN).map(({ cameraId, type, at, message, details }) => ({
      camera_id: cameraId,
      alert_type: type,
      timestamp: at.toISOString(),
      message,
      details,
    }));
    const [since, until] = [new Date(from).toISOString(), new Date(to).toISOString()];
    return { from: since, to: until, events, count: shown.length, total: alerts.length, alerts: shown };
  }

  acknowledge({ alert_id, by = null, note = null }: Handling) {
    const now = this.clock();
    return this.handle(alert_id, (alert) => alert.acknowledge({ by, note }, now));
  }

  /** Each is acknowledged on its own: one that cannot be does not hold back the others. */
  async acknowledgeMany({ alert_ids: ids, ...by }: ManyHandled): Promise<ManyOutcome> {
    const results: HandlingOutcome[] = [];
    for (const id of new Set(ids)) results.push(await this.outcome(id, by));
    return { ok: results.every(({ ok }) => ok), results };
  }

  private async outcome(id: number, by: Omit<Handling, 'alert_id'>): Promise<HandlingOutcome> {
    try {
      return { id, ok: true, alert: await this.acknowledge({ alert_id: id, ...by }), code: null, detail: null };
    } catch (error) {
      if (!isAnswer(error)) throw error;
      return { id, ok: false, alert: null, code: error.code, detail: error.message };
    }
  }

  resolve({ alert_id, by = null, note = null }: Handling) {
    const now = this.clock();
    return this.handle(alert_id, (alert) => alert.resolve({ by, note }, now));
  }

  deliveries(query: DeliveryQuery) {
    return this.outbox.page(query);
  }

  async replay({ delivery_id }: DeliveryKey) {
    const revived = await this.outbox.change(delivery_id, (delivery) => delivery.revive());
    if (revived) return revived;
    throw new DomainError('alert_delivery.not_found', `There is no delivery ${delivery_id}.`, {
      params: { id: delivery_id },
    });
  }

  private async handle(id: number, decide: (alert: Alert) => Alert): Promise<AlertView> {
    const handled = await this.archive.change(id, decide);
    if (handled) return handled;
    throw new DomainError('alert.not_found', `There is no alert ${id}.`, { params: { id } });
  }
}
