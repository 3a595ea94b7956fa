import type { RecordService } from '../../application/records/record-service';
import type {
  RecordsPort,
  StatusChange,
  StatusChanges,
  ViolationKey,
  ViolationQuery,
} from '../../application/records/records-port';
import { conditionsOf, cursorOf, placeOf, violationView } from '../../application/records/violation-views';
import { changedMeanwhile, type Handling, readHandling, violationNotFound } from '../../domain/records/violation';
import type { Clock } from '../../application/shared/log';
import type { Database } from '../postgres/database';
import { OF_THE_SITE, VIOLATION_COLUMNS, type ViolationRow, violationOf } from '../postgres/violation-row';
import { handleViolations } from './handle-violations';

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
    const after = cursor ? placeOf(cursor) : undefined;
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
