import type { QueryRunner } from 'typeorm';

/** Runs one SQL statement and answers its rows: a pool, or the connection of a transaction. */
export interface Queryable {
  /**
   * Reads. `Row` is what the caller's SQL selects; only the database's schema guarantees it. If this fails, nothing was
   * changed.
   */
  query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
  /** Changes something. Outside a transaction it is unknown what a failure left behind. */
  execute<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

/** For callers that only read. */
export type Readable = Pick<Queryable, 'query'>;

/** The connection of a unit of work: both are part of its transaction. */
export function queryableOf(runner: QueryRunner): Queryable {
  const run = async <Row>(sql: string, values: readonly unknown[]) =>
    (await runner.query(sql, [...values], true)).records as Row[];
  return { query: run, execute: run };
}

/** A condition of a WHERE clause, `$` for each of its values. */
export type Condition = readonly [sql: string, values: readonly unknown[]];

/** The given conditions, joined by AND, with their values numbered behind those that are there already. */
export function conditions(
  all: readonly (Condition | undefined)[],
  values: unknown[] = [],
): { where: string; values: unknown[] } {
  const parts = all
    .filter((condition) => condition !== undefined)
    .map(([sql, own]) => {
      let next = 0;
      return sql.replaceAll('$', () => `$${values.push(own[next++])}`);
    });
  return { where: parts.length > 0 ? parts.join(' AND ') : 'true', values };
}
