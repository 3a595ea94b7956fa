import type { EventFilter, EventHistory } from '../../application/shared/event-history';
import type { Event } from '../../domain/shared/event';
import type { JsonObject } from '../../domain/shared/json';
import { type Queryable, type Readable, conditions } from './queryable';

const PAGE = 1_000;

interface EventRow {
  readonly id: string;
  readonly external_id: string | null;
  readonly seconds: number;
  readonly type: string;
  readonly camera_id: string;
  readonly track_id: string | null;
  readonly evidence: JsonObject | null;
}

const COLUMNS = `id, external_id, extract(epoch FROM ts)::float8 AS seconds, type, camera_id, track_id, evidence`;

export class PgEvents implements EventHistory {
  constructor(private readonly sql: Queryable) {}

  newest(filter: EventFilter, limit: number): Promise<readonly Event[]> {
    return this.page(filter, limit);
  }

  async *all(filter: EventFilter): AsyncIterable<Event> {
    let last: Place | undefined;
    for (;;) {
      const page = await this.page(filter, PAGE, last);
      yield* page;
      last = page.at(-1);
      if (page.length < PAGE) return;
    }
  }

  async known(events: readonly Event[]): Promise<ReadonlySet<string>> {
    const sql = 'SELECT id FROM event_keys WHERE id = ANY($1::uuid[])';
    return new Set((await this.sql.query<{ id: string }>(sql, [events.map(({ id }) => id)])).map(({ id }) => id));
  }

  /** Newest first, after a position. Only the given conditions are part of the query, so that each has its index. */
  private async page({ from, to, type, cameraId }: EventFilter, limit: number, last?: Place): Promise<Event[]> {
    const { where, values } = conditions([
      ['ts >= to_timestamp($)', [from / 1000]],
      to === undefined ? undefined : ['ts < to_timestamp($)', [to / 1000]],
      cameraId === undefined ? undefined : ['camera_id = $', [cameraId]],
      type === undefined ? undefined : ['type = $', [type]],
      last ? ['(ts, id) < (to_timestamp($), $::uuid)', [last.ts, last.id]] : undefined,
    ]);
    const sql = `SELECT ${COLUMNS} FROM events WHERE ${where} ORDER BY ts DESC, id DESC LIMIT $${values.push(limit)}`;
    return (await this.sql.query<EventRow>(sql, values)).map(eventOf);
  }
}

type Place = Pick<Event, 'ts' | 'id'>;

const eventOf = ({ id, external_id, seconds, type, camera_id, track_id, evidence }: EventRow): Event => ({
  id,
  externalId: external_id,
  ts: seconds,
  type,
  cameraId: camera_id,
  trackId: track_id === null ? null : Number(track_id),
  evidence,
});

interface Line extends JsonObject {
  readonly type: string;
}

/** The newest events of the table, as lines of the journal. */
export class PgEventTail {
  constructor(private readonly sql: Readable) {}

  async newest(): Promise<number> {
    const sql = 'SELECT coalesce(max(seq), 0) AS newest FROM events';
    return Number((await this.sql.query<{ newest: string }>(sql, []))[0]?.newest ?? 0);
  }

  async after(seq: number, limit: number): Promise<{ seq: number; line: Line }[]> {
    const rows = await this.sql.query<{ seq: string; line: Line }>(
      `SELECT seq, json_build_object('ts', extract(epoch FROM ts)::float8, 'type', type, 'camera_id', camera_id,
                'track_id', track_id, 'evidence', evidence) AS line
         FROM events WHERE seq > $1 ORDER BY seq LIMIT $2`,
      [seq, limit],
    );
    return rows.map(({ seq, line }) => ({ seq: Number(seq), line }));
  }
}
