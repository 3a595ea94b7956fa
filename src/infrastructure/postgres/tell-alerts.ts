import type { Notice } from '../../application/alerts/evaluation-store';
import type { JsonObject } from '../../domain/shared/json';
import type { Queryable } from './queryable';

/** Told in the transaction that queues deliveries. */
export const DELIVERIES_CHANNEL = 'watchgate_alert_deliveries';

/** A row for the history, and how people are told of it. */
export interface TellableAlert {
  /** What has the same key was told before, and is not told again. */
  readonly key: string;
  readonly ruleId: number | null;
  readonly cameraId: string;
  readonly type: string;
  readonly at: Date;
  readonly message: string;
  readonly details: JsonObject;
  readonly notices: readonly Notice[];
}

/** Writes history and deliveries in the transaction of the caller. */
export async function tellAlerts(sql: Queryable, alerts: readonly TellableAlert[]): Promise<void> {
  const rows = await sql.query<{ id: string; decision_key: string }>(
    `INSERT INTO alert_history (rule_id, camera_id, alert_type, timestamp, message, details, decision_key)
     SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::jsonb[], $7::text[])
     ON CONFLICT (decision_key) DO NOTHING RETURNING id, decision_key`,
    [
      alerts.map((a) => a.ruleId),
      alerts.map((a) => a.cameraId),
      alerts.map((a) => a.type),
      alerts.map((a) => a.at),
      alerts.map((a) => a.message),
      alerts.map((a) => JSON.stringify(a.details)),
      alerts.map((a) => a.key),
    ],
  );
  const ids = new Map(rows.map(({ decision_key, id }) => [decision_key, id]));
  const queued = alerts.flatMap(({ key, notices }) => {
    const id = ids.get(key);
    return id === undefined ? [] : notices.map((notice) => ({ id, ...notice }));
  });
  await sql.query(
    `INSERT INTO alert_deliveries (alert_id, channel, target) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])`,
    [queued.map((q) => q.id), queued.map((q) => q.channel), queued.map((q) => q.target)],
  );
  await sql.query('SELECT pg_notify($1, $2)', [DELIVERIES_CHANNEL, '']);
}
