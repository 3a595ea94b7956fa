import type { ViolationChange } from '../../application/records/records-port';
import type {
  Changed,
  ViolationConditions,
  ViolationSlice,
  ViolationStore,
} from '../../application/records/violation-store';
import { currentCall, noteChange } from '../../application/shared/call-context';
import { Violation, type ViolationStatus, violationStatuses } from '../../domain/records/violation';
import type { JsonObject } from '../../domain/shared/json';
import { FIRST_VERIFICATION_VIOLATION } from '../../domain/shared/verification';
import type { Database } from './database';
import { type Condition, type Queryable, conditions } from './queryable';

/** A row of `violation_events`. */
export interface ViolationRow {
  readonly id: number;
  readonly camera_id: string;
  readonly timestamp: Date;
  readonly violation_type: string;
  readonly track_id: number | null;
  readonly confidence: number | null;
  readonly status: ViolationStatus;
  readonly snapshot_path: string | null;
  readonly bbox: JsonObject | null;
  readonly handled_at: Date | null;
  readonly handled_by: string | null;
  readonly notes: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Excludes the violations of verifications of the rollout. */
export const OF_THE_SITE = `violation_events.id < ${FIRST_VERIFICATION_VIOLATION}`;

/** The columns of a row; its bigints are small enough for JavaScript numbers. */
export const VIOLATION_COLUMNS = `id::float8 AS id, camera_id, timestamp, violation_type, track_id::float8 AS track_id,
  confidence, status, snapshot_path, bbox, handled_at, handled_by, notes, version, created_at, updated_at`;

export const violationOf = (row: ViolationRow): Violation =>
  Violation.restore({
    id: row.id,
    cameraId: row.camera_id,
    timestamp: row.timestamp,
    violationType: row.violation_type,
    trackId: row.track_id,
    confidence: row.confidence,
    status: row.status,
    snapshotPath: row.snapshot_path,
    bbox: row.bbox,
    handledAt: row.handled_at,
    handledBy: row.handled_by,
    notes: row.notes,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });

const MOST_CHANGES = 1_000;

export class PgViolations implements ViolationStore {
  constructor(private readonly database: Database) {}

  async page(
    filter: ViolationConditions,
    { limit, offset = 0, after, order = 'newest' }: ViolationSlice,
  ): Promise<Violation[]> {
    const [direction, behindIt] = order === 'newest' ? ['DESC', '<'] : ['ASC', '>'];
    const behind: Condition | undefined = after && [
      `(timestamp, id) ${behindIt} ($::timestamptz, $::bigint)`,
      [after.timestamp, after.id],
    ];
    const { where, values } = conditions([...asConditions(filter), behind]);
    const rows = await this.database.query<ViolationRow>(
      `SELECT ${VIOLATION_COLUMNS} FROM violation_events WHERE ${OF_THE_SITE} AND ${where}
        ORDER BY violation_events.timestamp ${direction}, violation_events.id ${direction}
        LIMIT $${values.push(limit)} OFFSET $${values.push(offset)}`,
      values,
    );
    return rows.map(violationOf);
  }

  async count(filter: ViolationConditions): Promise<number> {
    const { where, values } = conditions(asConditions(filter));
    // Subtracted, because a condition on the id would keep the other indexes from being used for the count.
    const sql = `SELECT (count(*) - (SELECT count(*) FROM violation_events WHERE NOT ${OF_THE_SITE} AND ${where}))::float8 AS count
      FROM violation_events WHERE ${where}`;
    const [row] = await this.database.query<{ count: number }>(sql, values);
    return row?.count ?? 0;
  }

  async changedLast(limit: number): Promise<Violation[]> {
    const rows = await this.database.query<ViolationRow>(
      `SELECT ${VIOLATION_COLUMNS} FROM violation_events WHERE ${OF_THE_SITE}
        ORDER BY violation_events.updated_at DESC, violation_events.id DESC LIMIT $1`,
      [limit],
    );
    return rows.map(violationOf);
  }

  async find(id: number): Promise<Violation | undefined> {
    const [row] = await this.database.query<ViolationRow>(
      `SELECT ${VIOLATION_COLUMNS} FROM violation_events WHERE id = $1`,
      [id],
    );
    return row && violationOf(row);
  }

  change(ids: readonly number[], decide: (violation: Violation) => Violation): Promise<Changed> {
    return this.database.transaction(async (sql) => {
      // In the order of their ids, so that two callers that change the same ones cannot deadlock.
      const rows = await sql.query<ViolationRow>(
        `SELECT ${VIOLATION_COLUMNS} FROM violation_events WHERE id = ANY($1::bigint[])
          ORDER BY violation_events.id FOR UPDATE`,
        [ids],
      );
      const before = rows.map(violationOf);
      const violations = before.map(decide);
      await save(sql, violations);
      await record(sql, before, violations);
      const known = new Set(rows.map(({ id }) => id));
      return { violations, unknown: [...new Set(ids)].filter((id) => !known.has(id)) };
    });
  }

  async setSnapshot(id: number, path: string, at: Date): Promise<void> {
    const sql =
      'UPDATE violation_events SET snapshot_path = $2, updated_at = $3 WHERE id = $1 AND snapshot_path IS NULL';
    await this.database.execute(sql, [id, path, at]);
  }

  async trail(id: number): Promise<ViolationChange[]> {
    const rows = await this.database.query<Omit<ViolationChange, 'at'> & { at: Date }>(
      `SELECT at, actor, request_id, before, after FROM violation_changes WHERE violation_id = $1
        ORDER BY id LIMIT ${MOST_CHANGES}`,
      [id],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}

/** `time`: the column of the time of what is counted. */
export const asConditions = (filter: ViolationConditions, time = 'timestamp'): (Condition | undefined)[] => [
  filter.cameraId === undefined ? undefined : ['camera_id = $', [filter.cameraId]],
  // As constants, or the planner could not use an index of the pending ones alone.
  filter.status === undefined ? undefined : [`status = '${statusNamed(filter.status)}'`, []],
  filter.violationType === undefined ? undefined : ['violation_type = $', [filter.violationType]],
  filter.handledBy === undefined ? undefined : ['handled_by = $', [filter.handledBy]],
  filter.minConfidence === undefined ? undefined : ['confidence >= $', [filter.minConfidence]],
  filter.from === undefined ? undefined : [`${time} >= $`, [filter.from]],
  filter.to === undefined ? undefined : [`${time} < $`, [filter.to]],
];

/** One of the known names: nothing else gets into the text of a statement. */
const statusNamed = (status: string): string => violationStatuses.find((known) => known === status) ?? 'none';

async function save(sql: Queryable, violations: readonly Violation[]): Promise<void> {
  const rows = violations.map(({ fields: f }) => ({
    id: f.id,
    status: f.status,
    handled_at: f.handledAt,
    handled_by: f.handledBy,
    notes: f.notes,
    version: f.version,
    updated_at: f.updatedAt,
  }));
  await sql.query(
    `UPDATE violation_events v SET status = n.status, handled_at = n.handled_at, handled_by = n.handled_by,
            notes = n.notes, version = n.version, updated_at = n.updated_at
       FROM json_to_recordset($1::json) AS n(id bigint, status text, handled_at timestamptz, handled_by text,
            notes text, version integer, updated_at timestamptz)
      WHERE v.id = n.id`,
    [JSON.stringify(rows)],
  );
}

/** Who changed what: one row of the trail for each violation. */
async function record(sql: Queryable, before: readonly Violation[], after: readonly Violation[]): Promise<void> {
  const call = currentCall();
  const rows = after.map((violation, i) => ({
    violation_id: violation.fields.id,
    before: handlingOf(before[i] ?? violation),
    after: handlingOf(violation),
    at: violation.fields.updatedAt,
  }));
  await sql.query(
    `INSERT INTO violation_changes (violation_id, at, actor, request_id, before, after)
     SELECT violation_id, at, $2, $3, before, after
       FROM json_to_recordset($1::json) AS c(violation_id bigint, at timestamptz, before jsonb, after jsonb)`,
    [JSON.stringify(rows), call?.actor ?? 'anonymous', call?.requestId ?? ''],
  );
  noteChange({ violation_versions: Object.fromEntries(after.map(({ fields }) => [fields.id, fields.version])) });
}

const handlingOf = ({ fields }: Violation): JsonObject => ({
  status: fields.status,
  handled_by: fields.handledBy,
  notes: fields.notes,
  version: fields.version,
});
