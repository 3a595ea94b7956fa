import type { AlertArchive } from '../../application/alerts/alert-rule-service';
import type { AlertRuleView, AlertView } from '../../application/alerts/alert-views';
import type { AlertQuery } from '../../application/alerts/alerts-port';
import { Alert } from '../../domain/alerts/alert';
import { AlertRule, type AlertRuleFields } from '../../domain/alerts/alert-rule';
import { utcTime } from '../../domain/shared/time';
import type { Database } from './database';
import { type Condition, type Readable, conditions } from './queryable';

type Timed<T, K extends keyof T> = Omit<T, K> & { readonly [name in K]: T[name] extends string ? Date : Date | null };

/** A row of `alert_rules`. */
export type AlertRuleRow = Timed<AlertRuleView, 'created_at' | 'updated_at'>;

export function toRule({ id, created_at, updated_at, ...row }: AlertRuleRow): AlertRule {
  const { name, camera_id, rule_type, conditions, enabled, priority, created_by } = row;
  const { notification_channels: channels, recipients } = row;
  const fields: AlertRuleFields = {
    name,
    camera_id,
    rule_type,
    conditions,
    notification_channels: channels ?? [],
    recipients: recipients ?? [],
    enabled,
    priority,
    created_by,
  };
  return AlertRule.restore(id, fields, created_at, updated_at);
}

/** Values of the columns of `RULE_COLUMNS`, in their order. */
export function ruleValues({ fields, createdAt, updatedAt }: AlertRule): unknown[] {
  const json = (name: string) => JSON.stringify(fields[name] ?? null);
  return [
    fields.name,
    fields.camera_id ?? null,
    fields.rule_type,
    json('conditions'),
    json('notification_channels'),
    json('recipients'),
    fields.enabled,
    fields.priority,
    fields.created_by ?? null,
    createdAt,
    updatedAt,
  ];
}

export const RULE_COLUMNS =
  'name, camera_id, rule_type, conditions, notification_channels, recipients, enabled, priority, created_by, created_at, updated_at';

type Times = 'timestamp' | 'acknowledged_at' | 'resolved_at';

/** A row of `alert_history`; bigints arrive as text. */
type AlertRow = Omit<Timed<AlertView, Times>, 'id' | 'details'> & {
  readonly id: string;
  readonly details: AlertView['details'] | null;
};

const ALERT_COLUMNS =
  'id, rule_id, camera_id, alert_type, message, details, notification_sent, notification_channels_used, timestamp, status, acknowledged_at, acknowledged_by, resolved_at, resolved_by, note';

const toAlertView = (row: AlertRow): AlertView => ({
  ...row,
  id: Number(row.id),
  details: row.details ?? {},
  timestamp: row.timestamp.toISOString(),
  acknowledged_at: row.acknowledged_at?.toISOString() ?? null,
  resolved_at: row.resolved_at?.toISOString() ?? null,
});

const matching = ({
  camera_id,
  alert_type,
  status,
  from,
  to,
}: Omit<AlertQuery, 'limit' | 'offset'>): (Condition | undefined)[] => [
  camera_id === undefined ? undefined : ['camera_id = $', [camera_id]],
  alert_type === undefined ? undefined : ['alert_type = $', [alert_type]],
  status === undefined ? undefined : ['status = $', [status]],
  from === undefined ? undefined : ['timestamp >= $', [new Date(utcTime(from))]],
  to === undefined ? undefined : ['timestamp < $', [new Date(utcTime(to))]],
];

const ONE = `SELECT ${ALERT_COLUMNS} FROM alert_history WHERE id = $1`;

/** The history of alerts in PostgreSQL. */
export class PgAlertArchive implements AlertArchive {
  constructor(private readonly database: Database) {}

  async page({ limit, offset, ...query }: AlertQuery) {
    const { where, values } = conditions(matching(query));
    const [rows, counted] = await Promise.all([
      this.database.query<AlertRow>(
        `SELECT ${ALERT_COLUMNS} FROM alert_history WHERE ${where} ORDER BY timestamp DESC, id DESC
          LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
        [...values, limit, offset],
      ),
      this.database.query<{ total: string }>(`SELECT count(*) AS total FROM alert_history WHERE ${where}`, values),
    ]);
    return { count: rows.length, total: Number(counted[0]?.total ?? 0), items: rows.map(toAlertView) };
  }

  async openOfToday(): Promise<number> {
    const sql = `
      SELECT count(*) AS open FROM alert_history
       WHERE timestamp > now() - interval '1 day' AND status = 'open' AND coalesce(details ->> 'kind', 'alert') = 'alert'`;
    return Number((await this.database.query<{ open: string }>(sql, []))[0]?.open ?? 0);
  }

  change(id: number, decide: (alert: Alert) => Alert): Promise<AlertView | undefined> {
    return this.database.transaction(async (sql) => {
      const [row] = await sql.query<AlertRow>(`${ONE} FOR UPDATE`, [id]);
      if (!row) return undefined;
      const { status, acknowledgedAt, acknowledgedBy, resolvedAt, resolvedBy, note } = decide(alertOf(row)).fields;
      const values = [id, status, acknowledgedAt, acknowledgedBy, resolvedAt, resolvedBy, note];
      return (await sql.query<AlertRow>(UPDATE, values)).map(toAlertView)[0];
    });
  }
}

const alertOf = (row: AlertRow): Alert =>
  Alert.restore({
    id: Number(row.id),
    status: row.status,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    note: row.note,
  });

const UPDATE = `
  UPDATE alert_history
     SET status = $2, acknowledged_at = $3, acknowledged_by = $4, resolved_at = $5, resolved_by = $6, note = $7
   WHERE id = $1 RETURNING ${ALERT_COLUMNS}`;

/** How late the evaluation of the rules is, and how many alerts could not be delivered. */
export async function alertState(
  sql: Readable,
): Promise<{ evaluationLag: number | null; dead: number; deadLately: number; oldestWaiting: number }> {
  const [row] = await sql.query<{ lag: number | null; dead: number; lately: number; oldest: number }>(STATE, []);
  return {
    evaluationLag: row?.lag ?? null,
    dead: row?.dead ?? 0,
    deadLately: row?.lately ?? 0,
    oldestWaiting: row?.oldest ?? 0,
  };
}

const STATE = `
  SELECT (SELECT coalesce(greatest(0, round(extract(epoch FROM now() - min(next_attempt_at)))), 0)::float8
            FROM alert_deliveries WHERE status = 'queued' AND next_attempt_at <= now()) AS oldest,
         (SELECT CASE WHEN evaluated > to_timestamp(0) THEN round(extract(epoch FROM now() - evaluated))::float8 END FROM alert_cursor) AS lag,
         count(*)::int AS dead, count(*) FILTER (WHERE next_attempt_at > now() - interval '1 hour')::int AS lately
    FROM alert_deliveries WHERE status = 'dead'`;
