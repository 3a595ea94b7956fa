import type { SessionStore } from '../../application/access/sessions';
import type { Session } from '../../domain/access/session';
import type { Queryable } from './queryable';

interface SessionRow {
  readonly hash: string;
  readonly token_id: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export class PgSessions implements SessionStore {
  constructor(private readonly sql: Queryable) {}

  async all(now: Date): Promise<Session[]> {
    const rows = await this.sql.query<SessionRow>('SELECT * FROM api_sessions WHERE expires_at > $1', [now]);
    return rows.map((row) => ({
      hash: row.hash,
      tokenId: row.token_id,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  }

  async add({ hash, tokenId, createdAt, expiresAt }: Session, most: number): Promise<void> {
    // What a statement inserts is not seen by its other parts: one less of the older ones is kept.
    await this.sql.execute(
      `WITH added AS (
         INSERT INTO api_sessions (hash, token_id, created_at, expires_at) VALUES ($1, $2, $3, $4)
       )
       DELETE FROM api_sessions WHERE expires_at <= $3 OR hash IN (
         SELECT hash FROM api_sessions WHERE token_id = $2 ORDER BY created_at DESC, hash OFFSET $5 - 1
       )`,
      [hash, tokenId, createdAt, expiresAt, most],
    );
  }

  async extend(times: ReadonlyMap<string, Date>): Promise<void> {
    await this.sql.execute(
      `UPDATE api_sessions s SET expires_at = greatest(s.expires_at, u.at)
         FROM unnest($1::text[], $2::timestamptz[]) AS u(hash, at) WHERE s.hash = u.hash`,
      [[...times.keys()], [...times.values()]],
    );
  }

  async remove(hash: string): Promise<void> {
    await this.sql.execute('DELETE FROM api_sessions WHERE hash = $1', [hash]);
  }
}
