/** A condition of a WHERE clause, `$` for each of its values. */
export type Condition = readonly [sql: string, values: readonly unknown[]];

/** The conditions that there are, joined by AND, with their values numbered from `$1` on. */
export function conditions(all: readonly (Condition | undefined)[]): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = all
    .filter((condition) => condition !== undefined)
    .map(([sql, own]) => {
      let next = 0;
      return sql.replaceAll('$', () => `$${values.push(own[next++])}`);
    });
  return { where: parts.length > 0 ? parts.join(' AND ') : 'true', values };
}
