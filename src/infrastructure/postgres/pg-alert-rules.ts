import type { ActiveRules } from '../../application/alerts/alert-evaluator';
import type { AlertRule, AlertRuleFilter, AlertRuleRepository } from '../../domain/alerts/alert-rule';
import type { Database } from './database';
import { type AlertRuleRow, RULE_COLUMNS, ruleValues, toRule } from './pg-alert-archive';
import type { Readable } from './queryable';

const FILTER = '($1::text IS NULL OR camera_id = $1) AND ($2::boolean IS NULL OR enabled = $2)';
const COUNT = `SELECT count(*)::float8 AS count FROM alert_rules WHERE ${FILTER}`;

export class PgAlertRules implements AlertRuleRepository {
  constructor(private readonly database: Database) {}

  async page({ cameraId, enabled }: AlertRuleFilter, limit: number, offset: number) {
    const filter = [cameraId ?? null, enabled ?? null];
    const rows = await this.database.query<AlertRuleRow & { readonly total: number }>(
      `SELECT id, ${RULE_COLUMNS}, (${COUNT}) AS total FROM alert_rules WHERE ${FILTER}
        ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4`,
      [...filter, limit, offset],
    );
    const total = rows[0]?.total ?? (offset === 0 ? 0 : await this.count(filter));
    return { rules: rows.map(toRule), total };
  }

  /** A query of its own only behind the last page, where no row carries the total. */
  private async count(filter: readonly unknown[]): Promise<number> {
    const [row] = await this.database.query<{ readonly count: number }>(COUNT, filter);
    return row?.count ?? 0;
  }

  async get(id: number): Promise<AlertRule | undefined> {
    const sql = `SELECT id, ${RULE_COLUMNS} FROM alert_rules WHERE id = $1`;
    return (await this.database.query<AlertRuleRow>(sql, [id])).map(toRule)[0];
  }

  async all(): Promise<AlertRule[]> {
    const sql = `SELECT id, ${RULE_COLUMNS} FROM alert_rules ORDER BY id`;
    return (await this.database.query<AlertRuleRow>(sql, [])).map(toRule);
  }

  add(rule: AlertRule): Promise<number> {
    return this.database.transaction(async (sql) => {
      const insert = `INSERT INTO alert_rules (${RULE_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`;
      const [row] = await sql.query<{ id: number }>(insert, ruleValues(rule));
      return row?.id ?? 0;
    });
  }

  change(id: number, decide: (rule: AlertRule) => AlertRule): Promise<AlertRule | undefined> {
    return this.database.transaction(async (sql) => {
      const select = `SELECT id, ${RULE_COLUMNS} FROM alert_rules WHERE id = $1 FOR UPDATE`;
      const before = (await sql.query<AlertRuleRow>(select, [id])).map(toRule)[0];
      const after = before && decide(before);
      if (after && after !== before) await sql.query(UPDATE, [...ruleValues(after), id]);
      return after;
    });
  }

  remove(id: number): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const deleted = await sql.query<{ id: number }>('DELETE FROM alert_rules WHERE id = $1 RETURNING id', [id]);
      return deleted.length > 0;
    });
  }
}

const UPDATE = `
  UPDATE alert_rules SET (${RULE_COLUMNS}) = ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WHERE id = $12`;

/** Changes whenever a row does. */
const DIGEST = `SELECT md5(coalesce(string_agg(id || ':' || xmin, ',' ORDER BY id), '')) AS digest FROM alert_rules`;

/** Keeps the rules of this process equal to those of the table. */
export class PgRuleFollower {
  private digest = '';
  private busy?: Promise<void> | undefined;
  private again = false;

  constructor(
    private readonly sql: Readable,
    private readonly rules: AlertRuleRepository,
    private readonly active: ActiveRules,
  ) {}

  /** Resolves when the newest rules are in force here. One read at a time; a call during a read leads to one more. */
  refresh(): Promise<void> {
    this.again = true;
    this.busy ??= this.lookAgain().finally(() => {
      this.busy = undefined;
    });
    return this.busy;
  }

  private async lookAgain(): Promise<void> {
    while (this.again) {
      this.again = false;
      // Read before the rules: the next look finds a change in between.
      const digest = (await this.sql.query<{ digest: string }>(DIGEST, []))[0]?.digest ?? '';
      if (digest === this.digest) continue;
      this.active.install(await this.rules.all());
      this.digest = digest;
    }
  }
}
