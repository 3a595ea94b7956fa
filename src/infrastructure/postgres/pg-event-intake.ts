import {
  type Batch,
  type EventIntake,
  type IncomingEvent,
  type Reached,
  type Taken,
  type Tenure,
  lineOf,
  withoutLate,
} from '../../application/events/event-intake';
import type { Reject } from '../../application/events/journal';
import type { Detection } from '../../domain/events/detection';
import { FIRST_VIOLATION_STATUS } from '../../domain/records/violation';
import { DAY_MS } from '../../domain/shared/time';
import { errorCode } from '../system/files';
import type { Database } from './database';
import type { Queryable } from './queryable';

const WEEK_MS = 7 * DAY_MS;
/** 5 January 1970 was the first Monday. */
const FIRST_MONDAY = 4 * DAY_MS;

const weekOf = (ms: number): number => Math.floor((ms - FIRST_MONDAY) / WEEK_MS);
const startOf = (week: number): string => new Date(week * WEEK_MS + FIRST_MONDAY).toISOString();

/** The partitions of events and detection records, one per week from Monday on (UTC). */
class WeekPartitions {
  private readonly made = new Set<number>();

  /** Creates the partitions for some times, in milliseconds since 1970. */
  async make(sql: Queryable, times: readonly number[]): Promise<void> {
    const missing = new Set(times.map(weekOf).filter((week) => !this.made.has(week)));
    for (const week of missing) {
      await sql.query('SELECT make_week_partitions($1, $1)', [startOf(week)]);
      this.made.add(week);
    }
  }

  forget(): void {
    this.made.clear();
  }
}

/**
 * Stores events (one array per column, $1 to $8), in the given order, with their sums per minute, hour and day (of the
 * zone $9) and the violations they open; answers how many were new. One statement, so one moment.
 */
const storeEvents = (whenKnown: string): string => `
  WITH incoming AS MATERIALIZED (
    SELECT *, to_timestamp(seconds) AS ts
      FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::text[], $5::text[], $6::bigint[], $7::jsonb[], $8::jsonb[])
           WITH ORDINALITY AS e(id, external_id, seconds, camera_id, type, track_id, evidence, violation, place)
  ), fresh AS (
    INSERT INTO event_keys (id, ts) SELECT id, ts FROM incoming ${whenKnown} RETURNING id
  ), stored AS (
    INSERT INTO events (id, external_id, ts, camera_id, type, track_id, evidence)
    SELECT id, external_id, ts, camera_id, type, track_id, evidence FROM incoming WHERE id IN (SELECT id FROM fresh)
     ORDER BY place
    RETURNING ts, camera_id, type
  ), opened AS (
    INSERT INTO violation_events
      (event_id, camera_id, timestamp, violation_type, track_id, confidence, snapshot_path, bbox, status)
    SELECT id, camera_id, ts, violation ->> 'violationType', track_id, (violation ->> 'confidence')::float8,
           violation ->> 'snapshotPath', nullif(violation -> 'bbox', 'null'), '${FIRST_VIOLATION_STATUS}'
      FROM incoming WHERE violation IS NOT NULL AND id IN (SELECT id FROM fresh) ORDER BY place
  ), minutes AS (
    SELECT date_trunc('minute', ts) AS minute, camera_id, type, count(*) AS events FROM stored GROUP BY 1, 2, 3
  ), summed AS (
    INSERT INTO event_rollups AS known (grain, bucket, camera_id, type, events)
    SELECT grain, bucket, camera_id, type, sum(events)
      FROM minutes CROSS JOIN LATERAL (VALUES
        ('minute', minute), ('hour', date_trunc('hour', minute)), ('day', date_trunc('day', minute, $9::text))
      ) AS b(grain, bucket)
     GROUP BY grain, bucket, camera_id, type
    ON CONFLICT (grain, bucket, camera_id, type) DO UPDATE SET events = known.events + excluded.events
  )
  SELECT count(*)::integer AS stored FROM fresh`;

/** For events that are all new, as they nearly always are: a seventh faster, and refused (23505) if one is not. */
const STORE_NEW_EVENTS = storeEvents('');

/** Leaves out the events that are stored already. */
const STORE_EVENTS = storeEvents('ON CONFLICT DO NOTHING');

/** The columns of `statistics_hourly`, from reports that are grouped by the first two. */
export const SUMS_OF_REPORTS = `camera_id, date_trunc('hour', ts, 'UTC'), count(*), sum(frames), sum(person_count),
  sum(hairnet_violations), sum(handwash_events), sum(sanitize_events), coalesce(sum(fps), 0), count(fps),
  coalesce(sum(confidence), 0), count(confidence), coalesce(sum(processing_time), 0), count(processing_time),
  min(processing_time), max(processing_time)`;

/** Adds new reports to the sums of their hour; the table is called `known`. */
export const ADD_TO_SUMS = `ON CONFLICT (camera_id, hour_start) DO UPDATE SET
      records = known.records + excluded.records,
      total_frames = known.total_frames + excluded.total_frames,
      total_persons = known.total_persons + excluded.total_persons,
      total_hairnet_violations = known.total_hairnet_violations + excluded.total_hairnet_violations,
      total_handwash_events = known.total_handwash_events + excluded.total_handwash_events,
      total_sanitize_events = known.total_sanitize_events + excluded.total_sanitize_events,
      fps_sum = known.fps_sum + excluded.fps_sum,
      fps_records = known.fps_records + excluded.fps_records,
      confidence_sum = known.confidence_sum + excluded.confidence_sum,
      confidence_records = known.confidence_records + excluded.confidence_records,
      processing_time_sum = known.processing_time_sum + excluded.processing_time_sum,
      processing_time_records = known.processing_time_records + excluded.processing_time_records,
      min_processing_time = least(known.min_processing_time, excluded.min_processing_time),
      max_processing_time = greatest(known.max_processing_time, excluded.max_processing_time)`;

/** Stores detection reports ($1, JSON) that are not there yet, with their sums per hour; answers how many were new. */
const STORE_DETECTIONS = `
  WITH incoming AS MATERIALIZED (
    SELECT *, to_timestamp("seconds") AS ts FROM json_to_recordset($1::json) AS d(id uuid, "seconds" float8,
      "cameraId" text, "frameNumber" bigint, frames integer, persons integer, "hairnetViolations" integer,
      "handwashEvents" integer, "sanitizeEvents" integer, confidence float8, fps float8, "processingTime" float8)
  ), fresh AS (
    INSERT INTO event_keys (id, ts) SELECT id, ts FROM incoming ON CONFLICT DO NOTHING RETURNING id
  ), stored AS (
    INSERT INTO detection_records (camera_id, ts, frame_number, frames, person_count, hairnet_violations,
      handwash_events, sanitize_events, confidence, fps, processing_time)
    SELECT "cameraId", ts, "frameNumber", frames, persons, "hairnetViolations", "handwashEvents", "sanitizeEvents",
           confidence, fps, "processingTime"
      FROM incoming JOIN fresh USING (id) ORDER BY ts
    RETURNING *
  ), summed AS (
    INSERT INTO statistics_hourly AS known
    SELECT ${SUMS_OF_REPORTS}
      FROM stored GROUP BY 1, 2
    ${ADD_TO_SUMS}
  )
  SELECT count(*)::integer AS stored FROM fresh`;

/** SQLSTATE classes of values that no table takes: data exception, program limit exceeded. */
const REFUSED = /^(22|54)/;
const ALREADY_THERE = '23505';

interface Stored {
  readonly stored: number;
}

/** Stores events in PostgreSQL; one batch at a time over all services, so that `seq` is the order of ingestion. */
export class PgEventIntake implements EventIntake {
  private readonly weeks = new WeekPartitions();

  constructor(
    private readonly database: Database,
    private readonly zone: string,
    /** The node whose workers write the journal; empty: none. */
    private readonly node: () => string = () => '',
  ) {}

  async positions(): Promise<ReadonlyMap<string, Reached>> {
    const sql = 'SELECT file, position::float8 AS position, tail FROM journal_files';
    const rows = await this.database.query<Reached & { file: string }>(sql, []);
    return new Map(rows.map(({ file, position, tail }) => [file, { position, tail }]));
  }

  async store(batch: Batch): Promise<Taken> {
    return this.database.transaction(async (sql) => {
      try {
        return await this.storeIn(sql, batch);
      } catch (error) {
        // The rollback also removed the partitions created for the batch.
        this.weeks.forget();
        throw error;
      }
    });
  }

  private async storeIn(sql: Queryable, batch: Batch): Promise<Taken> {
    await sql.query(`SELECT pg_advisory_xact_lock(hashtext('watchgate.event_intake'))`, []);
    const claimed = await claim(sql, batch, this.node());
    if (!claimed) return 'moved';
    const { events, detections, late } = withoutLate(batch, claimed.held ?? []);
    await this.weeks.make(sql, timesOf({ events, detections }));
    const { verifications } = batch;
    for (const [id, sent] of verifications)
      await sql.query('UPDATE rollout_verifications SET events = events + $2 WHERE id = $1', [id, sent]);
    const [ofEvents, ofDetections] = [await this.storeEvents(sql, events), await storeDetections(sql, detections)];
    const stored = ofEvents.stored + ofDetections;
    const duplicates = events.length + detections.length - stored - ofEvents.refused.length;
    const refused = [...late, ...ofEvents.refused];
    await count(sql, batch, { stored, duplicates, rejected: batch.rejected + refused.length });
    return { stored, duplicates, refused };
  }

  /** All at once; if the database refuses one of them, one by one, to find out which. */
  private async storeEvents(sql: Queryable, events: readonly IncomingEvent[]) {
    if (events.length === 0) return { stored: 0, refused: [] };
    const asNew = await this.attempt(sql, events, STORE_NEW_EVENTS);
    const all = asNew === ALREADY_THERE ? await this.attempt(sql, events, STORE_EVENTS) : asNew;
    if (typeof all === 'number') return { stored: all, refused: [] };
    const refused: Reject[] = [];
    let stored = 0;
    for (const one of events) {
      const outcome = await this.attempt(sql, [one], STORE_EVENTS);
      if (typeof outcome === 'number') stored += outcome;
      else refused.push({ why: `the database refuses it (${outcome})`, line: lineOf(one) });
    }
    return { stored, refused };
  }

  /** How many were stored, or the SQLSTATE with which all of them were refused. */
  private async attempt(sql: Queryable, events: readonly IncomingEvent[], store: string): Promise<number | string> {
    await sql.query('SAVEPOINT events', []);
    try {
      const [row] = await sql.query<Stored>(store, [...columnsOf(events), this.zone]);
      return row?.stored ?? 0;
    } catch (error) {
      const code = errorCode(error);
      if (code !== ALREADY_THERE && !REFUSED.test(code)) throw error;
      await sql.query('ROLLBACK TO SAVEPOINT events', []);
      return code;
    }
  }
}

async function storeDetections(sql: Queryable, detections: readonly Detection[]): Promise<number> {
  if (detections.length === 0) return 0;
  const rows = detections.map(({ ts: seconds, ...report }) => ({ ...report, seconds }));
  const [row] = await sql.query<Stored>(STORE_DETECTIONS, [JSON.stringify(rows)]);
  return row?.stored ?? 0;
}

/** Moves the position, unless another service has: then nothing of the batch is stored. Answers when the node had the cameras that it has lost. */
async function claim(sql: Queryable, { file, name, from, to, tail }: Batch, node: string) {
  if (from === 0) {
    const first = 'INSERT INTO journal_files (file, name, position) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING';
    await sql.query(first, [file, name]);
  }
  const move = `UPDATE journal_files SET name = $2, position = $4, tail = $5, updated_at = now()
    WHERE file = $1 AND position = $3
    RETURNING (SELECT json_agg(json_build_object('camera', camera_id, 'from', extract(epoch FROM held_from),
                 'until', CASE WHEN lost THEN extract(epoch FROM held_until) END) ORDER BY held_from)
                 FROM camera_holdings WHERE node = $6
                  AND camera_id IN (SELECT camera_id FROM camera_holdings WHERE node = $6 AND lost)) AS held`;
  const [row] = await sql.query<{ held: readonly Tenure[] | null }>(move, [file, name, from, to, tail, node]);
  return row;
}

async function count(
  sql: Queryable,
  { file }: Batch,
  { stored, duplicates, rejected }: { stored: number; duplicates: number; rejected: number },
): Promise<void> {
  const add = `UPDATE journal_files SET stored = stored + $2, duplicates = duplicates + $3, rejected = rejected + $4
    WHERE file = $1`;
  await sql.query(add, [file, stored, duplicates, rejected]);
}

const timesOf = ({ events, detections }: Pick<Batch, 'events' | 'detections'>): number[] => [
  ...events.map(({ event }) => event.ts * 1000),
  ...detections.map(({ ts }) => ts * 1000),
];

/** One array per column: PostgreSQL reads them a third faster than rows of JSON. */
const columnsOf = (rows: readonly IncomingEvent[]): string[] => [
  arrayOf(rows, ({ event }) => event.id),
  arrayOf(rows, ({ event }) => textOf(event.externalId)),
  arrayOf(rows, ({ event }) => String(event.ts)),
  arrayOf(rows, ({ event }) => textOf(event.cameraId)),
  arrayOf(rows, ({ event }) => textOf(event.type)),
  arrayOf(rows, ({ event }) => (event.trackId === null ? null : String(event.trackId))),
  arrayOf(rows, ({ event }) => jsonOf(event.evidence)),
  arrayOf(rows, ({ violation }) => jsonOf(violation)),
];

/** The text of an array (PostgreSQL manual, 8.15.6). */
const arrayOf = (rows: readonly IncomingEvent[], item: (row: IncomingEvent) => string | null): string =>
  `{${rows.map((row) => item(row) ?? 'NULL').join(',')}}`;

/** A quoted text; in an array, backslashes and quotes need a backslash before them; nothing else is special there. */
const textOf = (value: string | null): string | null =>
  value === null ? null : `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;

/** JSON as a quoted text. JSON escapes only quotes and backslashes, once its text holds nothing else to escape. */
const jsonOf = (value: object | null | undefined): string | null =>
  value ? JSON.stringify(JSON.stringify(value)) : null;
