import {
  type RecordService,
  conditionsOf,
  cursorOf,
  orderOf,
  pagePlaceOf,
  violationView,
} from '../../application/records/record-service';
import type { ReportSums } from '../../application/records/record-totals';
import type {
  RecordsPort,
  ViolationFilter,
  ViolationKey,
  ViolationQuery,
} from '../../application/records/records-port';
import type { Period } from '../../domain/records/period';
import { violationNotFound } from '../../domain/records/violation';
import type { Database } from '../postgres/database';
import { PgDetectionReports } from '../postgres/pg-detection-reports';
import { OF_THE_SITE, VIOLATION_COLUMNS, type ViolationRow, violationOf } from '../postgres/pg-violations';
import type { Queryable } from '../postgres/queryable';

const SUMS = `count(*)::float8 AS records, sum(frames)::float8 AS frames, sum(person_count)::float8 AS persons,
  sum(hairnet_violations)::float8 AS "hairnetViolations", sum(handwash_events)::float8 AS "handwashEvents",
  sum(sanitize_events)::float8 AS "sanitizeEvents", coalesce(sum(fps), 0) AS "fpsSum",
  count(fps)::float8 AS "fpsRecords", coalesce(sum(confidence), 0) AS "confidenceSum",
  count(confidence)::float8 AS "confidenceRecords", coalesce(sum(processing_time), 0) AS "processingTimeSum",
  count(processing_time)::float8 AS "processingTimeRecords", min(processing_time) AS "minProcessingTime",
  max(processing_time) AS "maxProcessingTime"`;

/** Detection reports, summed anew for every request. */
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

const MATCHING = `($1::text IS NULL OR camera_id = $1) AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR violation_type = $3) AND ($4::text IS NULL OR handled_by = $4)
  AND ($5::float8 IS NULL OR confidence >= $5) AND ($6::timestamptz IS NULL OR timestamp >= $6)
  AND ($7::timestamptz IS NULL OR timestamp < $7)`;

const matchingOf = (filter: ViolationFilter): unknown[] => {
  const { cameraId, status, violationType, handledBy, minConfidence, from, to } = conditionsOf(filter);
  return [cameraId, status, violationType, handledBy, minConfidence, from, to].map((value) => value ?? null);
};

/**
 * The old implementation of reading records: one SQL statement each, without anything in between. The violation itself
 * decides what may be done to it, as on the domain path.
 */
export class LegacyRecords implements RecordsPort {
  constructor(
    private readonly database: Database,
    /**
     * What never had two implementations: changes and their trail, exports, and sums, from wherever this path reads
     * reports.
     */
    private readonly rest: RecordService,
  ) {}

  setStatus: RecordsPort['setStatus'] = (change) => this.rest.setStatus(change);
  setStatuses: RecordsPort['setStatuses'] = (changes) => this.rest.setStatuses(changes);
  changes = (key: ViolationKey) => this.rest.changes(key);
  exportViolations: RecordsPort['exportViolations'] = (filter) => this.rest.exportViolations(filter);
  summary: RecordsPort['summary'] = (query) => this.rest.summary(query);
  cameraStatistics: RecordsPort['cameraStatistics'] = (query) => this.rest.cameraStatistics(query);
  detectionRecords: RecordsPort['detectionRecords'] = (query) => this.rest.detectionRecords(query);
  health = () => this.rest.health();

  async violations({ limit, offset, cursor, order, ...filter }: ViolationQuery) {
    const matching = matchingOf(filter);
    const after = cursor ? pagePlaceOf(cursor) : undefined;
    const [direction, behind] = orderOf(order) === 'newest' ? ['DESC', '<'] : ['ASC', '>'];
    const rows = await this.database.query<ViolationRow>(
      `SELECT ${VIOLATION_COLUMNS} FROM violation_events
        WHERE ${OF_THE_SITE} AND ${MATCHING} AND ($8::timestamptz IS NULL OR (timestamp, id) ${behind} ($8, $9::bigint))
        ORDER BY violation_events.timestamp ${direction}, violation_events.id ${direction} LIMIT $10 OFFSET $11`,
      [...matching, after?.timestamp ?? null, after?.id ?? null, limit, after ? 0 : offset],
    );
    const count = `SELECT count(*)::float8 AS total FROM violation_events WHERE ${OF_THE_SITE} AND ${MATCHING}`;
    const [counted] = await this.database.query<{ total: number }>(count, matching);
    const violations = rows.map((row) => violationView(violationOf(row)));
    return { violations, total: counted?.total ?? 0, limit, offset, next_cursor: cursorOf(violations, limit) };
  }

  async violation({ violation_id: id }: ViolationKey) {
    const sql = `SELECT ${VIOLATION_COLUMNS} FROM violation_events WHERE id = $1`;
    const [row] = await this.database.query<ViolationRow>(sql, [id]);
    if (!row) throw violationNotFound(id);
    return violationView(violationOf(row));
  }
}
