import { randomUUID } from 'node:crypto';
import type { DeliveryTarget } from '../../src/application/alerts/alert-channel';
import type {
  AlertFeed,
  ConditionChange,
  EvaluationCursor,
  EvaluationStart,
  EvaluationStep,
  EvaluationStore,
  FedEvent,
  FeedEnds,
  StoredSpan,
} from '../../src/application/alerts/alert-evaluator';
import type { DeliveryArchive, DeliveryQuery, DeliveryView } from '../../src/application/alerts/alert-handling-service';
import type { AlertArchive } from '../../src/application/alerts/alert-rule-service';
import type { AlertView } from '../../src/application/alerts/alert-views';
import type { AlertQuery } from '../../src/application/alerts/alerts-port';
import type { CameraChangeStore, NotedChange } from '../../src/application/alerts/camera-watch';
import type { Attempt, Busy, Claim, DeliveryQueue, Settlement } from '../../src/application/alerts/delivery-worker';
import type { SiteWatchStore, WatchStep, Watched } from '../../src/application/alerts/site-watch';
import type { Clock } from '../../src/application/shared/log';
import { Alert } from '../../src/domain/alerts/alert';
import { webOrigin } from '../../src/domain/alerts/alert-recipients';
import { AlertRule, type AlertRuleFilter, type AlertRuleRepository } from '../../src/domain/alerts/alert-rule';
import { type AlertText, decisionKey } from '../../src/domain/alerts/alert-wording';
import { type InstanceHealth, NO_PARTS } from '../../src/domain/alerts/component-health';
import { Delivery } from '../../src/domain/alerts/delivery';
import type { StoredRuleState } from '../../src/domain/alerts/rule-evaluation';
import type { KnownCamera } from '../../src/domain/alerts/rule-state';
import { type ViolationTypes, violationTypeOf } from '../../src/domain/shared/event';
import { WHOLE_SITE } from '../../src/domain/shared/site-notice';
import { utcTime } from '../../src/domain/shared/time';
import type { EventRows } from './in-memory-events';

const LEASE_MS = 60_000;
const FRESH_MS = 30_000;
const DAY_MS = 86_400_000;

/** As it is after it was stored as JSON. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

type DeliveryRow = Omit<DeliveryView, 'target' | 'attempts' | 'next_attempt_at'> & {
  target: string;
  attempts: readonly Attempt[];
  /** How often it was claimed. */
  claims: number;
  nextAttemptAt: number;
  lease: string | undefined;
  leasedUntil: number;
};

type Told = Pick<AlertText, 'cameraId' | 'type' | 'at' | 'message' | 'details'> & {
  readonly key: string;
  readonly ruleId: number | null;
  readonly notices: readonly DeliveryTarget[];
};

/** The tables of the alerts: what was told, the outbox, and what the cameras' processes did. */
export class AlertRows {
  rules: readonly AlertRule[] = [];
  readonly alerts: AlertView[] = [];
  readonly deliveries: DeliveryRow[] = [];
  readonly cameraChanges: ConditionChange[] = [];
  watchedUntil = 0;
  private readonly keys = new Set<string>();

  constructor(readonly clock: Clock) {}

  /** What has the same key was told before, and is not told again. */
  record(alerts: readonly Told[]): void {
    for (const { key, ruleId, cameraId, type, at, message, details, notices } of alerts) {
      if (this.keys.has(key)) continue;
      this.keys.add(key);
      const about = { rule_id: ruleId, camera_id: cameraId, alert_type: type, timestamp: at.toISOString() };
      const id = this.add({ ...about, message, details: stored(details) });
      const targets = new Map(notices.map((notice) => [`${notice.channel} ${notice.target}`, notice]));
      for (const notice of targets.values()) this.queue(id, notice);
    }
  }

  add(told: Pick<AlertView, 'rule_id' | 'camera_id' | 'alert_type' | 'timestamp' | 'message' | 'details'>): number {
    const id = this.alerts.length + 1;
    this.alerts.push({
      id,
      ...told,
      notification_sent: false,
      notification_channels_used: null,
      status: 'open',
      acknowledged_at: null,
      acknowledged_by: null,
      resolved_at: null,
      resolved_by: null,
      note: null,
    });
    return id;
  }

  put(alert: AlertView): void {
    this.alerts[alert.id - 1] = alert;
  }

  private queue(alert_id: number, { channel, target }: DeliveryTarget): void {
    const now = this.clock();
    this.deliveries.push({
      id: this.deliveries.length + 1,
      alert_id,
      channel,
      target,
      status: 'queued',
      idempotency_key: randomUUID(),
      attempts: [],
      claims: 0,
      nextAttemptAt: now.getTime(),
      created_at: now.toISOString(),
      delivered_at: null,
      lease: undefined,
      leasedUntil: 0,
    });
  }
}

const pageOf = <T>(all: readonly T[], { limit, offset }: { readonly limit: number; readonly offset: number }) => {
  const items = all.slice(offset, offset + limit);
  return { count: items.length, total: all.length, items };
};

/** Alert rules without a database. */
export class InMemoryAlertRules implements AlertRuleRepository {
  private last = 0;

  constructor(private readonly rows: AlertRows) {}

  async page({ cameraId, enabled }: AlertRuleFilter, limit: number, offset: number) {
    const found = this.rows.rules
      .filter((rule) => cameraId === undefined || rule.cameraId === cameraId)
      .filter((rule) => enabled === undefined || rule.enabled === enabled)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || b.id - a.id);
    const { items: rules, total } = pageOf(found, { limit, offset });
    return { rules, total };
  }

  async get(id: number): Promise<AlertRule | undefined> {
    return this.rows.rules.find((rule) => rule.id === id);
  }

  async all(): Promise<AlertRule[]> {
    return [...this.rows.rules];
  }

  async add({ fields, createdAt, updatedAt }: AlertRule): Promise<number> {
    this.last += 1;
    this.rows.rules = [...this.rows.rules, AlertRule.restore(this.last, fields, createdAt, updatedAt)];
    return this.last;
  }

  async change(id: number, decide: (rule: AlertRule) => AlertRule): Promise<AlertRule | undefined> {
    const before = this.rows.rules.find((rule) => rule.id === id);
    const after = before && decide(before);
    if (after) this.rows.rules = this.rows.rules.map((rule) => (rule.id === id ? after : rule));
    return after;
  }

  async remove(id: number): Promise<boolean> {
    const before = this.rows.rules.length;
    this.rows.rules = this.rows.rules.filter((rule) => rule.id !== id);
    return this.rows.rules.length < before;
  }
}

/** What was told, without a database. */
export class InMemoryAlertArchive implements AlertArchive {
  constructor(private readonly rows: AlertRows) {}

  async page({ camera_id, alert_type, status, from, to, ...page }: AlertQuery) {
    const found = this.rows.alerts
      .filter((alert) => camera_id === undefined || alert.camera_id === camera_id)
      .filter((alert) => alert_type === undefined || alert.alert_type === alert_type)
      .filter((alert) => status === undefined || alert.status === status)
      .filter((alert) => from === undefined || Date.parse(alert.timestamp) >= utcTime(from))
      .filter((alert) => to === undefined || Date.parse(alert.timestamp) < utcTime(to))
      .sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp) || b.id - a.id);
    return pageOf(found, page);
  }

  async openOfToday(): Promise<number> {
    const from = this.rows.clock().getTime() - DAY_MS;
    return this.rows.alerts.filter(
      ({ timestamp, status, details }) =>
        Date.parse(timestamp) > from && status === 'open' && (details.kind ?? 'alert') === 'alert',
    ).length;
  }

  async change(id: number, decide: (alert: Alert) => Alert): Promise<AlertView | undefined> {
    const row = this.rows.alerts.find((alert) => alert.id === id);
    if (!row) return undefined;
    const { status, acknowledgedAt, acknowledgedBy, resolvedAt, resolvedBy, note } = decide(alertOf(row)).fields;
    const handled: AlertView = {
      ...row,
      status,
      acknowledged_at: acknowledgedAt?.toISOString() ?? null,
      acknowledged_by: acknowledgedBy,
      resolved_at: resolvedAt?.toISOString() ?? null,
      resolved_by: resolvedBy,
      note,
    };
    this.rows.put(handled);
    return handled;
  }
}

const dateOf = (time: string | null): Date | null => (time === null ? null : new Date(time));

const alertOf = ({ id, status, note, ...row }: AlertView): Alert =>
  Alert.restore({
    id,
    status,
    acknowledgedAt: dateOf(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: dateOf(row.resolved_at),
    resolvedBy: row.resolved_by,
    note,
  });

/** The outbox without a database. */
export class InMemoryDeliveries implements DeliveryQueue, DeliveryArchive {
  constructor(private readonly rows: AlertRows) {}

  async claim(limit: number, busy: Busy): Promise<Claim[]> {
    const [now, lease] = [this.now(), randomUUID()];
    const due = this.rows.deliveries
      .filter((row) => row.status === 'queued' && row.nextAttemptAt <= now && row.leasedUntil < now)
      .filter((row) => !(row.channel === 'webhook' && busy.hosts.includes(hostOf(row.target))))
      .filter((row) => !busy.rules.some((rule) => rule === this.alert(row.alert_id).rule_id))
      .sort((a, b) => a.nextAttemptAt - b.nextAttemptAt)
      .slice(0, limit);
    for (const row of due) Object.assign(row, { lease, leasedUntil: now + LEASE_MS, claims: row.claims + 1 });
    return due.sort((a, b) => a.id - b.id).map((row) => this.claimed(row, lease));
  }

  async settle({ id, lease }: Claim, attempt: Attempt, settlement: Settlement): Promise<void> {
    const row = this.rows.deliveries.find((one) => one.id === id && one.lease === lease);
    if (!row) return;
    const [now, delivered] = [this.rows.clock(), settlement.status === 'delivered'];
    Object.assign(row, {
      status: settlement.status,
      attempts: [...row.attempts, attempt],
      lease: undefined,
      leasedUntil: 0,
      nextAttemptAt: now.getTime() + settlement.waitMs,
      delivered_at: delivered ? now.toISOString() : null,
    });
    if (!delivered) return;
    const alert = this.alert(row.alert_id);
    const used = new Set([...(alert.notification_channels_used ?? []), row.channel]);
    this.rows.put({ ...alert, notification_sent: true, notification_channels_used: [...used] });
  }

  async page({ status, alert_id, ...page }: DeliveryQuery) {
    const found = this.rows.deliveries
      .filter((row) => status === undefined || row.status === status)
      .filter((row) => alert_id === undefined || row.alert_id === alert_id)
      .sort((a, b) => b.id - a.id);
    return pageOf(found.map(deliveryView), page);
  }

  async change(id: number, decide: (delivery: Delivery) => Delivery): Promise<DeliveryView | undefined> {
    const row = this.rows.deliveries.find((one) => one.id === id);
    if (!row) return undefined;
    const { status, attempts: claims, waitMs } = decide(Delivery.restore(id, row.status, row.claims));
    Object.assign(row, { status, claims, nextAttemptAt: this.now() + waitMs });
    return deliveryView(row);
  }

  private now(): number {
    return this.rows.clock().getTime();
  }

  private alert(id: number): AlertView {
    const alert = this.rows.alerts.find((one) => one.id === id);
    if (!alert) throw new Error(`a delivery of alert ${id}, which is not there`);
    return alert;
  }

  private claimed({ id, channel, target, idempotency_key, claims, alert_id }: DeliveryRow, lease: string): Claim {
    const { rule_id, camera_id, alert_type, timestamp, message, details } = this.alert(alert_id);
    const notice = { id: alert_id, rule_id, camera_id, alert_type, timestamp, message: message ?? '', details };
    const sent = { channel: channel as Claim['channel'], target, idempotencyKey: idempotency_key, notice };
    return { id, lease, attempts: claims, ...sent };
  }
}

const hostOf = (target: string): string => /^[a-z]+:\/\/([^/?#]+)/i.exec(target)?.[1]?.toLowerCase() ?? '';

const deliveryView = ({ claims: _, nextAttemptAt, lease: _l, leasedUntil: _u, ...row }: DeliveryRow): DeliveryView => ({
  ...row,
  target: row.target === '' ? null : webOrigin(row.target),
  next_attempt_at: row.status === 'queued' ? new Date(nextAttemptAt).toISOString() : null,
});

/** How far the rules were evaluated, without a database. */
export class InMemoryEvaluationStore implements EvaluationStore {
  private cursor: EvaluationCursor = { version: 0, eventSeq: 0, cameraSeq: 0, evaluated: 0 };
  private readonly states = new Map<string, StoredRuleState>();

  constructor(private readonly rows: AlertRows) {}

  async load(): Promise<EvaluationStart> {
    const cameras = this.rows.cameraChanges
      .filter(({ seq }) => seq <= this.cursor.cameraSeq)
      .map(({ cameraId, condition, at }): [string, KnownCamera] => [cameraId, { condition, since: at }]);
    return { cursor: this.cursor, states: stored([...this.states.values()]), cameras: new Map(cameras) };
  }

  async commit({ to, changed, deleted, alerts }: EvaluationStep): Promise<boolean> {
    if (to.version !== this.cursor.version + 1) return false;
    this.cursor = to;
    for (const state of deleted) this.states.delete(keyOf(state));
    for (const state of changed) this.states.set(keyOf(state), stored(state));
    this.rows.record(alerts.map(({ alert, notices }) => ({ ...alert, key: decisionKey(alert), notices })));
    return true;
  }
}

const keyOf = ({ ruleId, cameraId }: StoredRuleState): string => `${ruleId} ${cameraId}`;

/** Events of the site and changes of its cameras, without a database. */
export class InMemoryAlertFeed implements AlertFeed {
  constructor(
    private readonly rows: AlertRows,
    private readonly site: EventRows,
    private readonly violationTypes: ViolationTypes,
  ) {}

  async events(after: number, limit: number): Promise<FedEvent[]> {
    return this.fed()
      .filter(({ seq }) => seq > after)
      .slice(0, limit);
  }

  async stored({ after, from, to, cameraId }: StoredSpan, limit: number): Promise<FedEvent[]> {
    return this.fed()
      .filter(({ seq, at }) => seq > after && at >= from && at <= to)
      .filter(({ event }) => cameraId === undefined || event.cameraId === cameraId)
      .slice(0, limit);
  }

  async cameraChanges(after: number, limit: number): Promise<ConditionChange[]> {
    return this.rows.cameraChanges.filter(({ seq }) => seq > after).slice(0, limit);
  }

  async storedCameraChanges(to: number): Promise<ConditionChange[]> {
    return this.rows.cameraChanges.filter(({ at }) => at <= to);
  }

  async ends(): Promise<FeedEnds> {
    const { cameraChanges, watchedUntil } = this.rows;
    return { events: this.site.events.length, cameraChanges: cameraChanges.at(-1)?.seq ?? 0, watchedUntil };
  }

  private fed(): FedEvent[] {
    return this.site.events.map(({ cameraId, type, trackId, ts, evidence }, i) => ({
      seq: i + 1,
      at: Math.round(ts * 1_000),
      event: {
        cameraId,
        type,
        trackId,
        violation: violationTypeOf(type, this.violationTypes),
        label: typeof evidence?.label === 'string' ? evidence.label : undefined,
      },
    }));
  }
}

/** When cameras failed and came back, without a database. */
export class InMemoryCameraChanges implements CameraChangeStore {
  constructor(private readonly rows: AlertRows) {}

  async known() {
    const cameras = this.rows.cameraChanges.map(({ cameraId, condition, at }): [string, KnownCamera] => [
      cameraId,
      { condition, since: at },
    ]);
    return { cameras: new Map(cameras), until: this.rows.watchedUntil };
  }

  async note(changes: readonly NotedChange[], until: number): Promise<void> {
    const next = this.rows.cameraChanges.length + 1;
    this.rows.cameraChanges.push(...changes.map((change, i) => ({ seq: next + i, ...change })));
    this.rows.watchedUntil = until;
  }
}

/** What all services of a site share of its watch. */
export class SiteWatchRow<Rollout> {
  version = 0;
  readonly instances = new Map<string, { readonly sight: InstanceHealth; readonly at: number }>();
  watched: Watched<Rollout>;

  constructor(rollout: Rollout) {
    this.watched = { parts: NO_PARTS, rollout };
  }
}

/** The watch of the site without a database, as one of its services sees it. */
export class InMemorySiteWatch<Rollout> implements SiteWatchStore<Rollout> {
  constructor(
    private readonly rows: AlertRows,
    private readonly shared: SiteWatchRow<Rollout>,
    private readonly instance: string,
  ) {}

  async load() {
    return { version: this.shared.version, watched: stored(this.shared.watched) };
  }

  async instances(): Promise<InstanceHealth[]> {
    const from = this.rows.clock().getTime() - FRESH_MS;
    const fresh = [...this.shared.instances].filter(([, { at }]) => at > from);
    const nameOf = ([instance, { sight }]: (typeof fresh)[number]) => `${sight.service} ${instance}`;
    return fresh.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).map(([, { sight }]) => sight);
  }

  async publish(sight: InstanceHealth): Promise<void> {
    this.shared.instances.set(this.instance, { sight: stored(sight), at: this.rows.clock().getTime() });
  }

  async commit({ version, to, notices, by }: WatchStep<Rollout>): Promise<boolean> {
    if (version !== this.shared.version) return false;
    Object.assign(this.shared, { version: version + 1, watched: stored(to) });
    this.rows.record(
      notices.map(({ kind, priority, details, ...notice }) => ({
        ...notice,
        ruleId: null,
        cameraId: WHOLE_SITE,
        details: { kind, priority, ...details },
        notices: by,
      })),
    );
    return true;
  }
}
