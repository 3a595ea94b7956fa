import type { AlertArchive, AlertHandling } from '../../application/alerts/alert-archive';
import type { AlertView } from '../../application/alerts/alert-views';
import type { AlertQuery } from '../../application/alerts/alerts-port';
import { ALERT_COLUMNS, type AlertRow, toAlertView } from './alert-rows';
import type { Database } from './database';

const FILTER = '($1::text IS NULL OR camera_id = $1) AND ($2::text IS NULL OR alert_type = $2)';
const ONE = `SELECT ${ALERT_COLUMNS} FROM alert_history WHERE id = $1`;

/** The history of alerts in PostgreSQL. */
export class PgAlertArchive implements AlertArchive {
  constructor(private readonly database: Database) {}

  async page({ camera_id, alert_type, limit, offset }: AlertQuery) {
    const filter = [camera_id ?? null, alert_type ?? null];
    const [rows, counted] = await Promise.all([
      this.database.query<AlertRow>(
        `SELECT ${ALERT_COLUMNS} FROM alert_history WHERE ${FILTER} ORDER BY timestamp DESC, id DESC LIMIT $3 OFFSET $4`,
        [...filter, limit, offset],
      ),
      this.database.query<{ total: string }>(`SELECT count(*) AS total FROM alert_history WHERE ${FILTER}`, filter),
    ]);
    return { count: rows.length, total: Number(counted[0]?.total ?? 0), items: rows.map(toAlertView) };
  }

  async openOfToday(): Promise<number> {
    const sql = `
      SELECT count(*) AS open FROM alert_history
       WHERE timestamp > now() - interval '1 day' AND status = 'open' AND coalesce(details ->> 'kind', 'alert') = 'alert'`;
    return Number((await this.database.query<{ open: string }>(sql, []))[0]?.open ?? 0);
  }

  handle(
    { alertId, by, note, at }: AlertHandling,
    status: 'acknowledged' | 'resolved',
    refuse: (now: AlertView) => void,
  ) {
    return this.database.transaction(async (sql) => {
      const [row] = await sql.query<AlertRow>(`${ONE} FOR UPDATE`, [alertId]);
      if (!row) return undefined;
      refuse(toAlertView(row));
      const update = `
        UPDATE alert_history
           SET status = $2, ${status}_at = coalesce(${status}_at, $3), ${status}_by = coalesce(${status}_by, $4), note = coalesce($5, note)
         WHERE id = $1 RETURNING ${ALERT_COLUMNS}`;
      return (await sql.query<AlertRow>(update, [alertId, status, at, by, note])).map(toAlertView)[0];
    });
  }
}
