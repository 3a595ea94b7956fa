import type { EventCount } from '../../application/monitoring/event-family';
import type { DeliveryCount } from '../../application/monitoring/site-families';
import type { Readable } from './queryable';

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
