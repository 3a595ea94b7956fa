import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import { words } from './words';

/** The limits that the proof is held against, as config/rollout.yaml sets them. */
export function Plan({ name }: { readonly name: string }) {
  const t = useWords(words);
  const format = useFormat();
  const { data } = useCall('rollout.plans', {});
  const plan = data?.plans.find(({ group }) => group === name);
  if (!plan) return null;
  const rules = Object.entries(plan.rules).filter(([, value]) => typeof value !== 'object' || value === null);
  return (
    <details>
      <summary>{t.plan}</summary>
      <dl className={layout.facts} style={{ marginTop: 8 }}>
        <dt>{t.stages}</dt>
        <dd>
          {plan.stages.map(({ percent, bake_ms: bake }) => `${percent} % (${format.duration(bake)})`).join(' → ')}
        </dd>
        <dt>on_trip</dt>
        <dd>{plan.on_trip}</dd>
        <dt>auto_promote</dt>
        <dd>{String(plan.auto_promote)}</dd>
        <dt>holdout_percent</dt>
        <dd>{plan.holdout_percent} %</dd>
        {rules.map(([rule, value]) => (
          <div key={rule} style={{ display: 'contents' }}>
            <dt>{rule}</dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
