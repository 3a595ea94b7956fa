import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Camera, CameraPatch, Fault } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useCall, useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { ReasonDialog } from '../../ui/dialog';
import layout from '../../ui/layout.module.css';
import { Note, Panel, Table } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { say } from '../../ui/toast';
import { CameraForm, type CameraDraft, type DraftField } from './camera-form';
import css from './camera.module.css';
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

/** A change of these makes a worker begin anew; a name is only a name. */
const NO_RESTART: readonly DraftField[] = ['name', 'location', 'auto_start'];
const text = (value: string | boolean) => String(value);

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

interface FormProps {
  readonly camera: Camera;
}

/** Another person's change of the same fields, found when the form is looked at again. */
function conflictsOf(base: CameraDraft, camera: Camera, changes: readonly Change[]) {
  const theirs = draftOf(camera);
  return changes
    .filter(({ field, before, after }) => theirs[field] !== before && theirs[field] !== after && base[field] === before)
    .map((change) => ({ ...change, theirs: theirs[change.field] }));
}

/** What was typed over what the service has, saved as the difference. */
function useDraft(camera: Camera) {
  const t = useWords(words);
  const [base, setBase] = useState(() => draftOf(camera));
  const [draft, setDraft] = useState(base);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const save = useChange('cameras.update', ['cameras', 'camera']);
  const changes = changesOf(base, draft);
  const begin = (from: CameraDraft, kept: readonly Change[] = []) => {
    setBase(from);
    setDraft({ ...from, ...Object.fromEntries(kept.map(({ field, after }) => [field, after])) });
  };
  // What nobody here has touched follows the service.
  if (changes.length === 0 && JSON.stringify(draftOf(camera)) !== JSON.stringify(base)) begin(draftOf(camera));
  const submit = () => {
    if (changes.length === 0) return say(t.unchanged);
    return save.mutate(
      { camera_id: camera.id, body: patchOf(changes) },
      {
        onSuccess: ({ camera: now }) => {
          setFaults([]);
          begin(draftOf(now));
          say(t.saved(camera.id));
        },
        onError: (error) => setFaults(isProblem(error) ? error.faults : []),
      },
    );
  };
  const conflicts = conflictsOf(base, camera, changes);
  const take = (keepMine: boolean) => begin(draftOf(camera), keepMine ? changes : []);
  return { draft, setDraft, faults, save, changes, conflicts, submit, take };
}

function SettingsForm({ camera }: FormProps) {
  const t = useWords(words);
  const { draft, setDraft, faults, save, changes, conflicts, submit, take } = useDraft(camera);
  const blocked = useBlocked('cameras.update');
  const restarts = changes.some(({ field }) => !NO_RESTART.includes(field));
  return (
    <div className={layout.two}>
      <Panel title={t.settings}>
        <form
          className={layout.stack}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.ctrlKey) submit();
          }}
        >
          <CameraForm draft={draft} onChange={setDraft} faults={faults} />
          {save.error ? <ProblemNote error={save.error} /> : null}
          <div className={layout.row}>
            <Button type="submit" kind="primary" blocked={blocked} isPending={save.isPending} hotkey="Ctrl Enter">
              {t.save}
            </Button>
            <RemoveButton id={camera.id} />
          </div>
        </form>
      </Panel>
      <Panel title={t.willChange}>
        <div className={layout.stack}>
          {conflicts.length > 0 ? <Conflict conflicts={conflicts} onTake={take} /> : null}
          <ChangeTable changes={changes} />
          {changes.length === 0 ? null : (
            <p className={layout.muted}>{restarts ? t.restartsOnly(camera.id) : t.noRestart}</p>
          )}
        </div>
      </Panel>
    </div>
  );
}

function ChangeTable({ changes }: { readonly changes: readonly Change[] }) {
  const t = useWords(words);
  if (changes.length === 0) return <p className={layout.muted}>{t.unchanged}</p>;
  return (
    <pre className={css.changes}>
      {changes.map(({ field, before, after }) => (
        <span key={field}>
          {`- ${field}: ${text(before)}\n`}
          <b>{`+ ${field}: ${text(after)}\n`}</b>
        </span>
      ))}
    </pre>
  );
}

interface ConflictProps {
  readonly conflicts: readonly (Change & { readonly theirs: string | boolean })[];
  readonly onTake: (keepMine: boolean) => void;
}

function Conflict({ conflicts, onTake }: ConflictProps) {
  const t = useWords(words);
  return (
    <div role="alert" className={layout.stack}>
      <Note tone="high">{t.conflict}</Note>
      <Table label={t.conflict} head={['', t.before, t.mine, t.theirs]}>
        {conflicts.map(({ field, before, after, theirs }) => (
          <tr key={field}>
            <td>{t.field[field]}</td>
            <td>{text(before)}</td>
            <td>{text(after)}</td>
            <td>{text(theirs)}</td>
          </tr>
        ))}
      </Table>
      <div className={layout.row}>
        <Button onPress={() => onTake(true)}>{t.keepMine}</Button>
        <Button onPress={() => onTake(false)}>{t.takeTheirs}</Button>
      </div>
    </div>
  );
}

function RemoveButton({ id }: { readonly id: string }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const remove = useChange('cameras.remove', ['cameras', 'camera']);
  const blocked = useBlocked('cameras.remove');
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
          onReason={() =>
            remove.mutate(
              { camera_id: id },
              {
                onSuccess: () => {
                  say(t.removed(id));
                  void navigate({ to: '/cameras' });
                },
              },
            )
          }
        >
          <p>{t.removeText}</p>
          {remove.error ? <ProblemNote error={remove.error} /> : null}
        </ReasonDialog>
      ) : null}
    </>
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
