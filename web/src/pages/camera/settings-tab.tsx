import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Camera, CameraPatch } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useCall, useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { Note, Panel } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { RemoveButton } from '../../ui/remove-button';
import { useRested } from '../../ui/rested';
import { say } from '../../ui/toast';
import { Forecast } from '../../live/forecast';
import { CameraForm, type CameraDraft, type DraftField } from './camera-form';
import { type Changed, MergeDialog, changedOf } from './merge-dialog';
import { words } from './words';

const draftOf = (camera: Camera): CameraDraft => ({
  id: camera.id,
  name: camera.name,
  source: camera.source,
  location: camera.location,
  fps: String(camera.fps),
  resolution: camera.resolution,
  camera_type: camera.camera_type,
  profile: camera.profile,
  active: camera.active,
  auto_start: camera.auto_start,
});

interface Change {
  readonly field: DraftField;
  readonly before: string | boolean;
  readonly after: string | boolean;
}

const changesOf = (base: CameraDraft, draft: CameraDraft): readonly Change[] =>
  (Object.keys(draft) as DraftField[])
    .filter((field) => base[field] !== draft[field])
    .map((field) => ({ field, before: base[field], after: draft[field] }));

const patchOf = (changes: readonly Change[]): CameraPatch =>
  Object.fromEntries(changes.map(({ field, after }) => [field, field === 'fps' ? Number(after) : after]));

/** What was typed over what the service has, saved as the difference to the version that was read. */
function useDraft(camera: Camera) {
  const t = useWords(words);
  const [base, setBase] = useState(() => ({ fields: draftOf(camera), version: camera.updated_at }));
  const [draft, setDraft] = useState(base.fields);
  const [changed, setChanged] = useState<Changed>();
  const save = useChange('cameras.update', ['cameras', 'camera']);
  const changes = changesOf(base.fields, draft);
  const begin = (from: Camera) => {
    setBase({ fields: draftOf(from), version: from.updated_at });
    setDraft(draftOf(from));
  };
  const isNewer = camera.updated_at > base.version;
  // What nobody here has touched follows the service.
  if (changes.length === 0 && isNewer) begin(camera);
  const submit = (patch = changes, version = base.version) => {
    if (patch.length === 0) return say(t.unchanged);
    return save.mutate(
      { camera_id: camera.id, body: patchOf(patch), ifMatch: `"${version}"` },
      {
        onSuccess: ({ camera: now }) => {
          begin(now);
          setChanged(undefined);
          say(t.saved(camera.id));
        },
        onError: (error) => {
          if (isProblem(error, 412)) setChanged(changedOf(error, draft));
        },
      },
    );
  };
  /** Goes on from their version, with what was chosen of one's own. */
  const merge = ({ conflicts, version }: Changed, theirs: ReadonlySet<DraftField>) => {
    const present = { ...base.fields, ...Object.fromEntries(conflicts.map((one) => [one.field, one.theirs])) };
    const isMine = ({ field }: Change) => !theirs.has(field);
    const kept = changes.filter(isMine);
    const merged = { ...present, ...Object.fromEntries(kept.map(({ field, after }) => [field, after])) };
    setBase({ fields: present, version });
    setDraft(merged);
    setChanged(undefined);
    submit(changesOf(present, merged), version);
  };
  const rested = changesOf(base.fields, useRested(draft));
  return { draft, setDraft, save, rested, changes, isNewer, changed, setChanged, submit, merge };
}

/** What saving would do, asked for while the person types; a viewer, who cannot save, sees the fields. */
function useForecast(id: string, changes: readonly Change[], isBlocked: boolean) {
  const fields = patchOf(changes);
  const enabled = !isBlocked && Object.keys(fields).length > 0;
  return useCall(
    'camera-config.preview',
    { body: { change: 'update', camera_id: id, fields } },
    { topic: 'config', enabled, keep: true },
  );
}

/** The page itself sends what a form holds. */
const submitting = (submit: () => void) => (event: { preventDefault(): void }) => {
  event.preventDefault();
  submit();
};

/** What is said beside the file's change: that somebody else changed the camera, or that nothing is changed yet. */
function Beside({ isNewer, isChanged }: { readonly isNewer: boolean; readonly isChanged: boolean }) {
  const t = useWords(words);
  if (!isChanged) return <p className={layout.muted}>{t.unchanged}</p>;
  if (!isNewer) return null;
  return (
    <Note tone="high">
      <span>
        {t.conflict} {t.conflictLater}
      </span>
    </Note>
  );
}

function SettingsForm({ camera }: { readonly camera: Camera }) {
  const t = useWords(words);
  const { draft, setDraft, save, rested, changes, isNewer, changed, setChanged, submit, merge } = useDraft(camera);
  const blocked = useBlocked('cameras.update');
  const forecast = useForecast(camera.id, rested, blocked !== undefined);
  const refused = changes.length === 0 ? null : (forecast.error ?? save.error);
  const faults = isProblem(refused) ? refused.faults : [];
  return (
    <div className={layout.two}>
      <Panel title={t.settings}>
        <form
          className={layout.stack}
          onSubmit={submitting(submit)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.ctrlKey && blocked === undefined) submit();
          }}
        >
          <CameraForm draft={draft} onChange={setDraft} faults={faults} />
          {save.error && !isProblem(save.error, 412) ? <ProblemNote error={save.error} /> : null}
          <div className={layout.row}>
            <Button type="submit" kind="primary" blocked={blocked} isPending={save.isPending} hotkey="Ctrl Enter">
              {t.save}
            </Button>
            <RemoveCamera id={camera.id} />
          </div>
        </form>
      </Panel>
      <Panel title={t.willChange}>
        <div className={layout.stack}>
          <Beside isNewer={isNewer} isChanged={changes.length > 0} />
          {changes.length > 0 && blocked === undefined ? (
            <Loaded query={forecast} height={120}>
              {(result) => <Forecast draft={result} />}
            </Loaded>
          ) : null}
        </div>
      </Panel>
      {changed ? (
        <MergeDialog
          changed={changed}
          own={changes.map(({ field }) => field)}
          isPending={save.isPending}
          onClose={() => setChanged(undefined)}
          onMerge={(theirs) => merge(changed, theirs)}
        />
      ) : null}
    </div>
  );
}

function RemoveCamera({ id }: { readonly id: string }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const remove = useChange('cameras.remove', ['cameras', 'camera']);
  const onSuccess = () => {
    say(t.removed(id));
    void navigate({ to: '/cameras' });
  };
  return (
    <RemoveButton
      action={t.remove}
      title={t.removeTitle(id)}
      text={t.removeText}
      blocked={useBlocked('cameras.remove')}
      removal={remove}
      onRemove={() => remove.mutate({ camera_id: id }, { onSuccess })}
    />
  );
}

export function SettingsTab({ id }: { readonly id: string }) {
  const query = useCall('cameras.get', { camera_id: id }, { topic: 'cameras' });
  return (
    <Loaded query={query} height={300}>
      {(camera) => <SettingsForm key={camera.id} camera={camera} />}
    </Loaded>
  );
}
