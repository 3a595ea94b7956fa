import type { Queryable } from '../postgres/queryable';
import { PartReport } from './import-report';
import type { OldRow, OldTables } from './old-tables';

/**
 * The import of one old table: which columns are times, why a row is rejected, and how rows get into the new tables.
 */
export interface TableImport {
  readonly table: string;
  readonly times: readonly string[];
  readonly check: (row: OldRow) => string | undefined;
  /** Prepares the tables for the rows of a page, as JSON ($1). */
  readonly prepare?: string;
  /**
   * Stores the rows of a page that were not imported before, as JSON ($1); answers the new id of each by its old one.
   */
  readonly insert: string;
  /** Rows keep their ids up to this one, where these are free. */
  readonly keepsIdsTo?: number;
  /** Updates rows that were imported before ($1, as JSON; $2 their source); answers the ids of those that changed. */
  readonly refresh?: string;
  /** Old ids of the rows that still differ from the old table after `refresh`. */
  readonly differing?: string;
}

/** Imports one table, page by page, in the transaction of `sql`. Rows that were imported before are left unchanged. */
export async function importTable(sql: Queryable, old: OldTables, plan: TableImport): Promise<PartReport> {
  const report = new PartReport(plan.table);
  if (!(await old.has(plan.table))) {
    report.leave('the old database has no such table', plan.table);
    return report;
  }
  for await (const rows of old.pages(plan.table, plan.times)) {
    const known = await knownIds(sql, old.name, plan.table, rows);
    report.known += known.size;
    const again = rows.filter((row) => known.has(row.id) && plan.check(row) === undefined);
    await bringUpToDate(sql, plan, again, old.name, report);
    const good = rows.filter((row) => !known.has(row.id) && isGood(row, plan, report));
    if (good.length === 0) continue;
    if (plan.prepare) await sql.query(plan.prepare, [JSON.stringify(good)]);
    const made = await sql.query<{ old_id: number; new_id: number | null }>(plan.insert, [JSON.stringify(good)]);
    await sql.query(
      `INSERT INTO imported_rows (source, kind, old_id, new_id)
       SELECT $2, $3, old_id, new_id FROM json_to_recordset($1::json) AS r(old_id bigint, new_id bigint)`,
      [JSON.stringify(made), old.name, plan.table],
    );
    report.taken += made.length;
    if (plan.keepsIdsTo !== undefined)
      report.renumbered += made.filter(({ old_id, new_id }) => old_id !== new_id).length;
  }
  return report;
}

async function bringUpToDate(
  sql: Queryable,
  { refresh, differing }: TableImport,
  rows: readonly OldRow[],
  source: string,
  report: PartReport,
): Promise<void> {
  if (rows.length === 0) return;
  const page = [JSON.stringify(rows), source];
  if (refresh) report.changed += (await sql.query(refresh, page)).length;
  const changedHere = differing ? await sql.query<{ id: number }>(differing, page) : [];
  for (const { id } of changedHere) report.differ(`id ${id}`);
}

/**
 * Moves the ids that this service assigns behind the old ones. A transaction of its own and short, because no id may be
 * assigned meanwhile; the following import finds its ids free.
 */
export async function makeRoom(sql: Queryable, old: OldTables, { table, keepsIdsTo }: TableImport): Promise<void> {
  if (keepsIdsTo === undefined || !(await old.has(table))) return;
  const largest = await old.largestId(table, keepsIdsTo);
  await sql.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`, []);
  const forward = `
    SELECT setval(sequence, greatest($1::bigint, coalesce(pg_sequence_last_value(sequence), 1)))
      FROM (SELECT pg_get_serial_sequence('${table}', 'id')::regclass AS sequence) AS own`;
  await sql.query(forward, [largest]);
}

function isGood(row: OldRow, { check }: TableImport, report: PartReport): boolean {
  const why = check(row);
  if (why) report.leave(why, `id ${row.id}`);
  return why === undefined;
}

async function knownIds(sql: Queryable, source: string, kind: string, rows: readonly OldRow[]): Promise<Set<number>> {
  const found = await sql.query<{ old_id: number }>(
    `SELECT old_id::float8 AS old_id FROM imported_rows
      WHERE source = $1 AND kind = $2 AND old_id = ANY($3::bigint[])`,
    [source, kind, rows.map(({ id }) => id)],
  );
  return new Set(found.map(({ old_id }) => old_id));
}
