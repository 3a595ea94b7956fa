import { randomUUID } from 'node:crypto';
import type { AlertChannel, AlertNotice, OutgoingNotice } from '../../application/alerts/alert-channel';
import type { DeliveryArchive, DeliveryQuery, DeliveryView } from '../../application/alerts/alert-handling-service';
import type { Attempt, Busy, Claim, DeliveryQueue, Settlement } from '../../application/alerts/delivery-worker';
import { type Channel, webOrigin } from '../../domain/alerts/alert-recipients';
import { Delivery } from '../../domain/alerts/delivery';
import { HOUR_MS } from '../../domain/shared/time';
import type { Database } from './database';

/** Longer than a lane may need for all deliveries of one claim. */
const LEASE_SECONDS = 60;

/** The outbox in PostgreSQL. */
export class PgDeliveries implements DeliveryQueue, DeliveryArchive {
  constructor(private readonly database: Database) {}

  async claim(limit: number, { hosts, rules }: Busy): Promise<Claim[]> {
    const lease = randomUUID();
    const rows = await this.database.execute<ClaimRow>(CLAIM, [lease, limit, hosts, rules]);
    return rows.map(({ id, channel, target, idempotency_key, attempts, notice }) => ({
      id: Number(id),
      lease,
      channel,
      target,
      idempotencyKey: idempotency_key,
      attempts,
      notice: { ...notice, timestamp: new Date(notice.timestamp).toISOString() },
    }));
  }

  /** Does nothing when another claim has taken the lease meanwhile. */
  async settle({ id, lease }: Claim, attempt: Attempt, { status, waitMs }: Settlement): Promise<void> {
    await this.database.execute(SETTLE, [id, lease, status, JSON.stringify([attempt]), waitMs]);
  }

  async page({ status, alert_id, limit, offset }: DeliveryQuery) {
    const filter = [status ?? null, alert_id ?? null];
    const page = `SELECT ${DELIVERY_COLUMNS} FROM alert_deliveries ${MATCHING} ORDER BY id DESC LIMIT $3 OFFSET $4`;
    const [rows, counted] = await Promise.all([
      this.database.query<DeliveryRow>(page, [...filter, limit, offset]),
      this.database.query<{ total: string }>(`SELECT count(*) AS total FROM alert_deliveries ${MATCHING}`, filter),
    ]);
    return { count: rows.length, total: Number(counted[0]?.total ?? 0), items: rows.map(toView) };
  }

  change(id: number, decide: (delivery: Delivery) => Delivery): Promise<DeliveryView | undefined> {
    return this.database.transaction(async (sql) => {
      const select = 'SELECT status, attempts FROM alert_deliveries WHERE id = $1 FOR UPDATE';
      const [row] = await sql.query<Pick<Delivery, 'status' | 'attempts'>>(select, [id]);
      if (!row) return undefined;
      const { status, attempts, waitMs } = decide(Delivery.restore(id, row.status, row.attempts));
      const [changed] = await sql.query<DeliveryRow>(CHANGE, [id, status, attempts, waitMs]);
      await sql.query(`SELECT pg_notify('watchgate_wake', 'deliveries')`, []);
      return changed && toView(changed);
    });
  }
}

interface ClaimRow {
  readonly id: string;
  readonly channel: Channel;
  readonly target: string;
  readonly idempotency_key: string;
  readonly attempts: number;
  readonly notice: AlertNotice;
}

/** The content of a notice about an alert `a`. */
const NOTICE = `json_build_object(
  'id', a.id, 'rule_id', a.rule_id, 'camera_id', a.camera_id, 'alert_type', a.alert_type,
  'timestamp', a.timestamp, 'message', coalesce(a.message, ''), 'details', coalesce(a.details, '{}'))`;

const CLAIM = `
  WITH due AS (
    SELECT id FROM alert_deliveries q
     WHERE status = 'queued' AND next_attempt_at <= now() AND (leased_until IS NULL OR leased_until < now())
       AND NOT (channel = 'webhook' AND coalesce(lower(substring(target from '^[a-zA-Z]+://([^/?#]+)')), '') = ANY ($3))
       AND NOT EXISTS (SELECT FROM alert_history h WHERE h.id = q.alert_id AND h.rule_id = ANY ($4::int[]))
     ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE alert_deliveries d SET lease = $1, leased_until = now() + interval '${LEASE_SECONDS} seconds', attempts = attempts + 1
      FROM due WHERE d.id = due.id RETURNING d.*
  )
  SELECT c.id, c.channel, c.target, c.idempotency_key, c.attempts, ${NOTICE} AS notice
    FROM claimed c JOIN alert_history a ON a.id = c.alert_id ORDER BY c.id`;

const SETTLE = `
  WITH settled AS (
    UPDATE alert_deliveries
       SET status = $3, attempt_log = attempt_log || $4::jsonb, lease = NULL, leased_until = NULL,
           next_attempt_at = now() + $5::float8 * interval '1 millisecond',
           delivered_at = CASE WHEN $3 = 'delivered' THEN now() END
     WHERE id = $1 AND lease = $2 RETURNING alert_id, channel, status
  )
  UPDATE alert_history a
     SET notification_sent = true,
         notification_channels_used = CASE WHEN coalesce(a.notification_channels_used, '[]') ? s.channel
           THEN a.notification_channels_used ELSE coalesce(a.notification_channels_used, '[]') || to_jsonb(s.channel) END
    FROM settled s WHERE s.status = 'delivered' AND a.id = s.alert_id`;

interface DeliveryRow {
  readonly id: string;
  readonly alert_id: string;
  readonly channel: string;
  readonly target: string;
  readonly status: DeliveryView['status'];
  readonly idempotency_key: string;
  readonly attempt_log: readonly Attempt[];
  readonly next_attempt_at: Date;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
}

const DELIVERY_COLUMNS =
  'id, alert_id, channel, target, status, idempotency_key, attempt_log, next_attempt_at, created_at, delivered_at';
const CHANGE = `
  UPDATE alert_deliveries SET status = $2, attempts = $3, next_attempt_at = now() + $4::float8 * interval '1 millisecond'
   WHERE id = $1 RETURNING ${DELIVERY_COLUMNS}`;
const MATCHING = 'WHERE ($1::text IS NULL OR status = $1) AND ($2::bigint IS NULL OR alert_id = $2)';

const toView = (row: DeliveryRow): DeliveryView => ({
  id: Number(row.id),
  alert_id: Number(row.alert_id),
  channel: row.channel,
  target: masked(row.target),
  status: row.status,
  idempotency_key: row.idempotency_key,
  attempts: row.attempt_log,
  next_attempt_at: row.status === 'queued' ? row.next_attempt_at.toISOString() : null,
  created_at: row.created_at.toISOString(),
  delivered_at: row.delivered_at?.toISOString() ?? null,
});

const masked = (target: string): string | null => (target === '' ? null : webOrigin(target));

/** Carries an alert to every service of the site, each of which sends it to its own dashboards. */
export const ALERTS_CHANNEL = 'watchgate_alerts';

/** PostgreSQL accepts payloads of less than 8,000 bytes. */
const MOST_BYTES = 7_500;

/** After a longer gap the history has to be read instead. */
const MOST_MISSED = 500;
const MOST_MISSED_MS = HOUR_MS;
/** An announcement is stored as delivered a moment after it was made. */
const MARGIN_MS = 5_000;

/** The channel `websocket`. */
export class PgAnnouncer implements AlertChannel {
  constructor(private readonly database: Database) {}

  async send({ notice, idempotencyKey }: OutgoingNotice): Promise<string> {
    await this.database.execute('SELECT pg_notify($1, $2)', [ALERTS_CHANNEL, payloadOf(notice, idempotencyKey)]);
    return 'announced';
  }

  /** The announcements of the last milliseconds, oldest first; some perhaps only attempted, or received already. */
  async since(ms: number): Promise<string[]> {
    const values = [(Math.min(ms, MOST_MISSED_MS) + MARGIN_MS) / 1_000, MOST_MISSED];
    const rows = await this.database.query<{ notice: AlertNotice; key: string }>(ANNOUNCED, values);
    return rows
      .reverse()
      .map(({ notice, key }) => payloadOf({ ...notice, timestamp: new Date(notice.timestamp).toISOString() }, key));
  }
}

function payloadOf(notice: AlertNotice, idempotencyKey: string): string {
  const whole = { ...notice, idempotency_key: idempotencyKey };
  const text = JSON.stringify(whole);
  return Buffer.byteLength(text) < MOST_BYTES ? text : JSON.stringify({ ...whole, details: {} });
}

const ANNOUNCED = `
  SELECT ${NOTICE} AS notice, d.idempotency_key AS key
    FROM alert_deliveries d JOIN alert_history a ON a.id = d.alert_id
   WHERE d.channel = 'websocket'
     AND (d.delivered_at > now() - $1::float8 * interval '1 second' OR (d.status = 'queued' AND d.attempts > 0))
   ORDER BY d.id DESC LIMIT $2`;
