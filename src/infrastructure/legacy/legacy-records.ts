import {
  type RecordService,
  conditionsOf,
  cursorOf,
  pagePlaceOf,
  violationView,
} from '../../application/records/record-service';
import type { ReportSums } from '../../application/records/record-totals';
import type {
  RecordsPort,
  StatusChange,
  StatusChanges,
  ViolationKey,
  ViolationQuery,
} from '../../application/records/records-port';
import { currentCall, noteChange } from '../../application/shared/call-context';
import type { Clock } from '../../application/shared/log';
import type { Period } from '../../domain/records/period';
import { type Handling, changedMeanwhile, readHandling, violationNotFound } from '../../domain/records/violation';
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

const HANDLING = (v: string): string =>
  `jsonb_build_object('status', ${v}.status, 'handled_by', ${v}.handled_by, 'notes', ${v}.notes, 'version', ${v}.version)`;

/** Sets the status of some violations and records it, in one statement; answers those that there were, by id. */
async function handleViolations(
  sql: Queryable,
  ids: readonly number[],
  { status, notes, handledBy }: Handling,
  now: Date,
): Promise<{ readonly id: number; readonly version: number }[]> {
  const call = currentCall();
  const changed = await sql.query<{ readonly id: number; readonly version: number }>(
    `WITH known AS (
       SELECT * FROM violation_events WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE
     ), changed AS (
       UPDATE violation_events v SET
              status = $2, notes = coalesce($3, k.notes), handled_by = coalesce($4, k.handled_by),
              handled_at = CASE WHEN $2 = 'pending' THEN NULL ELSE coalesce(k.handled_at, $5::timestamptz) END,
              version = k.version + 1, updated_at = $5
         FROM known k WHERE v.id = k.id RETURNING v.*
     ), recorded AS (
       INSERT INTO violation_changes (violation_id, at, actor, request_id, before, after)
       SELECT k.id, $5, $6, $7, ${HANDLING('k')}, ${HANDLING('c')} FROM known k JOIN changed c USING (id) ORDER BY k.id
     )
     SELECT id::float8 AS id, version FROM changed ORDER BY changed.id`,
    [ids, status, notes ?? null, handledBy ?? null, now, call?.actor ?? 'anonymous', call?.requestId ?? ''],
  );
  noteChange({ violation_versions: Object.fromEntries(changed.map(({ id, version }) => [id, version])) });
  return changed;
}

const MATCHING = `($1::text IS NULL OR camera_id = $1) AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR violation_type = $3)`;

/** The old way of keeping records: one statement of SQL each, without anything in between. */
export class LegacyRecords implements RecordsPort {
  constructor(
    private readonly database: Database,
    /** What never had two ways: the trail, exports, and sums from wherever this path reads reports. */
    private readonly rest: RecordService,
    private readonly clock: Clock,
  ) {}

  changes = (key: ViolationKey) => this.rest.changes(key);
  exportViolations: RecordsPort['exportViolations'] = (filter) => this.rest.exportViolations(filter);
  summary: RecordsPort['summary'] = (query) => this.rest.summary(query);
  cameraStatistics: RecordsPort['cameraStatistics'] = (query) => this.rest.cameraStatistics(query);
  detectionRecords: RecordsPort['detectionRecords'] = (query) => this.rest.detectionRecords(query);
  health = () => this.rest.health();

  async violations({ limit, offset, cursor, ...filter }: ViolationQuery) {
    const { cameraId = null, status = null, violationType = null } = conditionsOf(filter);
    const matching = [cameraId, status, violationType];
    const after = cursor ? pagePlaceOf(cursor) : undefined;
    const rows = await this.database.query<ViolationRow>(
      `SELECT ${VIOLATION_COLUMNS} FROM violation_events
        WHERE ${OF_THE_SITE} AND ${MATCHING} AND ($4::timestamptz IS NULL OR (timestamp, id) < ($4, $5::bigint))
        ORDER BY violation_events.timestamp DESC, violation_events.id DESC LIMIT $6 OFFSET $7`,
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

  async setStatus({ violation_id: id, ...sent }: StatusChange) {
    const handling = readHandling(sent);
    const [changed] = await this.handle([id], handling);
    if (!changed) throw violationNotFound(id);
    return { ok: true as const, violation_id: id, status: handling.status, version: changed.version };
  }

  async setStatuses({ violation_ids: ids, ...sent }: StatusChanges) {
    const updated = (await this.handle(ids, readHandling(sent))).map(({ id }) => id);
    return { ok: true as const, updated, not_found: [...new Set(ids)].filter((id) => !updated.includes(id)) };
  }

  private handle(ids: readonly number[], handling: Handling) {
    return this.database.transaction(async (sql) => {
      const changed = await handleViolations(sql, ids, handling, this.clock());
      const stale = changed.find(({ version }) => handling.version !== undefined && version !== handling.version + 1);
      if (stale) throw changedMeanwhile(stale.id, stale.version - 1, handling.version ?? 0);
      return changed;
    });
  }
}
