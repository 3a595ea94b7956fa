import type { Client } from 'pg';
import { SUMS_OF_REPORTS } from '../src/infrastructure/postgres/pg-event-intake';

export interface Amount {
  readonly events: number;
  readonly cameras: number;
  /** Days up to now over which the events lie. */
  readonly days: number;
}

export interface SeedHooks {
  /** How many events are stored so far. */
  readonly tell?: (done: number) => void;
  /** Called within the transaction of each chunk, while the table `seeded` holds its events. */
  readonly each?: () => Promise<void>;
}

const CHUNK = 250_000;
/** One event in so many is a violation. */
const VIOLATION_EVERY = 20;
const REPORT_EVERY_MINUTES = 10;

/**
 * Fills a database with events as a factory makes them, whose day is busy from six to ten at night and quiet on
 * Sundays, with the sums and violations that belong to them, and with detection reports. Times end at `until`.
 */
export async function seed(sql: Client, amount: Amount, until: Date, { tell, each }: SeedHooks = {}): Promise<void> {
  const from = new Date(until.getTime() - amount.days * 86_400_000);
  await sql.query('SELECT make_week_partitions($1, $2)', [from, until]);
  for (let first = 0; first < amount.events; first += CHUNK) {
    const last = Math.min(first + CHUNK, amount.events);
    await sql.query('BEGIN');
    await sql.query(EVENTS, [first, last - 1, amount.events, amount.cameras, amount.days, until]);
    await sql.query(SUMS);
    await sql.query(VIOLATIONS);
    await each?.();
    await sql.query('DROP TABLE seeded');
    await sql.query('COMMIT');
    tell?.(last);
  }
  await sql.query(REPORTS, [amount.cameras, from, until, `${REPORT_EVERY_MINUTES} minutes`]);
  await sql.query(HOURS);
  // It is history: no rule has anything to tell about it.
  await sql.query(`UPDATE alert_cursor SET version = version + 1, event_seq = (SELECT max(seq) FROM events)`);
  await sql.query('ANALYZE');
}

/** Spread over the days in order, then moved within the day towards its busy hours. */
const EVENTS = `
  WITH made AS (
    SELECT gen_random_uuid() AS id, n,
           $6::timestamptz - make_interval(secs => (1 - (n + random()) / $3::float8) * $5 * 86400) AS ts
      FROM generate_series($1::bigint, $2::bigint) AS n
  ), busy AS (
    SELECT id, n, date_trunc('milliseconds', CASE WHEN extract(hour FROM ts) < 6 AND n % 10 < 7
      THEN least(ts + interval '9 hours', $6::timestamptz - random() * interval '1 day') ELSE ts END) AS ts FROM made
  ), stored AS (
    INSERT INTO events (id, ts, camera_id, type, track_id, evidence)
    SELECT id, ts, 'cam-' || (n + n / ${VIOLATION_EVERY}) % $4,
           CASE WHEN n % ${VIOLATION_EVERY} = 0
                THEN (ARRAY['NO_HAIRNET_AT_SINK', 'SKIP_DRYING', 'INSUFFICIENT_DWELL_TIME'])[1 + (n / ${VIOLATION_EVERY}) % 3]
                ELSE (ARRAY['HANDWASHING_ACTIVE', 'HANDWASHING_ACTIVE', 'SANITIZED', 'motion_started', 'motion_ended'])[1 + n % 5]
           END,
           n % 1000,
           jsonb_build_object('region', (ARRAY['sink', 'dryer', 'door'])[1 + n % 3], 'confidence', round((0.5 + random() / 2)::numeric, 2))
      FROM busy ORDER BY ts
    RETURNING id, ts, camera_id, type, track_id, evidence
  )
  SELECT * INTO TEMP seeded FROM stored`;

const SUMS = `
  WITH keyed AS (INSERT INTO event_keys (id, ts) SELECT id, ts FROM seeded)
  INSERT INTO event_rollups AS known (grain, bucket, camera_id, type, events)
  SELECT grain, date_trunc(grain, ts, 'UTC'), camera_id, type, count(*)
    FROM seeded CROSS JOIN unnest(ARRAY['minute', 'hour', 'day']) AS grain GROUP BY 1, 2, 3, 4
  ON CONFLICT (grain, bucket, camera_id, type) DO UPDATE SET events = known.events + excluded.events`;

const VIOLATIONS = `
  INSERT INTO violation_events (event_id, camera_id, timestamp, violation_type, track_id, confidence, status, bbox)
  SELECT id, camera_id, ts,
         CASE type WHEN 'NO_HAIRNET_AT_SINK' THEN 'no_hairnet' WHEN 'SKIP_DRYING' THEN 'no_sanitize' ELSE 'no_handwash' END,
         track_id, (evidence ->> 'confidence')::float8,
         CASE WHEN ts > now() - interval '2 days' OR random() < 0.1 THEN 'pending'
              WHEN random() < 0.6 THEN 'confirmed' WHEN random() < 0.7 THEN 'resolved' ELSE 'false_positive' END,
         '{"x": 410, "y": 122, "width": 96, "height": 240}'
    FROM seeded WHERE type IN ('NO_HAIRNET_AT_SINK', 'SKIP_DRYING', 'INSUFFICIENT_DWELL_TIME') ORDER BY ts`;

const REPORTS = `
  INSERT INTO detection_records (camera_id, ts, frame_number, frames, person_count, hairnet_violations,
    handwash_events, sanitize_events, confidence, fps, processing_time)
  SELECT 'cam-' || camera, ts, row_number() OVER (PARTITION BY camera ORDER BY ts) * 3000, 3000, (random() * 20)::int,
         (random() * 2)::int, (random() * 5)::int, (random() * 4)::int, 0.7 + random() * 0.3, 4.5 + random(), random() / 10
    FROM generate_series(0, $1::int - 1) AS camera
   CROSS JOIN generate_series($2::timestamptz, $3::timestamptz, $4::interval) AS ts`;

const HOURS = `
  INSERT INTO statistics_hourly SELECT ${SUMS_OF_REPORTS}
    FROM detection_records GROUP BY 1, 2
  ON CONFLICT DO NOTHING`;
