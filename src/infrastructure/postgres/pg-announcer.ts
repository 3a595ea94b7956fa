import type { AlertChannel, OutgoingNotice } from '../../application/alerts/alert-channel';
import type { Database } from './database';

/** Carries an alert to every service of the site, each of which tells its own dashboards. */
export const ALERTS_CHANNEL = 'watchgate_alerts';

/** PostgreSQL takes payloads of less than 8,000 bytes. */
const MOST_BYTES = 7_500;

/** The channel `websocket`. */
export class PgAnnouncer implements AlertChannel {
  constructor(private readonly database: Database) {}

  async send({ notice, idempotencyKey }: OutgoingNotice): Promise<string> {
    const whole = { ...notice, idempotency_key: idempotencyKey };
    const text = JSON.stringify(whole);
    const payload = Buffer.byteLength(text) < MOST_BYTES ? text : JSON.stringify({ ...whole, details: {} });
    await this.database.execute('SELECT pg_notify($1, $2)', [ALERTS_CHANNEL, payload]);
    return 'announced';
  }
}
