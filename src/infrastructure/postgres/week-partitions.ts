import type { Queryable } from './queryable';

const WEEK_MS = 7 * 86_400_000;
/** 5 January 1970 was the first Monday. */
const FIRST_MONDAY = 4 * 86_400_000;

const weekOf = (ms: number): number => Math.floor((ms - FIRST_MONDAY) / WEEK_MS);
const startOf = (week: number): string => new Date(week * WEEK_MS + FIRST_MONDAY).toISOString();

/** The partitions of events and detection records, one per week from Monday on (UTC). */
export class WeekPartitions {
  private readonly made = new Set<number>();

  /** Makes the partitions that some times, in milliseconds since 1970, belong to. */
  async make(sql: Queryable, times: readonly number[]): Promise<void> {
    const missing = new Set(times.map(weekOf).filter((week) => !this.made.has(week)));
    for (const week of missing) {
      await sql.query('SELECT make_week_partitions($1, $1)', [startOf(week)]);
      this.made.add(week);
    }
  }

  forget(): void {
    this.made.clear();
  }
}
