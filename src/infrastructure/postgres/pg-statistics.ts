import type { DeliveryCount, EventCount } from '../../application/monitoring/metric-families';
import type {
  Bucket,
  SeriesBy,
  SeriesMetric,
  SeriesPoint,
  SeriesSource,
  SeriesSpan,
} from '../../application/statistics/series-service';
import type { SiteActivity, StatisticsSource, WindowState } from '../../application/statistics/statistics-service';
import type { Counts, RecentViolation } from '../../application/statistics/statistics-views';
import { type Grain, type TimeSpan, coverOf } from '../../domain/statistics/window-cover';
import { OPEN_OF_TODAY } from './pg-alert-archive';
import { EVENT_COLUMNS, type EventRow, eventOf } from './pg-events';
import { OF_ALL_CAMERAS, OF_EACH_CAMERA } from './pg-violation-queue';
import { OF_THE_SITE } from './pg-violations';
import { type Readable, conditions } from './queryable';

type StateRow = Omit<WindowState, 'violations'> & {
  readonly violations: readonly (Omit<RecentViolation, 'timestamp'> & { readonly timestamp: string })[];
};

/** The state of the site, from the tables, and from wherever cameras are read. */
export class PgSiteActivity implements SiteActivity {
  constructor(
    private readonly sql: Readable,
    readonly regions: SiteActivity['regions'],
    readonly names: SiteActivity['names'],
    /** Absent: the stored sums, in one statement with all else. */
    private readonly counts?: StatisticsSource['counts'],
  ) {}

  async state(window: TimeSpan, limit: number): Promise<WindowState> {
    const [counts, row] = await Promise.all([this.counts?.(window), this.row(window, limit)]);
    const violations = row.violations.map((one) => ({ ...one, timestamp: new Date(one.timestamp).toISOString() }));
    return { ...row, counts: counts ?? row.counts, violations };
  }

  private async row(window: TimeSpan, limit: number): Promise<StateRow> {
    const parts = new Parts(undefined);
    const within = (time: string) => `${time} >= ${parts.time(window.from)} AND ${time} < ${parts.time(window.to)}`;
    const [row] = await this.sql.query<StateRow>(
      `SELECT ${this.counts ? `'{}'::json` : `(${parts.count(window)})`} AS counts,
              reports."processingTime", reports.confidence, (${OPEN_OF_TODAY})::int AS "activeAlerts",
              (SELECT coalesce(json_agg(v), '[]') FROM (
                 SELECT id::float8 AS id, camera_id, violation_type, timestamp FROM violation_events
                  WHERE ${OF_THE_SITE} AND ${within('timestamp')}
                  ORDER BY violation_events.timestamp DESC, violation_events.id DESC LIMIT ${parts.value(limit)}) AS v) AS violations
         FROM (SELECT avg(processing_time) AS "processingTime", avg(confidence) AS confidence
                 FROM detection_records WHERE ${within('ts')}) AS reports`,
      parts.values,
    );
    return row ?? { counts: {}, processingTime: null, confidence: null, violations: [], activeAlerts: 0 };
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
    const parts = new Parts(cameraId);
    const [row] = await this.sql.query<{ counts: Counts }>(`SELECT (${parts.count(window)}) AS counts`, parts.values);
    return row?.counts ?? {};
  }

  async summary(window: TimeSpan, limit: number, cameraId?: string) {
    const parts = new Parts(cameraId);
    const sql = `SELECT (${parts.count(window)}) AS counts,
      (SELECT coalesce(json_agg(e), '[]') FROM (SELECT ${EVENT_COLUMNS} FROM events
        WHERE ${parts.within(window)} ORDER BY ts DESC, id DESC LIMIT ${parts.value(limit)}) AS e) AS newest`;
    const [row] = await this.sql.query<{ counts: Counts; newest: EventRow[] }>(sql, parts.values);
    return { counts: row?.counts ?? {}, newest: row?.newest.map(eventOf) ?? [] };
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

/** Parts of a statement, and the values in them. */
class Parts {
  readonly values: unknown[] = [];

  constructor(private readonly cameraId: string | undefined) {}

  /** The events of a window by type, as one JSON object. */
  count(window: TimeSpan): string {
    const { hours, minutes, events } = coverOf(window);
    const parts = [
      ...hours.map((stretch) => this.sums('hour', stretch)),
      ...minutes.map((stretch) => this.sums('minute', stretch)),
      ...events.map((stretch) => `SELECT type, 1 AS events FROM events WHERE ${this.within(stretch)}`),
    ];
    return `SELECT coalesce(json_object_agg(type, events), '{}') FROM
      (SELECT type, sum(events)::float8 AS events FROM (${parts.join(' UNION ALL ')}) AS part GROUP BY type) AS counted`;
  }

  /** A condition on single events. */
  within({ from, to }: TimeSpan): string {
    return `ts >= ${this.time(from)} AND ts < ${this.time(to)} ${this.ofCamera()}`;
  }

  time(ms: number): string {
    return `to_timestamp(${this.value(ms / 1000)})`;
  }

  value(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  private sums(grain: Grain, { from, to }: TimeSpan): string {
    return `SELECT type, events FROM event_rollups
      WHERE grain = '${grain}' AND bucket >= ${this.time(from)} AND bucket < ${this.time(to)} ${this.ofCamera()}`;
  }

  private ofCamera(): string {
    return this.cameraId === undefined ? '' : `AND camera_id = ${this.value(this.cameraId)}`;
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
