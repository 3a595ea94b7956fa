import type { Batch, EventIntake, IncomingEvent, Reached, Taken } from '../../application/events/event-intake';
import type { Reject } from '../../application/events/journal';
import type { Detection } from '../../domain/events/detection';
import { eventView } from '../../domain/shared/event';
import { errorCode } from '../system/error-code';
import type { Database } from './database';
import { STORE_DETECTIONS, STORE_EVENTS, STORE_NEW_EVENTS } from './event-intake-sql';
import type { Queryable } from './queryable';
import { WeekPartitions } from './week-partitions';

/** SQLSTATE classes of values that no table takes: data exception, program limit exceeded. */
const REFUSED = /^(22|54)/;
const ALREADY_THERE = '23505';

interface Stored {
  readonly stored: number;
}

/** Takes events into PostgreSQL; one batch at a time, whichever service does it, so that `seq` tells the order. */
export class PgEventIntake implements EventIntake {
  private readonly weeks = new WeekPartitions();

  constructor(
    private readonly database: Database,
    private readonly zone: string,
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
        // The partitions that were made for the batch have gone with it.
        this.weeks.forget();
        throw error;
      }
    });
  }

  private async storeIn(sql: Queryable, batch: Batch): Promise<Taken> {
    await sql.query(`SELECT pg_advisory_xact_lock(hashtext('watchgate.event_intake'))`, []);
    if (!(await claim(sql, batch))) return 'moved';
    await this.weeks.make(sql, timesOf(batch));
    const { events, detections, verifications } = batch;
    for (const [id, sent] of verifications)
      await sql.query('UPDATE rollout_verifications SET events = events + $2 WHERE id = $1', [id, sent]);
    const [ofEvents, ofDetections] = [await this.storeEvents(sql, events), await storeDetections(sql, detections)];
    const stored = ofEvents.stored + ofDetections;
    const duplicates = events.length + detections.length - stored - ofEvents.refused.length;
    await count(sql, batch, { stored, duplicates, rejected: batch.rejected + ofEvents.refused.length });
    return { stored, duplicates, refused: ofEvents.refused };
  }

  /** All at once; if the database will not have one of them, one by one, to find out which. */
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

  /** How many were stored, or the SQLSTATE by which all of them were refused. */
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

/** Moves the position, unless somebody else has: then nothing of the batch is stored. */
async function claim(sql: Queryable, { file, name, from, to, tail }: Batch): Promise<boolean> {
  if (from === 0) {
    const first = 'INSERT INTO journal_files (file, name, position) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING';
    await sql.query(first, [file, name]);
  }
  const move = `UPDATE journal_files SET name = $2, position = $4, tail = $5, updated_at = now()
    WHERE file = $1 AND position = $3 RETURNING file`;
  return (await sql.query(move, [file, name, from, to, tail])).length > 0;
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

const timesOf = ({ events, detections }: Batch): number[] => [
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

/** A quoted text, in which an array wants a backslash before backslashes and quotes; nothing else is special there. */
const textOf = (value: string | null): string | null =>
  value === null ? null : `"${value.replaceAll(/[\\"]/g, '\\$&')}"`;

/** JSON as a quoted text. What JSON escapes is quotes and backslashes, once its own text holds nothing else to escape. */
const jsonOf = (value: object | null | undefined): string | null =>
  value ? JSON.stringify(JSON.stringify(value)) : null;

const lineOf = ({ event }: IncomingEvent): string => JSON.stringify(eventView(event));
