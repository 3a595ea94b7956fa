import type { Alert } from '../../domain/alerts/alert';
import { AlertRule, type AlertRuleRepository } from '../../domain/alerts/alert-rule';
import { DomainError } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import { noteChange } from '../shared/call-context';
import type { Clock } from '../shared/log';
import { type AlertView, alertRuleView, ruleDifference } from './alert-views';
import type { AlertQuery, AlertRuleKey, AlertRulePatch, AlertRuleQuery, AlertsPort, Listed } from './alerts-port';

/** The history of alerts. */
export interface AlertArchive {
  /** Newest first. */
  page(query: AlertQuery): Promise<Listed<AlertView>>;
  /** Number of alerts of the last 24 hours that are still open; summaries and recoveries do not count. */
  openOfToday(): Promise<number>;
  /** Applies `decide` to the alert under a lock, so that no other change comes between; undefined for an unknown id. */
  change(id: number, decide: (alert: Alert) => Alert): Promise<AlertView | undefined>;
}

/** Alert rules on the domain path: the aggregate decides, the repository stores. */
export class AlertRuleService implements AlertsPort {
  constructor(
    private readonly rules: AlertRuleRepository,
    private readonly archive: AlertArchive,
    private readonly clock: Clock,
  ) {}

  async list({ camera_id, enabled, limit, offset }: AlertRuleQuery) {
    const { rules, total } = await this.rules.page({ cameraId: camera_id, enabled }, limit, offset);
    return { count: rules.length, total, items: rules.map(alertRuleView) };
  }

  async get({ rule_id }: AlertRuleKey) {
    return alertRuleView(found(await this.rules.get(rule_id), rule_id));
  }

  async create(fields: JsonObject) {
    const id = await this.rules.add(AlertRule.register(fields, this.clock()));
    noteChange({ rule_id: id });
    return { ok: true as const, id };
  }

  async update({ rule_id, ...patch }: AlertRulePatch) {
    let note = {};
    const decide = (rule: AlertRule) => {
      const changed = rule.change(patch, this.clock());
      note = ruleDifference(rule, changed);
      return changed;
    };
    found(await this.rules.change(rule_id, decide), rule_id);
    noteChange({ rule_id, ...note });
    return { ok: true as const };
  }

  async remove({ rule_id }: AlertRuleKey) {
    const before = await this.rules.get(rule_id);
    if (!(await this.rules.remove(rule_id))) throw noSuchRule(rule_id);
    noteChange({ rule_id, before: before?.fields ?? null });
    return { ok: true as const };
  }

  history(query: AlertQuery) {
    return this.archive.page(query);
  }
}

export const noSuchRule = (id: number): DomainError =>
  new DomainError('alert_rule.not_found', `There is no alert rule ${id}.`);

function found<T>(rule: T | undefined, id: number): T {
  if (rule === undefined) throw noSuchRule(id);
  return rule;
}
