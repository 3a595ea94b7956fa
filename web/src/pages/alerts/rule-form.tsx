import type { Fault } from '../../api/generated';
import { useMe } from '../../api/session';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Check, Field, Select } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { useFaultOf } from '../../ui/problem';
import css from './alerts.module.css';
import { CHANNELS, PRIORITIES, RULE_TYPES, type RuleDraft } from './rule-draft';
import { words } from './words';

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly onChange: (draft: RuleDraft) => void;
  readonly faults: readonly Fault[];
}

interface PartProps {
  readonly draft: RuleDraft;
  readonly set: <K extends keyof RuleDraft>(name: K, value: RuleDraft[K]) => void;
  readonly faultOf: (...names: string[]) => string | undefined;
}

export function RuleForm({ draft, onChange, faults }: RuleFormProps) {
  const t = useWords(words);
  const part: PartProps = {
    draft,
    set: (name, value) => onChange({ ...draft, [name]: value }),
    faultOf: useFaultOf(faults),
  };
  const { set, faultOf } = part;
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
      <Amounts {...part} />
      <Times {...part} />
      <Channels {...part} />
      <div className={css.full}>
        <Check checked={draft.enabled} onChange={(value) => set('enabled', value)}>
          {t.enabled}
        </Check>
      </div>
    </div>
  );
}

type NumberField = 'threshold' | 'minDetections' | 'minutes' | 'cooldown';

/** How many and of what; each type of rule has its own. */
function Amounts({ draft, set, faultOf }: PartProps) {
  const t = useWords(words);
  const { data: me } = useMe();
  const { type } = draft;
  const number = (name: NumberField, label: string, min: number, ...faults: string[]) => (
    <Field
      label={label}
      type="number"
      min={min}
      value={draft[name]}
      onChange={(value) => set(name, value)}
      fault={faultOf(...faults)}
    />
  );
  return (
    <>
      {type === 'violation_threshold' ? number('threshold', t.threshold, 1, 'threshold') : null}
      {type === 'continuous_violation' || type === 'no_detection'
        ? number('minDetections', t.minDetections, 1, 'min_detections')
        : null}
      {number('minutes', t.duration, 0, 'duration_seconds', 'duration_minutes')}
      {number('cooldown', t.cooldown, 0, 'cooldown_seconds')}
      {type === 'camera_down' ? null : (
        <Select
          label={t.violationType}
          shown
          value={draft.violationType}
          options={[['', t.anyType], ...(me?.site.violation_types ?? []).map((each) => [each, each] as const)]}
          onChange={(value) => set('violationType', value)}
        />
      )}
    </>
  );
}

function Times({ draft, set, faultOf }: PartProps) {
  const t = useWords(words);
  return (
    <>
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
    </>
  );
}

function Channels({ draft, set, faultOf }: PartProps) {
  const t = useWords(words);
  const { channels } = draft;
  return (
    <>
      <fieldset className={css.full}>
        <legend className={layout.muted}>{t.channels}</legend>
        <div className={layout.row}>
          {CHANNELS.map((channel) => (
            <Check
              key={channel}
              checked={channels.includes(channel)}
              onChange={(checked) =>
                set(
                  'channels',
                  CHANNELS.filter((each) => (each === channel ? checked : channels.includes(each))),
                )
              }
            >
              {t.channel[channel]}
            </Check>
          ))}
        </div>
      </fieldset>
      {channels.includes('email') || channels.includes('webhook') ? (
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
    </>
  );
}
