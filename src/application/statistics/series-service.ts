import { DomainError } from '../../domain/shared/domain-error';
import { DAY_MS, HOUR_MS, MINUTE_MS, isTimeZone, utcTime } from '../../domain/shared/time';
import type { Clock } from '../shared/log';

export const SERIES_METRICS = ['events', 'violations'] as const;
export const SERIES_BUCKETS = ['1m', '15m', '1h', '1d'] as const;
export const SERIES_BY = ['type', 'camera', 'none'] as const;

export type SeriesMetric = (typeof SERIES_METRICS)[number];
export type Bucket = (typeof SERIES_BUCKETS)[number];
export type SeriesBy = (typeof SERIES_BY)[number];

export interface SeriesSpan {
  readonly metric: SeriesMetric;
  readonly bucket: Bucket;
  readonly by: SeriesBy;
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  /** IANA name of the zone whose days count. */
  readonly zone: string;
  readonly cameraId?: string;
  readonly type?: string;
}

export interface SeriesPoint {
  /** The camera or type; empty where they are not told apart. */
  readonly key: string;
  /** When the bucket begins. */
  readonly at: Date;
  readonly count: number;
}

/** Counts over time, from stored sums. Throws `database.unavailable`. */
export interface SeriesSource {
  /** Buckets with something in them, in the order of key and time. */
  series(span: SeriesSpan): Promise<readonly SeriesPoint[]>;
}

export interface SeriesQuery {
  readonly metric: SeriesMetric;
  readonly bucket: Bucket;
  readonly by: SeriesBy;
  readonly from?: string;
  readonly to?: string;
  readonly tz?: string;
  readonly camera_id?: string;
  readonly type?: string;
}

export interface SeriesView {
  readonly metric: SeriesMetric;
  readonly bucket: Bucket;
  readonly by: SeriesBy;
  readonly time_zone: string;
  readonly from: string;
  readonly to: string;
  readonly series: readonly {
    readonly key: string;
    readonly points: readonly { readonly at: string; readonly count: number }[];
  }[];
}

const MS: Readonly<Record<Bucket, number>> = {
  '1m': MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '1d': DAY_MS,
};
/** More buckets than this are no picture any more, but a download. */
const MOST_BUCKETS = 2_000;
const DEFAULT_BUCKETS = 60;

/** Events and violations over time, as charts need them. */
export class SeriesService {
  constructor(
    private readonly source: SeriesSource,
    private readonly zone: string,
    private readonly clock: Clock,
  ) {}

  /** Throws `statistics.series_invalid` for a window with too many buckets, and a zone that there is not. */
  async series({ metric, bucket, by, tz = this.zone, camera_id, type, ...asked }: SeriesQuery): Promise<SeriesView> {
    const to = asked.to === undefined ? this.clock() : new Date(utcTime(asked.to));
    const from =
      asked.from === undefined ? new Date(to.getTime() - DEFAULT_BUCKETS * MS[bucket]) : new Date(utcTime(asked.from));
    refuse(from, to, bucket, tz);
    const points = await this.source.series({
      metric,
      bucket,
      by,
      from,
      to,
      zone: tz,
      ...(camera_id === undefined ? {} : { cameraId: camera_id }),
      ...(type === undefined ? {} : { type }),
    });
    return { metric, bucket, by, time_zone: tz, from: from.toISOString(), to: to.toISOString(), series: byKey(points) };
  }
}

function refuse(from: Date, to: Date, bucket: Bucket, zone: string): void {
  const buckets = (to.getTime() - from.getTime()) / MS[bucket];
  if (buckets > MOST_BUCKETS)
    throw new DomainError(
      'statistics.series_invalid',
      `From ${from.toISOString()} to ${to.toISOString()} are ${Math.ceil(buckets)} buckets of ${bucket}; ${MOST_BUCKETS} at most: take larger buckets.`,
      { params: { buckets: Math.ceil(buckets), most: MOST_BUCKETS } },
    );
  if (!isTimeZone(zone))
    throw new DomainError(
      'statistics.series_invalid',
      `There is no time zone "${zone}": name one such as Asia/Shanghai.`,
      { params: { time_zone: zone } },
    );
}

function byKey(points: readonly SeriesPoint[]): SeriesView['series'] {
  const series = new Map<string, { readonly at: string; readonly count: number }[]>();
  for (const { key, at, count } of points) {
    const own = series.get(key) ?? [];
    own.push({ at: at.toISOString(), count });
    series.set(key, own);
  }
  return [...series].map(([key, own]) => ({ key, points: own }));
}
