import type { DeliveryTarget } from '../../application/alerts/alert-channel';
import type { Log } from '../../application/shared/log';
import type { JsonObject } from '../../domain/shared/json';
import type { Queryable } from './queryable';
import { allOrEach } from './transactions';

/** A row for the history, and its delivery targets. */
export interface NewAlert {
  /** An alert whose key is in the history already is not recorded again. */
  readonly key: string;
  readonly ruleId: number | null;
  readonly cameraId: string;
  readonly type: string;
  readonly at: Date;
  readonly message: string;
  readonly details: JsonObject;
  readonly notices: readonly DeliveryTarget[];
}

/**
 * Writes history and deliveries in the transaction of the caller. An alert that the database refuses is logged and left
 * out: it must not hold up those of the other rules.
 */
export async function recordAlerts(sql: Queryable, alerts: readonly NewAlert[], log: Log): Promise<void> {
  // Two decisions of one rule may fall into the same millisecond: they are one alert, with the text of the first.
  const once = new Map([...alerts].reverse().map((alert) => [alert.key, alert]));
  const refused = await allOrEach(sql, [...once.values()].reverse(), (some) => store(sql, some));
  for (const { item, error } of refused)
    log.error('an alert could not be stored, so nobody is notified of it: the error says why', {
      alert: item.key,
      message: item.message,
      error,
    });
}

async function store(sql: Queryable, alerts: readonly NewAlert[]): Promise<void> {
  const rows = await sql.execute<{ id: string; decision_key: string }>(
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
  await sql.execute(
    `INSERT INTO alert_deliveries (alert_id, channel, target) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
     ON CONFLICT DO NOTHING`,
    [queued.map((q) => q.id), queued.map((q) => q.channel), queued.map((q) => q.target)],
  );
}
