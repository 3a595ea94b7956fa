import { noSuchRule } from '../../application/alerts/alert-rule-service';
import { alertRuleView } from '../../application/alerts/alert-views';
import type {
  AlertQuery,
  AlertRuleKey,
  AlertRulePatch,
  AlertRuleQuery,
  AlertsPort,
  Page,
} from '../../application/alerts/alerts-port';
import type { Clock } from '../../application/shared/log';
import { AlertRule } from '../../domain/alerts/alert-rule';
import { DomainError } from '../../domain/shared/domain-error';
import { type JsonObject, sameJson } from '../../domain/shared/json';
import { type OldAnswer, unreadable } from './old-backend-answer';
import type { OldBackendClient } from './old-backend-client';
import { itemsOf, remoteAlert, remoteRule } from './remote-alert';

const RULES = '/alerts/rules';
/** As many as the old backend answers at once; it counts no further and knows no pages. */
const MOST = 1_000;

/** Alert rules as the still-running old backend keeps them. What a rule may be is decided here, as on the other paths. */
export class RemoteAlerts implements AlertsPort {
  constructor(
    private readonly backend: OldBackendClient,
    private readonly clock: Clock,
  ) {}

  async list({ camera_id, enabled, limit, offset }: AlertRuleQuery) {
    const rules = (await this.rules())
      .filter((rule) => camera_id === undefined || rule.cameraId === camera_id)
      .filter((rule) => enabled === undefined || rule.enabled === enabled)
      .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || b.id - a.id);
    return paged(rules.map(alertRuleView), { limit, offset });
  }

  async get({ rule_id }: AlertRuleKey) {
    return alertRuleView(await this.find(rule_id));
  }

  async create(input: JsonObject) {
    const { fields } = AlertRule.register(input, this.clock());
    const { body } = accepted(await this.backend.write('POST', RULES, fields));
    if (typeof body.id !== 'number') throw unreadable('no id', 'committed');
    return { ok: true as const, id: body.id };
  }

  /** The old backend does not look whether there is such a rule. */
  async update({ rule_id, ...patch }: AlertRulePatch) {
    const before = await this.find(rule_id);
    const { fields } = before.change(patch, this.clock());
    const changed = Object.entries(fields).filter(([name, value]) => !sameJson(value, before.fields[name]));
    if (changed.length > 0)
      accepted(await this.backend.write('PUT', `${RULES}/${rule_id}`, Object.fromEntries(changed)));
    return { ok: true as const };
  }

  async remove({ rule_id }: AlertRuleKey): Promise<never> {
    await this.find(rule_id);
    const message = 'The old backend cannot remove a rule: switch it off instead, with enabled false.';
    throw new DomainError('conflict', 'legacy.no_removal', message);
  }

  async history({ camera_id, alert_type, limit, offset }: AlertQuery) {
    const meant = {
      ...(camera_id === undefined ? {} : { camera_id }),
      ...(alert_type === undefined ? {} : { alert_type }),
    };
    const answer = accepted(await this.backend.read('/alerts/history-db', { ...meant, limit: String(MOST) }));
    return paged(itemsOf(answer.body).map(remoteAlert), { limit, offset });
  }

  private async rules(): Promise<AlertRule[]> {
    const { body } = accepted(await this.backend.read(RULES));
    const now = this.clock();
    return itemsOf(body).map((item) => remoteRule(item, now));
  }

  private async find(id: number): Promise<AlertRule> {
    const rule = (await this.rules()).find((each) => each.id === id);
    if (!rule) throw noSuchRule(id);
    return rule;
  }
}

function paged<T>(all: readonly T[], { limit, offset }: Page) {
  const items = all.slice(offset, offset + limit);
  return { count: items.length, total: all.length, items };
}

/** Everything it is sent was checked, so what it refuses is a matter of its own. Its texts are not passed on. */
function accepted(answer: OldAnswer): OldAnswer {
  if (answer.status === 200) return answer;
  throw new DomainError(
    'invalid',
    'alert_rule.invalid',
    `The old backend refused the alert rule (status ${answer.status}).`,
  );
}
