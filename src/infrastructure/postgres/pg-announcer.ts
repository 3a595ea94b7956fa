import type { AlertChannel, AlertNotice, OutgoingNotice } from '../../application/alerts/alert-channel';
import { HOUR_MS } from '../../domain/shared/time';
import type { Database } from './database';
import { NOTICE } from './pg-deliveries';

/** Carries an alert to every service of the site, each of which tells its own dashboards. */
export const ALERTS_CHANNEL = 'watchgate_alerts';

/** PostgreSQL takes payloads of less than 8,000 bytes. */
const MOST_BYTES = 7_500;

/** What is missed for longer is looked up in the history. */
const MOST_MISSED = 500;
const MOST_MISSED_MS = HOUR_MS;
/** An announcement is noted as delivered a moment after it was made. */
const MARGIN_MS = 5_000;

/** The channel `websocket`. */
export class PgAnnouncer implements AlertChannel {
  constructor(private readonly database: Database) {}

  async send({ notice, idempotencyKey }: OutgoingNotice): Promise<string> {
    await this.database.execute('SELECT pg_notify($1, $2)', [ALERTS_CHANNEL, payloadOf(notice, idempotencyKey)]);
    return 'announced';
  }

  /** What was announced within the last milliseconds, oldest first; some of it perhaps only tried, or heard already. */
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
