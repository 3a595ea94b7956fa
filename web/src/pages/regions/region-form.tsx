import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { NewRegion, Region } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Button } from '../../ui/button';
import { ReasonDialog } from '../../ui/dialog';
import { Check, Field, Select } from '../../ui/field';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { ProblemNote } from '../../ui/problem';
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

export function RegionForm(props: RegionFormProps) {
  const t = useWords(words);
  const { region, camera, corners, onDone } = props;
  const [id, setId] = useState(region?.region_id ?? '');
  const [name, setName] = useState(region?.name ?? '');
  const [kind, setKind] = useState<Kind>(region?.region_type ?? 'monitoring');
  const [of, setOf] = useState(region ? (region.camera_id ?? '') : (camera ?? ''));
  const [isActive, setActive] = useState(region?.is_active ?? true);
  const { save, error, isPending } = useSave(props);
  const blocked = useBlocked('regions.update');
  const faultOf = (field: string) =>
    isProblem(error) ? error.faults.find(({ loc }) => loc.includes(field))?.msg : undefined;
  const draft = {
    region_id: id,
    region_type: kind,
    name: name || id,
    is_active: isActive,
    ...(of ? { camera_id: of } : {}),
  };
  return (
    <Panel title={region?.name ?? t.newRegion}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          void save(draft);
        }}
      >
        {region ? null : (
          <Field
            label={t.id}
            name="region"
            value={id}
            onChange={setId}
            hint={t.idHint}
            fault={faultOf('region_id')}
            required
          />
        )}
        <Field label={t.name} value={name} onChange={setName} fault={faultOf('name')} />
        <Select
          label={t.type}
          shown
          value={kind}
          options={KINDS.map((each) => [each, t.types[each]] as const)}
          onChange={(next) => setKind(next || 'custom')}
        />
        <CameraSelect label={t.ofCamera} shown value={of} all={t.everyCamera} onChange={setOf} />
        <Check checked={isActive} onChange={setActive}>
          {t.active}
        </Check>
        <p className={layout.muted}>{corners.length < 3 ? t.more(corners.length) : t.corners(corners.length)}</p>
        {error ? <ProblemNote error={error} /> : null}
        <div className={layout.row}>
          <Button
            type="submit"
            kind="primary"
            blocked={blocked ?? (corners.length < 3 ? t.more(corners.length) : undefined)}
            isPending={isPending}
          >
            {region ? t.save : t.create}
          </Button>
          <Button onPress={() => onDone(undefined)}>{t.cancel}</Button>
          {region ? <RemoveRegion id={region.region_id} onDone={() => onDone(undefined)} /> : null}
        </div>
      </form>
    </Panel>
  );
}

function RemoveRegion({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const t = useWords(words);
  const [isOpen, setOpen] = useState(false);
  const remove = useChange('regions.remove', CHANGED);
  const blocked = useBlocked('regions.remove');
  return (
    <>
      <Button kind="danger" blocked={blocked} onPress={() => setOpen(true)}>
        {t.remove}
      </Button>
      {isOpen ? (
        <ReasonDialog
          title={t.removeTitle(id)}
          action={t.remove}
          isPending={remove.isPending}
          onClose={() => setOpen(false)}
          onReason={() => remove.mutate({ region: id }, { onSuccess: onDone })}
        >
          <p>{t.removeText}</p>
          {remove.error ? <ProblemNote error={remove.error} /> : null}
        </ReasonDialog>
      ) : null}
    </>
  );
}
