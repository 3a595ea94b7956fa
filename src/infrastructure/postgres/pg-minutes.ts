import type { Minute, MinuteStore } from '../../application/monitoring/minute-metrics';
import type { Database } from './database';

/** The minutes of all services of a site, one row per service and minute. */
export class PgMinutes implements MinuteStore {
  constructor(
    private readonly database: Database,
    private readonly instance: string,
  ) {}

  async save(minutes: readonly Minute[]): Promise<void> {
    if (minutes.length === 0) return;
    await this.database.execute(
      `INSERT INTO metric_minutes (instance, minute, payload) SELECT $1, * FROM unnest($2::int[], $3::jsonb[])
       ON CONFLICT (instance, minute) DO UPDATE SET payload = excluded.payload`,
      [
        this.instance,
        minutes.map((m) => m.minute),
        minutes.map(({ rows, errors }) => JSON.stringify({ rows, errors })),
      ],
    );
  }

  async ofOthers(from: number) {
    const rows = await this.database.query<{ instance: string; minute: number; payload: Omit<Minute, 'minute'> }>(
      'SELECT instance, minute, payload FROM metric_minutes WHERE minute >= $1 AND instance <> $2 ORDER BY minute',
      [from, this.instance],
    );
    return rows.map(({ instance, minute, payload }) => ({ instance, minute, ...payload }));
  }

  async prune(before: number): Promise<void> {
    await this.database.execute('DELETE FROM metric_minutes WHERE minute < $1', [before]);
  }
}
