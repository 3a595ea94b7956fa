import type { EvaluationStart, EvaluationStep, EvaluationStore } from '../../application/alerts/alert-evaluator';
import type { Log } from '../../application/shared/log';
import type { CameraCondition } from '../../domain/alerts/alert-input';
import { decisionKey } from '../../domain/alerts/alert-wording';
import type { StoredRuleState } from '../../domain/alerts/rule-evaluation';
import type { RuleState } from '../../domain/alerts/rule-state';
import type { Database } from './database';
import type { Queryable } from './queryable';
import { type NewAlert, recordAlerts } from './record-alerts';
import { allOrEach } from './transactions';

interface CursorRow {
  readonly version: string;
  readonly event_seq: string;
  readonly camera_seq: string;
  readonly evaluated: number;
}
interface StateRow {
  readonly rule_id: number;
  readonly camera_id: string;
  readonly fingerprint: string;
  readonly state: RuleState;
}
interface CameraRow {
  readonly camera_id: string;
  readonly condition: CameraCondition;
  readonly at: number;
}

/** Cursor, states, history and deliveries, written together in PostgreSQL. */
export class PgEvaluationStore implements EvaluationStore {
  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  async load(): Promise<EvaluationStart> {
    const [cursor] = await this.database.query<CursorRow>(
      'SELECT version, event_seq, camera_seq, (extract(epoch FROM evaluated) * 1000)::float8 AS evaluated FROM alert_cursor',
      [],
    );
    if (!cursor) throw new Error('the row of alert_cursor is missing: restore it from a backup');
    const states = await this.database.query<StateRow>('SELECT * FROM alert_rule_states', []);
    const cameras = await this.database.query<CameraRow>(
      `SELECT DISTINCT ON (camera_id) camera_id, condition, (extract(epoch FROM at) * 1000)::float8 AS at
         FROM alert_camera_changes WHERE seq <= $1 ORDER BY camera_id, seq DESC`,
      [cursor.camera_seq],
    );
    return {
      cursor: {
        version: Number(cursor.version),
        eventSeq: Number(cursor.event_seq),
        cameraSeq: Number(cursor.camera_seq),
        evaluated: Math.round(cursor.evaluated),
      },
      states: states.map((s) => ({
        ruleId: s.rule_id,
        cameraId: s.camera_id,
        fingerprint: s.fingerprint,
        state: s.state,
      })),
      cameras: new Map(cameras.map((c) => [c.camera_id, { condition: c.condition, since: Math.round(c.at) }])),
    };
  }

  commit({ to, changed, deleted: gone, alerts }: EvaluationStep): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const moved = await sql.query(
        `UPDATE alert_cursor SET version = $1, event_seq = $2, camera_seq = $3, evaluated = to_timestamp($4)
          WHERE version = $1 - 1 RETURNING version`,
        [to.version, to.eventSeq, to.cameraSeq, to.evaluated / 1_000],
      );
      if (moved.length === 0) return false;
      if (gone.length > 0) await forget(sql, gone);
      const refused = await allOrEach(sql, changed, (some) => remember(sql, some));
      for (const { item, error } of refused)
        this.log.error('what a rule remembers could not be stored', {
          rule: item.ruleId,
          camera: item.cameraId,
          error,
        });
      if (alerts.length > 0) await recordAlerts(sql, alerts.map(newAlerts), this.log);
      return true;
    });
  }
}

const forget = (sql: Queryable, gone: readonly StoredRuleState[]) =>
  sql.query(
    `DELETE FROM alert_rule_states USING unnest($1::int[], $2::text[]) AS gone (rule_id, camera_id)
      WHERE alert_rule_states.rule_id = gone.rule_id AND alert_rule_states.camera_id = gone.camera_id`,
    [gone.map((s) => s.ruleId), gone.map((s) => s.cameraId)],
  );

const remember = (sql: Queryable, changed: readonly StoredRuleState[]) =>
  sql.query(
    `INSERT INTO alert_rule_states SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::jsonb[])
     ON CONFLICT (rule_id, camera_id) DO UPDATE SET fingerprint = excluded.fingerprint, state = excluded.state`,
    [
      changed.map((s) => s.ruleId),
      changed.map((s) => s.cameraId),
      changed.map((s) => s.fingerprint),
      changed.map((s) => JSON.stringify(s.state)),
    ],
  );

const newAlerts = ({ alert, notices }: EvaluationStep['alerts'][number]): NewAlert => ({
  ...alert,
  key: decisionKey(alert),
  notices,
});
