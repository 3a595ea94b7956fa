import type { AuditEntry, AuditFilter, AuditStore, StoredAuditEntry } from '../../application/access/audit-trail';
import type { Database } from './database';
import { conditions } from './queryable';

interface AuditRow extends Omit<StoredAuditEntry, 'requestId' | 'tokenId'> {
  readonly token_id: string | null;
  readonly request_id: string;
}

export class PgAudit implements AuditStore {
  constructor(private readonly database: Database) {}

  async add(entries: readonly AuditEntry[]): Promise<void> {
    const rows = entries.map(({ requestId, tokenId, ...entry }) => ({
      ...entry,
      request_id: requestId,
      token_id: tokenId,
    }));
    await this.database.execute(
      `INSERT INTO audit_log (at, actor, token_id, role, operation, status, request_id, address, input, changed)
       SELECT at, actor, token_id, role, operation, status, request_id, address, input, changed
         FROM json_to_recordset($1::json) AS e(at timestamptz, actor text, token_id text, role text, operation text, status integer,
              request_id text, address text, input jsonb, changed jsonb)`,
      [JSON.stringify(rows)],
    );
  }

  async page({ actor, operation, tokenId, before }: AuditFilter, limit: number): Promise<StoredAuditEntry[]> {
    const { where, values } = conditions([
      actor === undefined ? undefined : ['actor = $', [actor]],
      operation === undefined ? undefined : ['operation = $', [operation]],
      tokenId === undefined ? undefined : ['token_id = $', [tokenId]],
      before === undefined ? undefined : ['id < $', [before]],
    ]);
    const sql = `SELECT id::float8 AS id, at, actor, token_id, role, operation, status, request_id, address, input, changed
                   FROM audit_log WHERE ${where} ORDER BY audit_log.id DESC LIMIT $${values.length + 1}`;
    const rows = await this.database.query<AuditRow>(sql, [...values, limit]);
    return rows.map(({ request_id, token_id, ...row }) => ({ ...row, requestId: request_id, tokenId: token_id }));
  }
}
