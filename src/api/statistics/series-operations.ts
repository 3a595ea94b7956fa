import {
  SERIES_BUCKETS,
  type Bucket,
  SERIES_BY,
  SERIES_METRICS,
  type SeriesBy,
  type SeriesMetric,
  type SeriesQuery,
  type SeriesService,
  type SeriesView,
} from '../../application/statistics/series-service';
import { invalidQuery } from '../http/example';
import { ListOf, NotBefore, OneOf, Text, Time } from '../http/fields';
import { operations } from '../http/operation';
import { all, count, listOf, named, text } from '../http/schemas';

class SeriesQueryDto implements SeriesQuery {
  @OneOf(SERIES_METRICS, { default: 'events' }) metric: SeriesMetric = 'events';
  @OneOf(SERIES_BUCKETS, { default: '1h' }) bucket: Bucket = '1h';
  @OneOf(SERIES_BY, { default: 'type' }) by: SeriesBy = 'type';
  @Time({ optional: true, about: '60 buckets before `to` without it' }) from?: string;
  @NotBefore('from') @Time({ optional: true, about: 'now without it; not included' }) to?: string;
  @Text({ max: 100, optional: true, about: 'IANA name of the zone of days; that of the site without it' }) tz?: string;
  @Text({ max: 100, optional: true }) camera_id?: string;
  @Text({ max: 100, optional: true, about: 'type of event or violation' }) type?: string;
}

const line = () =>
  named(
    'SeriesLine',
    all({
      key: { ...text, description: 'the camera or type; empty where they are not told apart' },
      points: listOf(all({ at: { type: 'string', format: 'date-time' }, count })),
    }),
  );

class SeriesDto implements SeriesView {
  @OneOf(SERIES_METRICS) metric: SeriesMetric;
  @OneOf(SERIES_BUCKETS) bucket: Bucket;
  @OneOf(SERIES_BY) by: SeriesBy;
  @Text() time_zone: string;
  @Time() from: string;
  @Time() to: string;
  @ListOf(line, { about: 'buckets with something in them, by when they begin' }) series: SeriesView['series'];
}

export const seriesOperations = operations<Pick<SeriesService, 'series'>>('statistics', {
  series: {
    http: 'GET /statistics/series',
    summary: 'Events or violations over time',
    call: (statistics, input) => statistics.series(input),
    input: SeriesQueryDto,
    output: SeriesDto,
    example: {
      input: { metric: 'violations', bucket: '1d', by: 'type', camera_id: 'gate' },
      answer: {
        metric: 'violations',
        bucket: '1d',
        by: 'type',
        time_zone: 'UTC',
        from: '2025-11-06T08:15:02.114Z',
        to: '2026-01-05T08:15:02.114Z',
        series: [{ key: 'no_hairnet', points: [{ at: '2026-01-05T00:00:00.000Z', count: 1 }] }],
      },
      varies: ['/series'],
      refused: invalidQuery(
        { bucket: '1m', from: '2026-01-01T00:00:00Z', to: '2026-01-31T00:00:00Z' },
        'statistics.series_invalid',
        'From 2026-01-01T00:00:00.000Z to 2026-01-31T00:00:00.000Z are 43200 buckets of 1m; 2000 at most: take larger buckets.',
        { buckets: 43_200, most: 2_000 },
      ),
    },
  },
});
