import type {
  AlertFeed,
  ConditionChange,
  EvaluationStart,
  EvaluationStep,
  EvaluationStore,
  FedEvent,
  FeedEnds,
  StoredSpan,
} from '../../application/alerts/alert-evaluator';
import type { Log } from '../../application/shared/log';
import type { CameraCondition } from '../../domain/alerts/alert-input';
import { decisionKey } from '../../domain/alerts/alert-wording';
import type { StoredRuleState } from '../../domain/alerts/rule-evaluation';
import type { RuleState } from '../../domain/alerts/rule-state';
import { type ViolationTypes, violationTypeOf } from '../../domain/shared/event';
import type { Database } from './database';
import type { Queryable, Readable } from './queryable';
import { allOrEach } from './transactions';
import type { DeliveryTarget } from '../../application/alerts/alert-channel';
import type { JsonObject } from '../../domain/shared/json';

/** A row for the history, and its delivery targets. */
export interface NewAlert {
  /** An alert whose key is in the history already is not recorded again. */
  readonly key: string;
  readonly ruleId: number | null;
  readonly cameraId: string;
  readonly type: string;
  readonly at: Date;
  readonly message: string;
  readonly details: JsonObject;
  readonly notices: readonly DeliveryTarget[];
}

/**
 * Writes history and deliveries in the transaction of the caller. An alert that the database refuses is logged and left
 * out: it must not hold up those of the other rules.
 */
export async function recordAlerts(sql: Queryable, alerts: readonly NewAlert[], log: Log): Promise<void> {
  // Two decisions of one rule may fall into the same millisecond: they are one alert, with the text of the first.
  const once = new Map([...alerts].reverse().map((alert) => [alert.key, alert]));
  const refused = await allOrEach(sql, [...once.values()].reverse(), (some) => store(sql, some));
  for (const { item, error } of refused)
    log.error('an alert could not be stored, so nobody is notified of it: the error says why', {
      alert: item.key,
      message: item.message,
      error,
    });
}

async function store(sql: Queryable, alerts: readonly NewAlert[]): Promise<void> {
  const rows = await sql.execute<{ id: string; decision_key: string }>(
    `INSERT INTO alert_history (rule_id, camera_id, alert_type, timestamp, message, details, decision_key)
     SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::jsonb[], $7::text[])
     ON CONFLICT (decision_key) DO NOTHING RETURNING id, decision_key`,
    [
      alerts.map((a) => a.ruleId),
      alerts.map((a) => a.cameraId),
      alerts.map((a) => a.type),
      alerts.map((a) => a.at),
      alerts.map((a) => a.message),
      alerts.map((a) => JSON.stringify(a.details)),
      alerts.map((a) => a.key),
    ],
  );
  const ids = new Map(rows.map(({ decision_key, id }) => [decision_key, id]));
  const queued = alerts.flatMap(({ key, notices }) => {
    const id = ids.get(key);
    return id === undefined ? [] : notices.map((notice) => ({ id, ...notice }));
  });
  await sql.execute(
    `INSERT INTO alert_deliveries (alert_id, channel, target) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
     ON CONFLICT DO NOTHING`,
    [queued.map((q) => q.id), queued.map((q) => q.channel), queued.map((q) => q.target)],
  );
}

interface EventRow {
  readonly seq: string;
  readonly at: number;
  readonly camera_id: string;
  readonly type: string;
  readonly track_id: string | null;
  readonly label: string | null;
}

const EVENT = `
  SELECT seq, (extract(epoch FROM ts) * 1000)::float8 AS at, camera_id, type, track_id, evidence ->> 'label' AS label
  FROM events`;
const CHANGE =
  'SELECT seq, (extract(epoch FROM at) * 1000)::float8 AS at, camera_id, condition FROM alert_camera_changes';

const ENDS = `
  SELECT (SELECT coalesce(max(seq), 0) FROM events) AS events,
         (SELECT coalesce(max(seq), 0) FROM alert_camera_changes) AS changes,
         (SELECT (extract(epoch FROM watched_until) * 1000)::float8 FROM alert_camera_watch) AS until`;

/** The events of the site, and the changes of its cameras, in PostgreSQL. */
export class PgAlertFeed implements AlertFeed {
  constructor(
    private readonly sql: Readable,
    private readonly violationTypes: ViolationTypes,
  ) {}

  async events(after: number, limit: number): Promise<FedEvent[]> {
    const rows = await this.sql.query<EventRow>(`${EVENT} WHERE seq > $1 ORDER BY seq LIMIT $2`, [after, limit]);
    return rows.map(this.fed);
  }

  async stored({ after, from, to, cameraId }: StoredSpan, limit: number): Promise<FedEvent[]> {
    const rows = await this.sql.query<EventRow>(
      `${EVENT} WHERE seq > $1 AND ts >= to_timestamp($2) AND ts <= to_timestamp($3) AND ($4::text IS NULL OR camera_id = $4)
        ORDER BY seq LIMIT $5`,
      [after, from / 1_000, to / 1_000, cameraId ?? null, limit],
    );
    return rows.map(this.fed);
  }

  async cameraChanges(after: number, limit: number): Promise<ConditionChange[]> {
    return (await this.sql.query<ChangeRow>(`${CHANGE} WHERE seq > $1 ORDER BY seq LIMIT $2`, [after, limit])).map(
      changed,
    );
  }

  async storedCameraChanges(to: number): Promise<ConditionChange[]> {
    const sql = `${CHANGE} WHERE at <= to_timestamp($1) ORDER BY seq`;
    return (await this.sql.query<ChangeRow>(sql, [to / 1_000])).map(changed);
  }

  async ends(): Promise<FeedEnds> {
    const [row] = await this.sql.query<{ events: string; changes: string; until: number | null }>(ENDS, []);
    return {
      events: Number(row?.events ?? 0),
      cameraChanges: Number(row?.changes ?? 0),
      watchedUntil: row?.until ?? 0,
    };
  }

  private readonly fed = ({ seq, at, camera_id, type, track_id, label }: EventRow): FedEvent => ({
    seq: Number(seq),
    at: Math.round(at),
    event: {
      cameraId: camera_id,
      type,
      trackId: track_id === null ? null : Number(track_id),
      violation: violationTypeOf(type, this.violationTypes),
      label: label ?? undefined,
    },
  });
}

interface ChangeRow {
  readonly seq: string;
  readonly at: number;
  readonly camera_id: string;
  readonly condition: CameraCondition;
}

const changed = ({ seq, at, camera_id, condition }: ChangeRow): ConditionChange => ({
  seq: Number(seq),
  at: Math.round(at),
  cameraId: camera_id,
  condition,
});

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
