import { noSuchRule } from '../../application/alerts/alert-rule-service';
import { type AlertView, alertRuleView, ruleDifference } from '../../application/alerts/alert-views';
import type {
  AlertQuery,
  AlertRuleKey,
  AlertRulePatch,
  AlertRuleQuery,
  AlertsPort,
} from '../../application/alerts/alerts-port';
import { noteChange } from '../../application/shared/call-context';
import type { Clock } from '../../application/shared/log';
import { AlertRule } from '../../domain/alerts/alert-rule';
import { Unavailable } from '../../domain/shared/domain-error';
import { utcTime } from '../../domain/shared/time';
import type { Json, JsonObject } from '../../domain/shared/json';

/** One statement at a time, each a transaction of its own. */
export interface PlainSql {
  query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
  /** For statements that change something. */
  execute<Row>(sql: string, values: readonly unknown[]): Promise<Row[]>;
}

/** `version` changes with every change of the row. */
interface RuleRow {
  readonly id: number;
  readonly fields: JsonObject;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly version: string;
}

const TRIES = 5;
const RULE = `
  SELECT id, created_at, updated_at, xmin::text AS version, jsonb_build_object(
    'name', name, 'camera_id', camera_id, 'rule_type', rule_type, 'conditions', conditions,
    'notification_channels', coalesce(notification_channels, '[]'), 'recipients', coalesce(recipients, '[]'),
    'enabled', enabled, 'priority', priority, 'created_by', created_by) AS fields
  FROM alert_rules`;
const MATCHING_RULES = 'WHERE ($1::text IS NULL OR camera_id = $1) AND ($2::boolean IS NULL OR enabled = $2)';
const MATCHING_ALERTS = `WHERE ($1::text IS NULL OR camera_id = $1) AND ($2::text IS NULL OR alert_type = $2)
  AND ($3::text IS NULL OR status = $3) AND ($4::timestamptz IS NULL OR h.timestamp >= $4)
  AND ($5::timestamptz IS NULL OR h.timestamp < $5)`;
const timeOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(utcTime(text)));
const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const ALERT = `
  SELECT to_jsonb(h) - '{decision_key,created_at}'::text[] || jsonb_build_object(
    'details', coalesce(details, '{}'), 'timestamp', ${time('timestamp')},
    'acknowledged_at', ${time('acknowledged_at')}, 'resolved_at', ${time('resolved_at')}) AS alert
  FROM alert_history h`;

/** The old implementation of alert rules: plain statements on the tables. The same rules decide what a rule may be. */
export class LegacyAlerts implements AlertsPort {
  constructor(
    private readonly sql: PlainSql,
    private readonly clock: Clock,
  ) {}

  async list({ camera_id, enabled, limit, offset }: AlertRuleQuery) {
    const filter = [camera_id ?? null, enabled ?? null];
    const page = `${RULE} ${MATCHING_RULES} ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4`;
    const rows = await this.sql.query<RuleRow>(page, [...filter, limit, offset]);
    const total = await this.count(`SELECT count(*) AS total FROM alert_rules ${MATCHING_RULES}`, filter);
    return { count: rows.length, total, items: rows.map((row) => alertRuleView(ruleOf(row))) };
  }

  async get({ rule_id }: AlertRuleKey) {
    return alertRuleView(ruleOf(await this.row(rule_id)));
  }

  async create(input: JsonObject) {
    const { fields, createdAt } = AlertRule.register(input, this.clock());
    const [row] = await this.sql.execute<{ id: number }>(
      `INSERT INTO alert_rules (name, camera_id, rule_type, conditions, notification_channels, recipients, enabled, priority, created_by, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id`,
      [...values(fields), fields.created_by, createdAt],
    );
    const id = row?.id ?? 0;
    noteChange({ rule_id: id });
    return { ok: true as const, id };
  }

  /** Retried when the rule was changed in between. */
  async update({ rule_id, ...patch }: AlertRulePatch) {
    for (let i = 0; i < TRIES; i++) {
      const row = await this.row(rule_id);
      const before = ruleOf(row);
      const after = before.change(patch, this.clock());
      if (after === before) return { ok: true as const };
      const changed = await this.sql.execute(
        `UPDATE alert_rules SET name = $1, camera_id = $2, rule_type = $3, conditions = $4, notification_channels = $5,
           recipients = $6, enabled = $7, priority = $8, updated_at = $9 WHERE id = $10 AND xmin::text = $11 RETURNING id`,
        [...values(after.fields), after.updatedAt, rule_id, row.version],
      );
      if (changed.length === 0) continue;
      noteChange({ rule_id, ...ruleDifference(before, after) });
      return { ok: true as const };
    }
    const message = `Alert rule ${rule_id} is changed by many at once: try again.`;
    throw new Unavailable('alert_rule.busy', message, 'not-started');
  }

  async remove({ rule_id }: AlertRuleKey) {
    const before = ruleOf(await this.row(rule_id));
    const deleted = await this.sql.execute('DELETE FROM alert_rules WHERE id = $1 RETURNING id', [rule_id]);
    if (deleted.length === 0) throw noSuchRule(rule_id);
    noteChange({ rule_id, before: before.fields });
    return { ok: true as const };
  }

  async history({ camera_id, alert_type, status, from, to, limit, offset }: AlertQuery) {
    const filter = [camera_id ?? null, alert_type ?? null, status ?? null, timeOf(from), timeOf(to)];
    const page = `${ALERT} ${MATCHING_ALERTS} ORDER BY h.timestamp DESC, id DESC LIMIT $6 OFFSET $7`;
    const rows = await this.sql.query<{ alert: AlertView }>(page, [...filter, limit, offset]);
    const total = await this.count(`SELECT count(*) AS total FROM alert_history h ${MATCHING_ALERTS}`, filter);
    return { count: rows.length, total, items: rows.map((row) => row.alert) };
  }

  private async row(id: number): Promise<RuleRow> {
    const [row] = await this.sql.query<RuleRow>(`${RULE} WHERE id = $1`, [id]);
    if (!row) throw noSuchRule(id);
    return row;
  }

  private async count(sql: string, filter: readonly unknown[]): Promise<number> {
    return Number((await this.sql.query<{ total: string }>(sql, filter))[0]?.total ?? 0);
  }
}

const ruleOf = ({ id, fields, created_at, updated_at }: RuleRow): AlertRule =>
  AlertRule.restore(id, fields, created_at, updated_at);

const values = (fields: JsonObject): Json[] => [
  fields.name ?? null,
  fields.camera_id ?? null,
  fields.rule_type ?? null,
  JSON.stringify(fields.conditions),
  JSON.stringify(fields.notification_channels),
  JSON.stringify(fields.recipients),
  fields.enabled ?? null,
  fields.priority ?? null,
];
