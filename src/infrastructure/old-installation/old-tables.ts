import { Client } from 'pg';

const PAGE = 2_000;

/** A row of an old table as JSON, its times made UTC. */
export interface OldRow {
  readonly id: number;
  readonly [column: string]: unknown;
}

/**
 * The database of the old backend. Its times have no zone, as its server wrote them: `zone` says which that was; by
 * default the one that server is set to.
 */
export class OldTables {
  private constructor(
    private readonly sql: Client,
    readonly name: string,
    private readonly zone: string,
  ) {}

  static async open(url: string, zone?: string): Promise<OldTables> {
    const sql = new Client({ connectionString: url, options: '-c default_transaction_read_only=on' });
    await sql.connect();
    const { rows } = await sql.query<{ name: string; zone: string }>(
      `SELECT current_database() AS name, current_setting('TimeZone') AS zone`,
    );
    return new OldTables(sql, rows[0]?.name ?? '', zone ?? rows[0]?.zone ?? 'UTC');
  }

  close(): Promise<void> {
    return this.sql.end();
  }

  async has(table: string): Promise<boolean> {
    const { rows } = await this.sql.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
    return rows[0]?.there === true;
  }

  /** The largest id up to `bound`; 1 where there are no rows. */
  async largestId(table: string, bound: number): Promise<number> {
    const { rows } = await this.sql.query<{ largest: number | null }>(
      `SELECT max(id)::float8 AS largest FROM ${table} WHERE id <= $1::bigint`,
      [bound],
    );
    return Math.max(1, rows[0]?.largest ?? 1);
  }

  /** Pages of a table in the order of its ids. */
  async *pages(table: string, times: readonly string[]): AsyncIterable<readonly OldRow[]> {
    const utc = times
      .map((time) => `'${time}', to_char(${time} AT TIME ZONE $2 AT TIME ZONE 'UTC', ${ISO})`)
      .join(', ');
    const page = `SELECT id::float8 AS id, to_jsonb(t) || jsonb_build_object('id', id, ${utc}) AS row
      FROM ${table} t WHERE id > $1 ORDER BY id LIMIT ${PAGE}`;
    for (let last = 0; ; ) {
      const { rows } = await this.sql.query<{ id: number; row: OldRow }>(page, [last, this.zone]);
      if (rows.length > 0) yield rows.map(({ row }) => row);
      if (rows.length < PAGE) return;
      last = rows.at(-1)?.id ?? last;
    }
  }
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
