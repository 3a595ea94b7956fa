import type { JsonObject } from '../../domain/shared/json';
import type { Readable } from './queryable';

interface Line extends JsonObject {
  readonly type: string;
}

/** The end of the events table, as lines of the journal. */
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
