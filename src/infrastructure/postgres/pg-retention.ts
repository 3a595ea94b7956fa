import type { Clock, Log } from '../../application/shared/log';
import { DAY_MS } from '../../domain/shared/time';
import type { Database } from './database';
import { ADD_TO_SAMPLE, COUNTS } from './pg-evidence-store';
import type { Queryable } from './queryable';

const WEEKS_AHEAD_DAYS = 14;

/** Maintains the tables of events: partitions for the time to come, and days of the right time zone. */
export class PgEventRetention {
  constructor(
    private readonly database: Database,
    /** Time zone of the daily sums. */
    private readonly zone: string,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Before events are ingested: partitions for them, and daily sums by the days of this time zone. */
  async prepare(): Promise<void> {
    await this.makeRoom();
    await this.database.transaction((sql) => this.settleZone(sql));
  }

  /** Partitions for the events of the next two weeks. */
  async makeRoom(): Promise<void> {
    const now = this.clock().getTime();
    const times = [new Date(now), new Date(now + WEEKS_AHEAD_DAYS * DAY_MS)];
    await this.database.execute('SELECT make_week_partitions($1, $2)', times);
  }

  /** When the zone was changed, the days are summed again from the stored minutes. */
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

/**
 * Rows per statement; a longer statement would hold up others, or be cancelled by the time limit and never make
 * progress.
 */
const AT_ONCE = 10_000;
/** A larger difference between the clocks of the database and of this machine shows that one of them is wrong. */
const MOST_CLOCK_DIFFERENCE_MS = 60_000;
/**
 * Revisions of the cameras file: the newest `LEAST_REVISIONS` are kept whatever their age, and never more than
 * `MOST_REVISIONS`.
 */
const LEAST_REVISIONS = 1_000;
const MOST_REVISIONS = 10_000;

/** Retention in days. */
interface RetentionDays {
  /** Events, detection reports, sums per minute, successful deliveries, changes of cameras' processes. */
  readonly events: number;
  /** Violations, alerts with their dead deliveries, sums per hour and day. */
  readonly history: number;
  /** The audit trail, revisions of the cameras file, expired and revoked tokens. */
  readonly audit: number;
}

/**
 * Purges what is too old. Age is measured by a clock of its own, which follows that of the database by a day per run at
 * most: an hour in which the clock is wrong costs a day at the old end, not the whole history.
 */
export class PgRetention {
  constructor(
    private readonly database: Database,
    private readonly days: RetentionDays,
    private readonly clock: Clock,
    /** Milliseconds by which the clock of this machine is ahead of that of the database. */
    private readonly clockDifference: () => number,
    /** Identities of the existing files of the journal. */
    private readonly journalFiles: () => Promise<readonly string[]>,
    private readonly log: Log,
  ) {}

  /** Run periodically, in one service of the site. */
  run(): Promise<void> {
    return this.database.tryExclusively('watchgate.retention', async () => {
      const difference = this.clockDifference();
      if (Math.abs(difference) > MOST_CLOCK_DIFFERENCE_MS) {
        this.log.error('nothing old is deleted while the clocks of this machine and of the database differ', {
          seconds: Math.round(difference / 1_000),
        });
        return;
      }
      const now = await this.advance();
      const before = (days: number) => new Date(now - days * DAY_MS);
      await this.events(before(this.days.events));
      await this.history(before(Math.max(this.days.events, this.days.history)));
      await this.audit(before(this.days.audit));
      await this.services(before(1));
    });
  }

  private async advance(): Promise<number> {
    const [row] = await this.database.execute<{ at: Date }>(
      `UPDATE retention_clock SET at = least($1, at + interval '1 day') RETURNING at`,
      [this.clock()],
    );
    return row?.at.getTime() ?? 0;
  }

  private async events(oldest: Date): Promise<void> {
    const old = await this.database.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent IN ('events'::regclass, 'detection_records'::regclass)
          AND to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD') + 7 <= $1::date`,
      [oldest],
    );
    for (const { name } of old) await this.database.execute(`DROP TABLE ${name}`, []);
    if (old.length > 0) this.log.info('events that are too old were dropped', { partitions: old.map((p) => p.name) });
    await this.purge('event_keys', 'ts < $1', [oldest]);
    await this.purge('event_rollups', `grain = 'minute' AND bucket < $1`, [oldest]);
    await this.purge('alert_deliveries', `status = 'delivered' AND created_at < $1`, [oldest]);
    // Without its position a file would be ingested again, so only positions of deleted files are purged.
    await this.purge('journal_files', OLD_FILES, [oldest, await this.journalFiles()]);
    // The newest change of each camera is its present condition.
    const older = 'SELECT FROM alert_camera_changes c WHERE c.camera_id = old.camera_id AND c.seq > old.seq';
    await this.purge('alert_camera_changes', `at < $1 AND EXISTS (${older})`, [oldest]);
  }

  private async history(oldest: Date): Promise<void> {
    await this.database.execute(FOLD_DAYS, [oldest]);
    await this.purge('event_rollups', `grain = 'hour' AND bucket < $1`, [oldest]);
    await this.purge('statistics_hourly', 'hour_start < $1', [oldest]);
    await this.purge('alert_history', 'timestamp < $1', [oldest]);
    for (let deleted = AT_ONCE; deleted === AT_ONCE; ) deleted = await this.count(PURGE_VIOLATIONS, [oldest]);
  }

  private async audit(oldest: Date): Promise<void> {
    await this.purge('audit_log', 'at < $1', [oldest]);
    await this.purge('api_tokens', 'least(revoked_at, expires_at) < $1', [oldest]);
    for (const table of ['camera_config_revisions', 'region_config_revisions']) {
      const newest = `SELECT max(number) FROM ${table}`;
      const old = `number <= (${newest}) - ${LEAST_REVISIONS} AND (at < $1 OR number <= (${newest}) - ${MOST_REVISIONS})`;
      // The first one that stays needs the text that it was made of.
      const first = `SELECT min(number) FROM ${table} WHERE NOT (${old})`;
      const base = `SELECT max(number) FROM ${table} WHERE text IS NOT NULL AND number <= (${first})`;
      await this.purge(table, `number < (${base})`, [oldest]);
    }
  }

  /** Rows of services that ended without signing off, and their evidence of the rollout, minute by minute. */
  private async services(oldest: Date): Promise<void> {
    await this.purge('rollout_instances', 'heartbeat_at < $1', [oldest]);
    await this.purge('site_services', 'heartbeat_at < $1', [oldest]);
    await this.database.transaction((sql) => sql.execute(FOLD_SAMPLES, [oldest]));
  }

  private async purge(table: string, condition: string, values: readonly unknown[]): Promise<void> {
    const sql = `
      WITH deleted AS (
        DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} old WHERE ${condition} LIMIT ${AT_ONCE}) RETURNING 1)
      SELECT count(*)::int AS deleted FROM deleted`;
    for (let deleted = AT_ONCE; deleted === AT_ONCE; ) deleted = await this.count(sql, values);
  }

  private async count(sql: string, values: readonly unknown[]): Promise<number> {
    return (await this.database.execute<{ deleted: number }>(sql, values))[0]?.deleted ?? 0;
  }
}

const OLD_FILES = `updated_at < $1 AND file <> ALL($2) AND (name NOT LIKE '%/events_record.jsonl'
  OR EXISTS (SELECT FROM journal_files n WHERE n.name = old.name AND n.updated_at > old.updated_at))`;

/** The days are purged, their sum stays in a row of its own: the counter of all ingested events never falls. */
const FOLD_DAYS = `
  WITH old AS (
    DELETE FROM event_rollups WHERE grain = 'day' AND bucket < $1 AND bucket > to_timestamp(0) RETURNING camera_id, type, events)
  INSERT INTO event_rollups AS known (grain, bucket, camera_id, type, events)
  SELECT 'day', to_timestamp(0), camera_id, type, sum(events) FROM old GROUP BY camera_id, type
  ON CONFLICT (grain, bucket, camera_id, type) DO UPDATE SET events = known.events + excluded.events`;

const PURGE_VIOLATIONS = `
  WITH old AS (SELECT id FROM violation_events WHERE timestamp < $1 LIMIT ${AT_ONCE}),
       changes AS (DELETE FROM violation_changes WHERE violation_id IN (SELECT id FROM old)),
       deleted AS (DELETE FROM violation_events WHERE id IN (SELECT id FROM old) RETURNING 1)
  SELECT count(*)::int AS deleted FROM deleted`;

const OF_ALL = '00000000-0000-0000-0000-000000000000';

/** A row per minute and service becomes one per month of all services; only sums are ever read. */
const FOLD_SAMPLES = `
  WITH old AS (
    DELETE FROM rollout_samples WHERE minute < $1 AND instance <> '${OF_ALL}' RETURNING *,
      date_trunc('month', minute, 'UTC') AS month
  ), calls AS (
    SELECT group_name, entry, operation, arm, month, key, sum(value::int) AS calls
      FROM old, jsonb_each_text(histogram) GROUP BY group_name, entry, operation, arm, month, key
  ), histograms AS (
    SELECT group_name, entry, operation, arm, month, jsonb_object_agg(key, calls) AS histogram
      FROM calls GROUP BY group_name, entry, operation, arm, month
  ), sums AS (
    SELECT group_name, entry, operation, arm, month, ${COUNTS.map((c) => `sum(${c}) AS ${c}`).join(', ')}
      FROM old GROUP BY group_name, entry, operation, arm, month
  )
  INSERT INTO rollout_samples AS s (group_name, entry, operation, arm, instance, minute, ${COUNTS.join(', ')}, histogram)
  SELECT group_name, entry, operation, arm, '${OF_ALL}', month, ${COUNTS.join(', ')}, coalesce(histogram, '{}')
    FROM sums LEFT JOIN histograms USING (group_name, entry, operation, arm, month)
  ON CONFLICT (group_name, entry, operation, arm, instance, minute) DO UPDATE SET
    ${ADD_TO_SAMPLE}`;
