import type { QueryRunner } from 'typeorm';

/** Whatever runs one SQL statement and answers its rows: a pool, or the connection of a transaction. */
export interface Queryable {
  /** `Row` is what the caller's SQL selects; the database's schema is what makes it true. */
  query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

/** The connection of a unit of work. */
export const queryableOf = (runner: QueryRunner): Queryable => ({
  query: async <Row>(sql: string, values: readonly unknown[]) =>
    (await runner.query(sql, [...values], true)).records as Row[],
});
