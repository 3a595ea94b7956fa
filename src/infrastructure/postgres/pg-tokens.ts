import type { SessionStore } from '../../application/access/authenticator';
import type { TokenStore } from '../../application/access/token-service';
import { ApiToken, type Session } from '../../domain/access/api-token';
import type { Role } from '../../domain/shared/role';
import type { Queryable } from './queryable';
import { SiteClient } from './site-client';

const CONNECT_TIMEOUT_MS = 3_000;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hash: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

export class PgTokens implements TokenStore {
  constructor(private readonly sql: Queryable) {}

  async all(): Promise<ApiToken[]> {
    return (await this.sql.query<TokenRow>('SELECT * FROM api_tokens ORDER BY created_at DESC, id', [])).map(tokenOf);
  }

  async add({ fields: f }: ApiToken): Promise<void> {
    await this.sql.execute(
      `INSERT INTO api_tokens (id, name, role, hash, created_at, expires_at, revoked_at, last_used_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [f.id, f.name, f.role, f.hash, f.createdAt, f.expiresAt, f.revokedAt, f.lastUsedAt],
    );
  }

  async revoke(id: string, at: Date): Promise<boolean> {
    const sql = 'UPDATE api_tokens SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1 RETURNING id';
    return (await this.sql.execute(sql, [id, at])).length > 0;
  }

  async used(times: ReadonlyMap<string, Date>): Promise<void> {
    await this.sql.execute(
      `UPDATE api_tokens t SET last_used_at = greatest(t.last_used_at, u.at)
         FROM unnest($1::text[], $2::timestamptz[]) AS u(id, at) WHERE t.id = u.id`,
      [[...times.keys()], [...times.values()]],
    );
  }
}

/**
 * Whether there is a usable token, found out before the schema is migrated. Throws the driver's error when the database
 * cannot be reached.
 */
export async function anyUsableToken(url: string): Promise<boolean> {
  const client = new SiteClient({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  await client.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('api_tokens') IS NOT NULL AS there`);
    if (!rows[0]?.there) return false;
    const found = await client.query(
      'SELECT FROM api_tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) LIMIT 1',
    );
    return found.rows.length > 0;
  } finally {
    await client.end();
  }
}

const tokenOf = (row: TokenRow): ApiToken =>
  ApiToken.restore({
    id: row.id,
    name: row.name,
    role: row.role,
    hash: row.hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  });

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
