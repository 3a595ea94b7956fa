import type { Fault } from '../../api/generated';
import { useMe } from '../../api/session';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Check, Field, Select } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import css from './alerts.module.css';
import { CHANNELS, PRIORITIES, RULE_TYPES, type RuleDraft } from './rule-draft';
import { words } from './words';

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  readonly faults: readonly Fault[];
}

export function RuleForm({ draft, onChange, faults }: RuleFormProps) {
  const t = useWords(words);
  const { data: me } = useMe();
  const set = <K extends keyof RuleDraft>(name: K, value: RuleDraft[K]) => onChange({ ...draft, [name]: value });
  const faultOf = (...names: string[]) => faults.find(({ loc }) => names.some((name) => loc.includes(name)))?.msg;
  return (
    <div className={css.form}>
      <div className={css.full}>
        <Field
          label={t.name}
          value={draft.name}
          onChange={(value) => set('name', value)}
          fault={faultOf('name')}
          required
        />
      </div>
      <Select
        label={t.type}
        shown
        value={draft.type}
        options={RULE_TYPES.map((type) => [type, t.ruleType[type]] as const)}
        onChange={(value) => set('type', value || 'violation_threshold')}
      />
      <CameraSelect
        label={t.camera}
        shown
        value={draft.camera}
        all={t.everyCamera}
        onChange={(value) => set('camera', value)}
      />
      {draft.type === 'violation_threshold' ? (
        <Field
          label={t.threshold}
          type="number"
          min={1}
          value={draft.threshold}
          onChange={(value) => set('threshold', value)}
          fault={faultOf('threshold')}
        />
      ) : null}
      {draft.type === 'continuous_violation' || draft.type === 'no_detection' ? (
        <Field
          label={t.minDetections}
          type="number"
          min={1}
          value={draft.minDetections}
          onChange={(value) => set('minDetections', value)}
          fault={faultOf('min_detections')}
        />
      ) : null}
      <Field
        label={t.duration}
        type="number"
        min={0}
        value={draft.minutes}
        onChange={(value) => set('minutes', value)}
        fault={faultOf('duration_seconds', 'duration_minutes')}
      />
      <Field
        label={t.cooldown}
        type="number"
        min={0}
        value={draft.cooldown}
        onChange={(value) => set('cooldown', value)}
        fault={faultOf('cooldown_seconds')}
      />
      {draft.type === 'camera_down' ? null : (
        <Select
          label={t.violationType}
          shown
          value={draft.violationType}
          options={[['', t.anyType], ...(me?.site.violation_types ?? []).map((type) => [type, type] as const)]}
          onChange={(value) => set('violationType', value)}
        />
      )}
      <Field
        label={t.from}
        type="time"
        value={draft.from}
        onChange={(value) => set('from', value)}
        hint={t.scheduleHint}
        fault={faultOf('schedule')}
      />
      <Field label={t.to} type="time" value={draft.to} onChange={(value) => set('to', value)} />
      <Select
        label={t.priorityLabel}
        shown
        value={draft.priority}
        options={PRIORITIES.map((each) => [each, t.priority[each]] as const)}
        onChange={(value) => set('priority', value || 'medium')}
      />
      <fieldset className={css.full}>
        <legend className={layout.muted}>{t.channels}</legend>
        <div className={layout.row}>
          {CHANNELS.map((channel) => (
            <Check
              key={channel}
              checked={draft.channels.includes(channel)}
              onChange={(checked) =>
                set(
                  'channels',
                  CHANNELS.filter((each) => (each === channel ? checked : draft.channels.includes(each))),
                )
              }
            >
              {t.channel[channel]}
            </Check>
          ))}
        </div>
      </fieldset>
      {draft.channels.includes('email') || draft.channels.includes('webhook') ? (
        <div className={css.full}>
          <Field
            label={t.recipients}
            rows={3}
            value={draft.recipients}
            hint={t.recipientsHint}
            onChange={(value) => set('recipients', value)}
            fault={faultOf('recipients')}
          />
        </div>
      ) : null}
      <div className={css.full}>
        <Check checked={draft.enabled} onChange={(value) => set('enabled', value)}>
          {t.enabled}
        </Check>
      </div>
    </div>
  );
}
