import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Violation } from '../../api/generated';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { useKeys } from '../../ui/keys';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { say } from '../../ui/toast';
import { type Status, decide, undo } from './decisions';
import { Evidence } from './evidence';
import type { Group } from './groups';
import css from './violations.module.css';
import { words } from './words';

/** Where in the queue the person is. */
export interface Position {
  readonly group: Group;
  readonly groupIndex: number;
  readonly current: Violation;
  readonly index: number;
}

/** What the keys and the buttons of one violation do. */
function useActions({ current, group }: Position, onMove: (by: number) => void) {
  const t = useWords(words);
  const blocked = useBlocked('records.setStatus', 'waits for the service');
  const [isZoomed, setZoomed] = useState(false);
  const [isPlaying, setPlaying] = useState(false);
  const [isNoting, setNoting] = useState(false);
  const [notes, setNotes] = useState<Readonly<Record<number, string>>>({});
  const set = (status: Status, whole = false) => {
    if (blocked === undefined) decide(whole ? group.items : [current], status, notes[current.id]);
  };
  const takeBack = () => {
    const last = undo();
    say(last ? t.undone(last.id) : t.nothingToUndo);
  };
  const toggle = {
    zoom: () => setZoomed(!isZoomed),
    play: () => setPlaying(!isPlaying),
    note: () => setNoting(!isNoting),
  };
  useKeys({
    c: () => set('confirmed'),
    x: () => set('false_positive'),
    r: () => set('resolved'),
    'Shift+c': () => set('confirmed', true),
    'Shift+x': () => set('false_positive', true),
    'Shift+r': () => set('resolved', true),
    n: toggle.note,
    u: takeBack,
    j: () => onMove(1),
    k: () => onMove(-1),
    ArrowDown: () => onMove(1),
    ArrowUp: () => onMove(-1),
    z: toggle.zoom,
    ' ': toggle.play,
  });
  const keepNote = (text: string) => setNotes({ ...notes, [current.id]: text });
  return { blocked, set, takeBack, toggle, isZoomed, isPlaying, isNoting, note: notes[current.id] ?? '', keepNote };
}

type Actions = ReturnType<typeof useActions>;

export function Decide({ position, onMove }: { readonly position: Position; readonly onMove: (by: number) => void }) {
  const actions = useActions(position, onMove);
  const { current } = position;
  return (
    <div className={css.frame}>
      <Caption violation={current} />
      <Evidence
        violation={current}
        isZoomed={actions.isZoomed}
        isPlaying={actions.isPlaying}
        onPlayed={actions.toggle.play}
      />
      <DecisionButtons actions={actions} hasBox={current.bbox !== null} onMove={onMove} />
      {actions.isNoting ? (
        <NoteDialog id={current.id} text={actions.note} onClose={actions.toggle.note} onKeep={actions.keepNote} />
      ) : null}
    </div>
  );
}

function Caption({ violation }: { readonly violation: Violation }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <div className={css.caption}>
      <b>
        <Link to="/cameras/$id" params={{ id: violation.camera_id }}>
          {violation.camera_id}
        </Link>{' '}
        · {violation.violation_type}
      </b>
      <span>{format.moment(violation.timestamp)}</span>
      {violation.confidence === null ? null : <span>{t.confidence(format.percent(violation.confidence))}</span>}
      {violation.track_id === null ? null : <span className={layout.muted}>{t.track(violation.track_id)}</span>}
      <span className={layout.muted}>#{violation.id}</span>
      {violation.status === 'pending' ? null : <span>{t.status[violation.status]}</span>}
    </div>
  );
}

interface DecisionButtonsProps {
  readonly actions: Actions;
  readonly hasBox: boolean;
  readonly onMove: (by: number) => void;
}

function DecisionButtons({ actions, hasBox, onMove }: DecisionButtonsProps) {
  const t = useWords(words);
  const { blocked, set, toggle } = actions;
  return (
    <div className={css.keys}>
      <Button kind="primary" hotkey="C" blocked={blocked} onPress={() => set('confirmed')}>
        {t.confirm}
      </Button>
      <Button hotkey="X" blocked={blocked} onPress={() => set('false_positive')}>
        {t.falsePositive}
      </Button>
      <Button hotkey="R" blocked={blocked} onPress={() => set('resolved')}>
        {t.resolve}
      </Button>
      <Button hotkey="N" onPress={toggle.note}>
        {actions.note ? `${t.note} ✓` : t.note}
      </Button>
      <Button kind="quiet" hotkey="U" onPress={actions.takeBack}>
        {t.undo}
      </Button>
      <Button kind="quiet" hotkey="K" onPress={() => onMove(-1)}>
        {t.previous}
      </Button>
      <Button kind="quiet" hotkey="J" onPress={() => onMove(1)}>
        {t.next}
      </Button>
      <Button kind="quiet" hotkey="Space" onPress={toggle.play}>
        {t.strip}
      </Button>
      {hasBox ? (
        <Button kind="quiet" hotkey="Z" onPress={toggle.zoom}>
          {actions.isZoomed ? t.zoomOut : t.zoom}
        </Button>
      ) : null}
    </div>
  );
}

interface NoteDialogProps {
  readonly id: number;
  readonly text: string;
  readonly onKeep: (text: string) => void;
  readonly onClose: () => void;
}

function NoteDialog({ id, text, onKeep, onClose }: NoteDialogProps) {
  const t = useWords(words);
  const [value, setValue] = useState(text);
  return (
    <Dialog title={t.noteTitle(id)} onClose={onClose}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          onKeep(value.trim());
          onClose();
        }}
      >
        <Field label={t.noteText} value={value} onChange={setValue} hint={t.noteHint} autoFocus />
        <div className={kit.actions}>
          <Button type="submit" kind="primary" hotkey="Enter">
            {t.noteKeep}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
