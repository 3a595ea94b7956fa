import { AlertRuleService } from './application/alerts/alert-rule-service';
import { PgAlertArchive } from './infrastructure/postgres/pg-alert-archive';
import { PgAlertRules } from './infrastructure/postgres/pg-alert-rules';
import { keys, type Once } from './keys';

export function wireAlerts(once: Once): void {
  once(keys.alertRules, (get) => new PgAlertRules(get(keys.database)));
  once(keys.alertArchive, (get) => new PgAlertArchive(get(keys.database)));
  once(
    keys.alertsOnDomain,
    (get) => new AlertRuleService(get(keys.alertRules), get(keys.alertArchive), get(keys.clock)),
  );
}
