import { AlertRule } from '../../domain/alerts/alert-rule';
import { violationStatuses } from '../../domain/records/violation';
import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import type { Database } from '../postgres/database';
import { ADD_TO_SUMS, SUMS_OF_REPORTS } from '../postgres/pg-event-intake';
import type { PartReport } from './import-report';
import { type TableImport, importTable, makeRoom } from './import-tables';
import type { OldRow, OldTables } from './old-tables';

/** Below the range of verifications, with room for the ids that this service assigns. */
const LARGEST_BIGINT = 2 ** 51;
const LARGEST_INTEGER = 2 ** 30;

/** The old id of a row `r` where it is free and leaves room for others. */
const ownId = (table: string, largest: number): string =>
  `CASE WHEN r.id > ${largest} OR EXISTS (SELECT FROM ${table} t WHERE t.id = r.id)
        THEN nextval(pg_get_serial_sequence('${table}', 'id')) ELSE r.id END`;

const isName = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 100;

/** Why a row that belongs to a camera and a time is rejected. */
const placed =
  (time: string, oldest?: Date) =>
  (row: OldRow): string | undefined => {
    const at = row[time];
    if (!isName(row.camera_id)) return 'camera_id is missing or too long';
    if (typeof at !== 'string') return `${time} is missing`;
    return oldest && new Date(at) < oldest ? 'older than what is kept (RETENTION_DAYS)' : undefined;
  };

/** Detection reports; rows older than `oldest` would be purged at once. */
const detectionRecords = (oldest: Date): TableImport => ({
  table: 'detection_records',
  times: ['timestamp'],
  check: placed('timestamp', oldest),
  prepare: `SELECT make_week_partitions(min(timestamp), max(timestamp))
    FROM json_to_recordset($1::json) AS r(timestamp timestamptz)`,
  insert: `
    WITH old AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1::json) AS r(id bigint, camera_id text, timestamp timestamptz,
        frame_number bigint, person_count int, hairnet_violations int, handwash_events int, sanitize_events int,
        fps float8, processing_time float8)
    ), stored AS (
      INSERT INTO detection_records (camera_id, ts, frame_number, person_count, hairnet_violations, handwash_events,
        sanitize_events, fps, processing_time)
      SELECT camera_id, timestamp, frame_number, coalesce(person_count, 0), coalesce(hairnet_violations, 0),
             coalesce(handwash_events, 0), coalesce(sanitize_events, 0), fps, processing_time FROM old
      RETURNING *
    ), summed AS (
      INSERT INTO statistics_hourly AS known SELECT ${SUMS_OF_REPORTS} FROM stored GROUP BY 1, 2
      ${ADD_TO_SUMS}
    )
    SELECT id::float8 AS old_id, NULL::float8 AS new_id FROM old`,
});

/** The old sums fill the hours without reports. */
const statisticsHourly: TableImport = {
  table: 'statistics_hourly',
  times: ['hour_start'],
  check: placed('hour_start'),
  insert: `
    WITH old AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1::json) AS r(id bigint, camera_id text, hour_start timestamptz,
        total_frames bigint, total_persons bigint, total_hairnet_violations bigint, total_handwash_events bigint,
        total_sanitize_events bigint, avg_fps float8, avg_processing_time float8, min_processing_time float8,
        max_processing_time float8)
    ), stored AS (
      INSERT INTO statistics_hourly
      SELECT camera_id, date_trunc('hour', hour_start, 'UTC'), 0, coalesce(total_frames, 0), coalesce(total_persons, 0),
             coalesce(total_hairnet_violations, 0), coalesce(total_handwash_events, 0),
             coalesce(total_sanitize_events, 0), coalesce(avg_fps, 0), (avg_fps IS NOT NULL)::int, 0, 0,
             coalesce(avg_processing_time, 0), (avg_processing_time IS NOT NULL)::int, min_processing_time,
             max_processing_time
        FROM old ON CONFLICT DO NOTHING
    )
    SELECT id::float8 AS old_id, NULL::float8 AS new_id FROM old`,
};

const isStatus = (value: unknown): boolean => violationStatuses.some((status) => status === value);

/**
 * Rows `r` of a page ($1, JSON; $2 their source), each with the violation `v` that it became, which may be handled in
 * another way.
 */
const OTHERWISE = `
  json_to_recordset($1::json) AS r(id bigint, timestamp timestamptz, status text, handled_at timestamptz,
         handled_by text, notes text, updated_at timestamptz)
  JOIN imported_rows i ON i.source = $2 AND i.kind = 'violation_events' AND i.old_id = r.id`;
const IS_OTHERWISE =
  'v.id = i.new_id AND (v.status, v.handled_by, v.notes) IS DISTINCT FROM (r.status, r.handled_by, r.notes)';

const violationEvents: TableImport = {
  table: 'violation_events',
  keepsIdsTo: LARGEST_BIGINT,
  times: ['timestamp', 'handled_at', 'created_at', 'updated_at'],
  check: (row) => {
    if (!isName(row.violation_type)) return 'violation_type is missing or too long';
    return isStatus(row.status) ? placed('timestamp')(row) : `status is none of ${violationStatuses.join(', ')}`;
  },
  insert: `
    WITH old AS MATERIALIZED (
      SELECT *, ${ownId('violation_events', LARGEST_BIGINT)} AS new_id
        FROM json_to_recordset($1::json) AS r(id bigint, camera_id text, timestamp timestamptz, violation_type text,
          track_id bigint, confidence float8, snapshot_path text, bbox jsonb, status text, handled_at timestamptz,
          handled_by text, notes text, created_at timestamptz, updated_at timestamptz)
    ), stored AS (
      INSERT INTO violation_events (id, camera_id, timestamp, violation_type, track_id, confidence, snapshot_path, bbox,
        status, handled_at, handled_by, notes, created_at, updated_at)
      SELECT new_id, camera_id, timestamp, violation_type, track_id, confidence, snapshot_path,
             CASE WHEN jsonb_typeof(bbox) = 'object' THEN bbox END, status,
             CASE WHEN status <> 'pending' THEN coalesce(handled_at, updated_at, timestamp) END, handled_by, notes,
             coalesce(created_at, timestamp), coalesce(updated_at, timestamp) FROM old
    )
    SELECT id::float8 AS old_id, new_id::float8 AS new_id FROM old`,
  // Only those that have not been handled here.
  refresh: `
    UPDATE violation_events v SET status = r.status, handled_by = r.handled_by, notes = r.notes, version = v.version + 1,
           handled_at = CASE WHEN r.status <> 'pending' THEN coalesce(r.handled_at, r.updated_at, r.timestamp) END,
           updated_at = coalesce(r.updated_at, now())
      FROM ${OTHERWISE}
     WHERE ${IS_OTHERWISE} AND NOT EXISTS (SELECT FROM violation_changes c WHERE c.violation_id = v.id)
    RETURNING v.id`,
  differing: `SELECT r.id::float8 AS id FROM ${OTHERWISE} JOIN violation_events v ON ${IS_OTHERWISE}`,
};

/** Names of the two rules of a new site; they make room for equivalent old ones, so that nothing alerts twice. */
const OWN_RULES = `('Hairnet violations', 'Hand washing skipped for long')`;

/** Only rules that are valid today are imported. */
const alertRules: TableImport = {
  table: 'alert_rules',
  keepsIdsTo: LARGEST_INTEGER,
  prepare: `
    DELETE FROM alert_rules own USING json_to_recordset($1::json) AS r(camera_id text, rule_type text, conditions jsonb)
     WHERE own.name IN ${OWN_RULES} AND own.created_by IS NULL AND own.updated_at = own.created_at
       AND own.camera_id IS NOT DISTINCT FROM r.camera_id AND own.conditions = r.conditions
       AND own.rule_type = CASE r.rule_type WHEN 'violation' THEN 'violation_threshold' ELSE r.rule_type END`,
  times: ['created_at', 'updated_at'],
  check: (row) => {
    const { name, camera_id, rule_type, conditions, enabled, priority, created_by } = row;
    const { notification_channels, recipients } = row;
    const fields = { name, camera_id, rule_type, conditions, enabled, priority, created_by };
    try {
      AlertRule.register({ ...fields, notification_channels, recipients } as JsonObject, new Date());
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return error.message;
      throw error;
    }
  },
  insert: `
    WITH old AS MATERIALIZED (
      SELECT *, ${ownId('alert_rules', LARGEST_INTEGER)} AS new_id
        FROM json_to_recordset($1::json) AS r(id bigint, name text, camera_id text, rule_type text, conditions jsonb,
          notification_channels jsonb, recipients jsonb, enabled boolean, priority text, created_at timestamptz,
          updated_at timestamptz, created_by text)
    ), stored AS (
      INSERT INTO alert_rules (id, name, camera_id, rule_type, conditions, notification_channels, recipients, enabled,
        priority, created_at, updated_at, created_by)
      SELECT new_id, name, camera_id, CASE rule_type WHEN 'violation' THEN 'violation_threshold' ELSE rule_type END,
             conditions, coalesce(notification_channels, '["websocket"]'), coalesce(recipients, '[]'),
             coalesce(enabled, true), coalesce(priority, 'medium'), coalesce(created_at, now()),
             coalesce(updated_at, now()), created_by FROM old
    )
    SELECT id::float8 AS old_id, new_id::float8 AS new_id FROM old`,
};

/** Each belongs to the imported rule; one whose rule was not imported belongs to none. */
const alertHistory = (source: string): TableImport => ({
  table: 'alert_history',
  keepsIdsTo: LARGEST_BIGINT,
  times: ['timestamp', 'created_at'],
  check: (row) => (isName(row.alert_type) ? placed('timestamp')(row) : 'alert_type is missing or too long'),
  insert: `
    WITH old AS MATERIALIZED (
      SELECT r.*, ${ownId('alert_history', LARGEST_BIGINT)} AS new_id, i.new_id AS new_rule_id
        FROM json_to_recordset($1::json) AS r(id bigint, rule_id bigint, camera_id text, timestamp timestamptz,
          alert_type text, message text, details jsonb, notification_sent boolean, notification_channels_used jsonb)
        LEFT JOIN imported_rows i ON i.source = '${source.replaceAll("'", "''")}' AND i.kind = 'alert_rules' AND i.old_id = r.rule_id
    ), stored AS (
      INSERT INTO alert_history (id, rule_id, camera_id, timestamp, alert_type, message, details, notification_sent,
        notification_channels_used, status)
      SELECT new_id, new_rule_id, camera_id, timestamp, alert_type, message, details,
             coalesce(notification_sent, false), notification_channels_used, 'resolved' FROM old
    )
    SELECT id::float8 AS old_id, new_id::float8 AS new_id FROM old`,
});

/** Ends the transaction of a dry run with its result. */
class DryRun {
  constructor(readonly reports: readonly PartReport[]) {}
}

/** Imports the five old tables in one transaction; a dry run does the same and rolls it back. */
export async function importDatabase(
  database: Database,
  old: OldTables,
  { oldest, dryRun }: { readonly oldest: Date; readonly dryRun: boolean },
): Promise<readonly PartReport[]> {
  const plans = [detectionRecords(oldest), statisticsHourly, violationEvents, alertRules, alertHistory(old.name)];
  for (const plan of plans) await database.transaction((sql) => makeRoom(sql, old, plan));
  try {
    return await database.transaction(async (sql) => {
      await sql.query('SET LOCAL statement_timeout = 0', []);
      const reports: PartReport[] = [];
      for (const plan of plans) reports.push(await importTable(sql, old, plan));
      if (dryRun) throw new DryRun(reports);
      return reports;
    });
  } catch (error) {
    if (error instanceof DryRun) return error.reports;
    throw error;
  }
}
