import type { Readable } from './queryable';

/** How far the alerts are behind, and how many could not be delivered. */
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
