import type { DetectionReports } from '../../application/records/record-source';
import type { ReportSums } from '../../application/records/record-totals';
import type { DetectionRecord } from '../../application/records/records-port';
import type { Period } from '../../domain/records/period';
import { DomainError } from '../../domain/shared/domain-error';
import type { Readable } from './queryable';

/** Sums over rows of `statistics_hourly`, under the names of `ReportSums`. */
const SUMS = `sum(records)::float8 AS records, sum(total_frames)::float8 AS frames,
  sum(total_persons)::float8 AS persons, sum(total_hairnet_violations)::float8 AS "hairnetViolations",
  sum(total_handwash_events)::float8 AS "handwashEvents", sum(total_sanitize_events)::float8 AS "sanitizeEvents",
  sum(fps_sum) AS "fpsSum", sum(fps_records)::float8 AS "fpsRecords", sum(confidence_sum) AS "confidenceSum",
  sum(confidence_records)::float8 AS "confidenceRecords", sum(processing_time_sum) AS "processingTimeSum",
  sum(processing_time_records)::float8 AS "processingTimeRecords",
  min(min_processing_time) AS "minProcessingTime", max(max_processing_time) AS "maxProcessingTime"`;

/** Detection reports in PostgreSQL, and their hourly sums. */
export class PgDetectionReports implements DetectionReports {
  constructor(private readonly sql: Readable) {}

  async sums({ from, to }: Period, cameraId?: string): Promise<ReadonlyMap<string, ReportSums>> {
    const rows = await this.sql.query<ReportSums & { camera_id: string }>(
      `SELECT camera_id, ${SUMS} FROM statistics_hourly
        WHERE hour_start >= to_timestamp($1) AND hour_start < to_timestamp($2) AND ($3::text IS NULL OR camera_id = $3)
        GROUP BY camera_id ORDER BY camera_id`,
      [from / 1000, to / 1000, cameraId ?? null],
    );
    return new Map(rows.map(({ camera_id, ...sums }) => [camera_id, sums]));
  }

  async countSince(cameraId: string, from: number): Promise<number> {
    const sql = `SELECT count(*)::float8 AS count FROM detection_records WHERE camera_id = $1 AND ts >= to_timestamp($2)`;
    const [row] = await this.sql.query<{ count: number }>(sql, [cameraId, from / 1000]);
    return row?.count ?? 0;
  }

  async page(cameraId: string, limit: number, offset: number): Promise<readonly DetectionRecord[]> {
    const rows = await this.sql.query<Omit<DetectionRecord, 'timestamp'> & { timestamp: Date }>(
      `SELECT id::float8 AS id, camera_id, ts AS timestamp, coalesce(frame_number, 0)::float8 AS frame_number,
              person_count, hairnet_violations, handwash_events, sanitize_events, fps, processing_time
         FROM detection_records WHERE camera_id = $1 ORDER BY ts DESC, detection_records.id DESC LIMIT $2 OFFSET $3`,
      [cameraId, limit, offset],
    );
    return rows.map((row) => ({ ...row, timestamp: row.timestamp.toISOString() }));
  }

  /** From the hourly sums, which are kept with the reports. */
  async count(cameraId: string): Promise<number> {
    const sql = 'SELECT coalesce(sum(records), 0)::float8 AS count FROM statistics_hourly WHERE camera_id = $1';
    const [row] = await this.sql.query<{ count: number }>(sql, [cameraId]);
    return row?.count ?? 0;
  }

  async trouble(): Promise<string | undefined> {
    try {
      await this.sql.query('SELECT 1', []);
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return error.message;
      throw error;
    }
  }
}
