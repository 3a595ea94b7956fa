import type { Clock, Log } from '../../application/shared/log';
import type { Database } from './database';
import type { Queryable } from './queryable';

const DAY_MS = 86_400_000;
const WEEKS_AHEAD_DAYS = 14;

/** Keeps the tables of events in shape: partitions for the time to come, and days of the right time zone. */
export class PgEventKeeping {
  constructor(
    private readonly database: Database,
    /** Whose days the daily sums are. */
    private readonly zone: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Before events are taken in: room for them, and daily sums that are of this time zone's days. */
  async prepare(): Promise<void> {
    await this.makeRoom();
    await this.database.transaction((sql) => this.settleZone(sql));
  }

  /** Room for the events of the next two weeks. */
  async makeRoom(): Promise<void> {
    const now = this.clock().getTime();
    const times = [new Date(now), new Date(now + WEEKS_AHEAD_DAYS * DAY_MS)];
    await this.database.execute('SELECT make_week_partitions($1, $2)', times);
  }

  /** When the zone was changed, the days are summed again from the minutes that are kept. */
  private async settleZone(sql: Queryable): Promise<void> {
    const { zone } = this;
    await sql.query(`SELECT pg_advisory_xact_lock(hashtext('watchgate.event_intake'))`, []);
    const [known] = await sql.query<{ zone: string }>('SELECT zone FROM rollup_zone', []);
    if (known?.zone === zone) return;
    const put = 'INSERT INTO rollup_zone (zone) VALUES ($1) ON CONFLICT (one) DO UPDATE SET zone = excluded.zone';
    await sql.query(put, [zone]);
    if (!known) return;
    this.log.info('the days of the statistics are summed again', { from: known.zone, to: zone });
    await sql.query(
      `DELETE FROM event_rollups WHERE grain = 'day' AND bucket >=
      (SELECT date_trunc('day', min(bucket), $1) FROM event_rollups WHERE grain = 'minute')`,
      [known.zone],
    );
    await sql.query(
      `INSERT INTO event_rollups AS known (grain, bucket, camera_id, type, events)
       SELECT 'day', date_trunc('day', bucket, $1), camera_id, type, sum(events)
         FROM event_rollups WHERE grain = 'minute' GROUP BY 2, 3, 4
       ON CONFLICT (grain, bucket, camera_id, type) DO UPDATE SET events = excluded.events`,
      [zone],
    );
  }
}
