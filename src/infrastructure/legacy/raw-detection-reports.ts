import type { ReportSums } from '../../application/records/record-totals';
import type { Period } from '../../domain/records/period';
import { PgDetectionReports } from '../postgres/pg-detection-reports';
import type { Queryable } from '../postgres/queryable';

const SUMS = `count(*)::float8 AS records, sum(frames)::float8 AS frames, sum(person_count)::float8 AS persons,
  sum(hairnet_violations)::float8 AS "hairnetViolations", sum(handwash_events)::float8 AS "handwashEvents",
  sum(sanitize_events)::float8 AS "sanitizeEvents", coalesce(sum(fps), 0) AS "fpsSum",
  count(fps)::float8 AS "fpsRecords", coalesce(sum(confidence), 0) AS "confidenceSum",
  count(confidence)::float8 AS "confidenceRecords", coalesce(sum(processing_time), 0) AS "processingTimeSum",
  count(processing_time)::float8 AS "processingTimeRecords", min(processing_time) AS "minProcessingTime",
  max(processing_time) AS "maxProcessingTime"`;

/** Detection reports summed anew for every question. */
export class RawDetectionReports extends PgDetectionReports {
  constructor(private readonly raw: Queryable) {
    super(raw);
  }

  override async sums({ from, to }: Period, cameraId?: string): Promise<ReadonlyMap<string, ReportSums>> {
    const rows = await this.raw.query<ReportSums & { camera_id: string }>(
      `SELECT camera_id, ${SUMS} FROM detection_records
        WHERE date_trunc('hour', ts) >= to_timestamp($1) AND date_trunc('hour', ts) < to_timestamp($2)
          AND ts >= to_timestamp($1) AND ($3::text IS NULL OR camera_id = $3)
        GROUP BY camera_id ORDER BY camera_id`,
      [from / 1000, to / 1000, cameraId ?? null],
    );
    return new Map(rows.map(({ camera_id, ...sums }) => [camera_id, sums]));
  }

  override async count(cameraId: string): Promise<number> {
    const sql = 'SELECT count(*)::float8 AS count FROM detection_records WHERE camera_id = $1';
    const [row] = await this.raw.query<{ count: number }>(sql, [cameraId]);
    return row?.count ?? 0;
  }
}
