import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { NewRegion, Region } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Button } from '../../ui/button';
import { Check, Field, Select } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { ProblemNote, useFaultOf } from '../../ui/problem';
import { RemoveButton } from '../../ui/remove-button';
import { say } from '../../ui/toast';
import type { Corner, Size } from './drawing';
import { words } from './words';

type Kind = NewRegion['region_type'];
const KINDS: readonly Kind[] = ['entrance', 'handwash', 'sanitize', 'work_area', 'restricted', 'monitoring', 'custom'];
const CHANGED = ['regions'];

interface RegionFormProps {
  /** Absent: it is new. */
  readonly region: Region | undefined;
  readonly camera: string | undefined;
  readonly corners: readonly Corner[];
  /** What the canvas has to be set to before the first region; absent: it is set. */
  readonly newCanvas: Size | undefined;
  readonly onDone: (id: string | undefined) => void;
}

function useSave({ region, corners, newCanvas, onDone }: RegionFormProps) {
  const t = useWords(words);
  const [create, update, canvas] = [
    useChange('regions.create', CHANGED),
    useChange('regions.update', CHANGED),
    useChange('regions.setCanvas', CHANGED),
  ];
  const done = (id: string) => {
    say(t.saved(id));
    onDone(id);
  };
  const save = async (draft: Omit<NewRegion, 'polygon'>) => {
    const body = { ...draft, polygon: corners };
    if (region) {
      const { region_id: id, ...patch } = body;
      return update.mutate({ region: id, body: patch }, { onSuccess: () => done(id) });
    }
    if (newCanvas) await canvas.mutateAsync({ body: { canvas_size: newCanvas } });
    return create.mutate({ body }, { onSuccess: () => done(body.region_id) });
  };
  const error = canvas.error ?? create.error ?? update.error;
  return { save, error, isPending: create.isPending || update.isPending || canvas.isPending };
}

function useRegionDraft({ region, camera }: RegionFormProps) {
  const [draft, setDraft] = useState<Omit<NewRegion, 'polygon'>>({
    region_id: region?.region_id ?? '',
    region_type: region?.region_type ?? 'monitoring',
    name: region?.name ?? '',
    is_active: region?.is_active ?? true,
    ...(region?.camera_id ? { camera_id: region.camera_id } : camera && !region ? { camera_id: camera } : {}),
  });
  const set = (change: Partial<NewRegion>) => setDraft({ ...draft, ...change });
  return { draft, set };
}

export function RegionForm(props: RegionFormProps) {
  const t = useWords(words);
  const { region, corners, onDone } = props;
  const { draft, set } = useRegionDraft(props);
  const { save, error, isPending } = useSave(props);
  const blocked = useBlocked('regions.update');
  const tooFew = corners.length < 3 ? t.more(corners.length) : undefined;
  const faultOf = useFaultOf(isProblem(error) ? error.faults : []);
  return (
    <Panel title={region?.name ?? t.newRegion}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          void save({ ...draft, name: draft.name || draft.region_id });
        }}
      >
        <RegionFields draft={draft} set={set} faultOf={faultOf} isNew={region === undefined} />
        <p className={layout.muted}>{tooFew ?? t.corners(corners.length)}</p>
        {error ? <ProblemNote error={error} /> : null}
        <div className={layout.row}>
          <Button type="submit" kind="primary" blocked={blocked ?? tooFew} isPending={isPending}>
            {region ? t.save : t.create}
          </Button>
          <Button onPress={() => onDone(undefined)}>{t.cancel}</Button>
          {region ? <RemoveRegion id={region.region_id} onDone={() => onDone(undefined)} /> : null}
        </div>
      </form>
    </Panel>
  );
}

interface RegionFieldsProps {
  readonly draft: Omit<NewRegion, 'polygon'>;
  readonly set: (change: Partial<NewRegion>) => void;
  readonly faultOf: (field: string) => string | undefined;
  readonly isNew: boolean;
}

function RegionFields({ draft, set, faultOf, isNew }: RegionFieldsProps) {
  const t = useWords(words);
  return (
    <>
      {isNew ? (
        <Field
          label={t.id}
          name="region"
          value={draft.region_id}
          onChange={(value) => set({ region_id: value })}
          hint={t.idHint}
          fault={faultOf('region_id')}
          required
        />
      ) : null}
      <Field
        label={t.name}
        value={draft.name ?? ''}
        onChange={(value) => set({ name: value })}
        fault={faultOf('name')}
      />
      <Select
        label={t.type}
        shown
        value={draft.region_type}
        options={KINDS.map((each) => [each, t.types[each]] as const)}
        onChange={(next) => set({ region_type: next || 'custom' })}
      />
      <CameraSelect
        label={t.ofCamera}
        shown
        value={draft.camera_id ?? ''}
        all={t.everyCamera}
        onChange={(id) => set({ camera_id: id || undefined })}
      />
      <Check checked={draft.is_active ?? true} onChange={(value) => set({ is_active: value })}>
        {t.active}
      </Check>
    </>
  );
}

function RemoveRegion({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const t = useWords(words);
  const remove = useChange('regions.remove', CHANGED);
  return (
    <RemoveButton
      action={t.remove}
      title={t.removeTitle(id)}
      text={t.removeText}
      blocked={useBlocked('regions.remove')}
      removal={remove}
      onRemove={() => remove.mutate({ region: id }, { onSuccess: onDone })}
    />
  );
}
