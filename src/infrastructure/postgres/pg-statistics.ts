import type { DeliveryCount, EventCount } from '../../application/monitoring/metric-families';
import type {
  Bucket,
  SeriesBy,
  SeriesMetric,
  SeriesPoint,
  SeriesSource,
  SeriesSpan,
} from '../../application/statistics/series-service';
import type { SiteActivity, StatisticsSource } from '../../application/statistics/statistics-service';
import type { Counts, RecentViolation } from '../../application/statistics/statistics-views';
import { type Grain, type TimeSpan, coverOf } from '../../domain/statistics/window-cover';
import { OF_ALL_CAMERAS, OF_EACH_CAMERA } from './pg-violation-queue';
import { OF_THE_SITE } from './pg-violations';
import { type Readable, conditions } from './queryable';

/** The state of the site, from the tables, and from wherever cameras and alerts are read. */
export class PgSiteActivity implements SiteActivity {
  constructor(
    private readonly sql: Readable,
    readonly regions: SiteActivity['regions'],
    readonly names: SiteActivity['names'],
    readonly activeAlerts: SiteActivity['activeAlerts'],
  ) {}

  async detections({ from, to }: TimeSpan) {
    const [row] = await this.sql.query<Awaited<ReturnType<SiteActivity['detections']>>>(
      `SELECT avg(processing_time) AS "processingTime", avg(confidence) AS confidence
         FROM detection_records WHERE ts >= to_timestamp($1) AND ts < to_timestamp($2)`,
      [from / 1000, to / 1000],
    );
    return row ?? { processingTime: null, confidence: null };
  }

  async violations({ from, to }: TimeSpan, limit: number) {
    const rows = await this.sql.query<Omit<RecentViolation, 'timestamp'> & { timestamp: Date }>(
      `SELECT id::float8 AS id, camera_id, violation_type, timestamp FROM violation_events
        WHERE ${OF_THE_SITE} AND timestamp >= to_timestamp($1) AND timestamp < to_timestamp($2)
        ORDER BY violation_events.timestamp DESC, violation_events.id DESC LIMIT $3`,
      [from / 1000, to / 1000, limit],
    );
    return rows.map((row) => ({ ...row, timestamp: row.timestamp.toISOString() }));
  }
}

/** All ingested events by camera and type, in order of first appearance. */
export const eventCounts = (sql: Readable): Promise<EventCount[]> =>
  sql.query<EventCount>(
    `SELECT camera_id AS camera, type, sum(events)::float8 AS count FROM event_rollups WHERE grain = 'day'
      GROUP BY camera_id, type ORDER BY min(bucket), camera_id, type`,
    [],
  );

export const deliveryCounts = (sql: Readable): Promise<DeliveryCount[]> =>
  sql.query<DeliveryCount>(
    'SELECT channel, status, count(*)::float8 AS count FROM alert_deliveries GROUP BY channel, status',
    [],
  );

interface CountRow {
  readonly type: string;
  readonly events: number;
}

/** Numbers from stored sums, so that their cost does not grow with what they count. */
export class PgStatistics implements StatisticsSource {
  constructor(
    private readonly sql: Readable,
    private readonly zone: string,
  ) {}

  async counts(window: TimeSpan, cameraId?: string): Promise<Counts> {
    const { hours, minutes, events } = coverOf(window);
    const parts = new Parts(cameraId);
    for (const stretch of hours) parts.sums('hour', stretch);
    for (const stretch of minutes) parts.sums('minute', stretch);
    for (const stretch of events) parts.events(stretch);
    const sql = `SELECT type, sum(events)::float8 AS events FROM (${parts.sql}) AS part GROUP BY type`;
    const rows = await this.sql.query<CountRow>(sql, parts.values);
    return Object.fromEntries(rows.map(({ type, events: count }) => [type, count]));
  }

  async daily(dates: readonly string[], cameraId?: string): Promise<ReadonlyMap<string, Counts>> {
    const rows = await this.sql.query<CountRow & { date: string }>(
      `SELECT to_char(bucket AT TIME ZONE $1, 'YYYY-MM-DD') AS date, type, sum(events)::float8 AS events
         FROM event_rollups
        WHERE grain = 'day' AND bucket >= $2::timestamp AT TIME ZONE $1
          AND bucket <= $3::timestamp AT TIME ZONE $1 AND ($4::text IS NULL OR camera_id = $4)
        GROUP BY 1, 2`,
      [this.zone, dates.at(0), dates.at(-1), cameraId ?? null],
    );
    const days = new Map<string, Record<string, number>>();
    for (const { date, type, events } of rows) days.set(date, { ...days.get(date), [type]: events });
    return days;
  }
}

/** The SELECTs of a count, and their values. */
class Parts {
  readonly values: unknown[] = [];
  private readonly selects: string[] = [];

  constructor(private readonly cameraId: string | undefined) {}

  get sql(): string {
    return this.selects.join(' UNION ALL ');
  }

  sums(grain: Grain, { from, to }: TimeSpan): void {
    this.selects.push(`SELECT type, events FROM event_rollups
      WHERE grain = '${grain}' AND bucket >= ${this.time(from)} AND bucket < ${this.time(to)} ${this.ofCamera()}`);
  }

  events({ from, to }: TimeSpan): void {
    this.selects.push(`SELECT type, 1 AS events FROM events
      WHERE ts >= ${this.time(from)} AND ts < ${this.time(to)} ${this.ofCamera()}`);
  }

  private time(ms: number): string {
    return `to_timestamp($${this.values.push(ms / 1000)})`;
  }

  private ofCamera(): string {
    return this.cameraId === undefined ? '' : `AND camera_id = $${this.values.push(this.cameraId)}`;
  }
}

/** How the beginning of a bucket follows from a time; `$zone` is the zone. */
const BUCKET_SQL: Readonly<Record<Bucket, (time: string) => string>> = {
  '1m': (time) => `date_trunc('minute', ${time})`,
  '15m': (time) => `date_bin('15 minutes', ${time}, 'epoch')`,
  '1h': (time) => `date_trunc('hour', ${time}, 'UTC')`,
  '1d': (time) => `date_trunc('day', ${time}, $1)`,
};

const KEY_SQL: Readonly<Record<SeriesMetric, Readonly<Record<SeriesBy, string>>>> = {
  events: { type: 'type', camera: 'camera_id', none: `''` },
  violations: { type: 'violation_type', camera: 'camera_id', none: `''` },
};

/** Series from the sums by minute and hour; single violations only where minutes of them are wanted. */
export class PgSeries implements SeriesSource {
  constructor(private readonly sql: Readable) {}

  async series({ metric, bucket, by, from, to, zone, cameraId, type }: SeriesSpan): Promise<readonly SeriesPoint[]> {
    const isFine = bucket === '1m' || bucket === '15m';
    const source = SOURCES[metric][isFine ? 'fine' : 'coarse'];
    const cameras = by === 'camera' || cameraId !== undefined ? OF_EACH_CAMERA : OF_ALL_CAMERAS;
    const { where, values } = conditions([
      ['$::text IS NOT NULL', [zone]],
      // A bucket counts as a whole: the one that the window begins in, too.
      bucket === '1d'
        ? [`${source.time} >= date_trunc('day', $::timestamptz, $)`, [from, zone]]
        : [`${source.time} >= ${BUCKET_SQL[bucket]('$::timestamptz')}`, [from]],
      [`${source.time} < $`, [to]],
      cameraId === undefined ? undefined : ['camera_id = $', [cameraId]],
      type === undefined ? undefined : [`${KEY_SQL[metric].type} = $`, [type]],
    ]);
    return this.sql.query<SeriesPoint>(
      `SELECT ${KEY_SQL[metric][by]} AS key, ${BUCKET_SQL[bucket](source.time)} AS at, sum(${source.count})::float8 AS count
         FROM ${source.table} WHERE ${source.only} AND ${source.table === 'violation_tallies' ? cameras : 'true'} AND ${where} GROUP BY 1, 2 HAVING sum(${source.count}) > 0 ORDER BY 1, 2`,
      values,
    );
  }
}

const SOURCES = {
  events: {
    fine: { table: 'event_rollups', time: 'bucket', count: 'events', only: `grain = 'minute'` },
    coarse: { table: 'event_rollups', time: 'bucket', count: 'events', only: `grain = 'hour'` },
  },
  violations: {
    fine: { table: 'violation_events', time: 'timestamp', count: '1', only: OF_THE_SITE },
    coarse: { table: 'violation_tallies', time: 'bucket', count: 'violations', only: `grain = 'hour'` },
  },
} as const;
