import type { ComponentProps } from 'react';
import type { Fault, NewCamera } from '../../api/generated';
import { useWords } from '../../i18n/language';
import { Check, Field, Select } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { useFaultOf } from '../../ui/problem';
import css from './camera.module.css';
import { TrySource } from './try-source';
import { words } from './words';

/** The fields of a camera that a person edits, as they are typed. */
export interface CameraDraft {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly location: string;
  readonly fps: string;
  readonly resolution: string;
  readonly camera_type: NonNullable<NewCamera['camera_type']>;
  readonly profile: string;
  readonly active: boolean;
  readonly auto_start: boolean;
}

export type DraftField = keyof CameraDraft;
const KINDS = ['fixed', 'ptz', 'mobile', 'thermal'] as const;

interface CameraFormProps {
  readonly draft: CameraDraft;
  readonly onChange: (draft: CameraDraft) => void;
  readonly faults: readonly Fault[];
  readonly isNew?: boolean;
}

type LineField = 'id' | 'name' | 'source' | 'location' | 'fps' | 'resolution' | 'profile';

/** What the service finds wrong stands at its field. */
export function CameraForm({ draft, onChange, faults, isNew = false }: CameraFormProps) {
  const t = useWords(words);
  const faultOf: (name: DraftField) => string | undefined = useFaultOf(faults);
  const set = <K extends DraftField>(name: K, value: CameraDraft[K]) => onChange({ ...draft, [name]: value });
  const line = (name: LineField, more: Partial<ComponentProps<typeof Field>> = {}) => (
    <Field
      label={t.field[name]}
      name={name}
      value={draft[name]}
      onChange={(value) => set(name, value)}
      fault={faultOf(name)}
      {...more}
    />
  );
  return (
    <div className={css.form}>
      {isNew ? line('id', { hint: t.idHint, required: true }) : null}
      {line('name')}
      <div className={`${css.full} ${layout.stack}`}>
        {line('source', { hint: isNew ? t.sourceHint : t.secretHint, required: true })}
        <TrySource source={draft.source} {...(isNew ? {} : { cameraId: draft.id })} />
      </div>
      {line('fps', { type: 'number', min: 1, max: 240 })}
      {line('resolution')}
      {line('location')}
      <Select
        label={t.field.camera_type}
        shown
        value={draft.camera_type}
        options={KINDS.map((kind) => [kind, t.kinds[kind]] as const)}
        onChange={(value) => set('camera_type', value || 'fixed')}
      />
      {line('profile')}
      <div className={css.full}>
        <Check checked={draft.active} onChange={(value) => set('active', value)}>
          {t.field.active}
        </Check>
        <br />
        <Check checked={draft.auto_start} onChange={(value) => set('auto_start', value)}>
          {t.field.auto_start}
        </Check>
      </div>
    </div>
  );
}
