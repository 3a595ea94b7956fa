import { Link } from '@tanstack/react-router';
import { serverNow } from '../../api/clock';
import type { AlertRule } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { State } from '../../ui/state';
import { silentUntil } from './rule-draft';
import { words } from './words';

function RuleState({ rule }: { readonly rule: AlertRule }) {
  const t = useWords(words);
  const format = useFormat();
  const until = silentUntil(rule, serverNow());
  if (!rule.enabled) return <State of="stopped">{t.off}</State>;
  if (until !== undefined) return <State of="stopped">{t.silentUntil(format.moment(until))}</State>;
  return <State of="normal">{t.on}</State>;
}

export function Rules() {
  const t = useWords(words);
  const query = useCall('alerts.list', {}, { topic: 'alerts' });
  return (
    <Panel flush>
      <Loaded query={query} height={200} isEmpty={({ items }) => items.length === 0} empty={t.noRules}>
        {({ items }) => (
          <Table label={t.tabs.rules} head={[t.name, t.type, t.camera, t.priorityLabel, t.channels, t.state]}>
            {items.map((rule) => (
              <tr key={rule.id}>
                <td>
                  <Link to="/alerts/rules/$id" params={{ id: String(rule.id) }}>
                    {rule.name}
                  </Link>
                </td>
                <td>{t.ruleType[rule.rule_type as keyof typeof t.ruleType] ?? rule.rule_type}</td>
                <td>{rule.camera_id ?? t.everyCamera}</td>
                <td>{t.priority[rule.priority as keyof typeof t.priority] ?? rule.priority}</td>
                <td>
                  {(rule.notification_channels ?? [])
                    .map((each) => t.channel[each as keyof typeof t.channel] ?? each)
                    .join(', ')}
                </td>
                <td>
                  <RuleState rule={rule} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}
