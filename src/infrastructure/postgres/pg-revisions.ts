import type { CameraChangeStore, NotedChange } from '../../application/alerts/camera-watch';
import type { CameraCondition } from '../../domain/alerts/alert-input';
import type { EntryChange } from '../../domain/shared/entry-changes';
import type {
  ConfigRevision,
  FullRevision,
  RevisionOrigin,
  RevisionRepository,
} from '../../domain/shared/config-revision';
import type { Database } from './database';
import type { Queryable } from './queryable';

interface RevisionRow {
  number: number;
  token: string;
  sha256: string;
  origin: RevisionOrigin;
  author: string | null;
  request_id: string | null;
  at: Date;
  changes: EntryChange[];
  in_file: boolean;
}

const COLUMNS = 'number, token, sha256, origin, author, request_id, at, changes, in_file';

const fromRow = ({ request_id, in_file, ...row }: RevisionRow): ConfigRevision => ({
  ...row,
  requestId: request_id,
  inFile: in_file,
});

type RevisionTable = 'camera_config_revisions' | 'region_config_revisions';

/** The revisions of one configuration. */
export class PgRevisions implements RevisionRepository {
  constructor(
    private readonly sql: Queryable,
    private readonly table: RevisionTable,
  ) {}

  async head(): Promise<ConfigRevision | undefined> {
    return this.one('ORDER BY number DESC LIMIT 1', []);
  }

  async newest(): Promise<number> {
    const sql = `SELECT coalesce(max(number), 0) AS number FROM ${this.table}`;
    const [row] = await this.sql.query<{ number: number }>(sql, []);
    return row?.number ?? 0;
  }

  async withToken(token: string): Promise<ConfigRevision | undefined> {
    return this.one('WHERE token = $1', [token]);
  }

  async get(number: number): Promise<FullRevision | undefined> {
    return this.full('WHERE number = $1', [number]);
  }

  async withText(sha256: string): Promise<FullRevision | undefined> {
    return this.full('WHERE sha256 = $1 ORDER BY number DESC LIMIT 1', [sha256]);
  }

  async page(limit: number, offset: number): Promise<{ items: ConfigRevision[]; total: number }> {
    const sql = `SELECT ${COLUMNS} FROM ${this.table} ORDER BY number DESC LIMIT $1 OFFSET $2`;
    const items = (await this.sql.query<RevisionRow>(sql, [limit, offset])).map(fromRow);
    // Retention deletes the oldest ones.
    const [row] = await this.sql.query<{ total: number }>(`SELECT count(*)::int AS total FROM ${this.table}`, []);
    return { items, total: row?.total ?? 0 };
  }

  async add(revision: FullRevision): Promise<void> {
    const { number, token, sha256, origin, author, requestId, at, changes, inFile, text } = revision;
    await this.sql.execute(
      `INSERT INTO ${this.table} (${COLUMNS}, text) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [number, token, sha256, origin, author, requestId, at, JSON.stringify(changes), inFile, text],
    );
  }

  /** Losing this costs a comparison at the next recovery: nobody waits until it is on the disk. */
  async markInFile(number: number): Promise<void> {
    const unawaited = `set_config('synchronous_commit', 'off', true) = 'off'`;
    await this.sql.execute(`UPDATE ${this.table} SET in_file = true WHERE number = $1 AND ${unawaited}`, [number]);
  }

  private async full(clause: string, values: readonly unknown[]): Promise<FullRevision | undefined> {
    const sql = `SELECT ${COLUMNS}, text FROM ${this.table} ${clause}`;
    const [row] = await this.sql.query<RevisionRow & { text: string }>(sql, values);
    return row && { ...fromRow(row), text: row.text };
  }

  private async one(clause: string, values: readonly unknown[]): Promise<ConfigRevision | undefined> {
    const sql = `SELECT ${COLUMNS} FROM ${this.table} ${clause}`;
    const [row] = await this.sql.query<RevisionRow>(sql, values);
    return row && fromRow(row);
  }
}

const WATCHED = 'UPDATE alert_camera_watch SET watched_until = to_timestamp($1)';

/** When cameras failed and recovered, in PostgreSQL. */
export class PgCameraChanges implements CameraChangeStore {
  constructor(private readonly database: Database) {}

  async known() {
    const rows = await this.database.query<{ camera_id: string; condition: CameraCondition; at: Date }>(
      'SELECT DISTINCT ON (camera_id) camera_id, condition, at FROM alert_camera_changes ORDER BY camera_id, seq DESC',
      [],
    );
    const sql = 'SELECT watched_until FROM alert_camera_watch';
    const [watch] = await this.database.query<{ watched_until: Date }>(sql, []);
    return {
      cameras: new Map(rows.map(({ camera_id, condition, at }) => [camera_id, { condition, since: at.getTime() }])),
      until: watch?.watched_until.getTime() ?? 0,
    };
  }

  async note(changes: readonly NotedChange[], until: number): Promise<void> {
    if (changes.length === 0) return void (await this.database.execute(WATCHED, [until / 1_000]));
    await this.database.transaction(async (sql) => {
      await sql.query(
        `INSERT INTO alert_camera_changes (camera_id, at, condition)
         SELECT camera_id, to_timestamp(at), condition FROM unnest($1::text[], $2::float8[], $3::text[]) AS c (camera_id, at, condition)`,
        [changes.map((c) => c.cameraId), changes.map((c) => c.at / 1_000), changes.map((c) => c.condition)],
      );
      await sql.query(WATCHED, [until / 1_000]);
    });
  }
}
