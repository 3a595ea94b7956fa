import type { DeliveryCount, EventCount } from '../../application/monitoring/metric-families';
import type { RecentViolation } from '../../application/statistics/statistics-port';
import type { SiteActivity } from '../../application/statistics/statistics-service';
import type { TimeSpan } from '../../domain/statistics/window-cover';
import type { Readable } from './queryable';

/** What is going on on the site, from the tables, and from wherever cameras and alerts are known. */
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
      `SELECT id::float8 AS id, camera_id, violation_type, timestamp FROM violation_events v
        WHERE timestamp >= to_timestamp($1) AND timestamp < to_timestamp($2)
        ORDER BY v.timestamp DESC, v.id DESC LIMIT $3`,
      [from / 1000, to / 1000, limit],
    );
    return rows.map((row) => ({ ...row, timestamp: row.timestamp.toISOString() }));
  }
}

/** Every event ever taken in, the pairs of camera and type that came first, first. */
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
