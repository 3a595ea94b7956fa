import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Violation } from '../../api/generated';
import { useStore } from '../../api/store';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Field } from '../../ui/field';
import { useKeys } from '../../ui/keys';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Empty, Panel } from '../../ui/panel';
import { State } from '../../ui/state';
import { say } from '../../ui/toast';
import { Before, Footer } from './side';
import { type Status, decide, decidedStatus, decisions, refusals, resumeDecisions, undo } from './decisions';
import { useClaim } from './claims';
import { Evidence } from './evidence';
import { type Group, grouped } from './groups';
import { prefetch } from './pictures';
import css from './violations.module.css';
import { words } from './words';

const AHEAD = 5;

interface Position {
  readonly group: Group;
  readonly groupIndex: number;
  readonly current: Violation;
  readonly index: number;
}

/** What is left to decide, and where in it the person is. */
function useQueue(violations: readonly Violation[], startAt: number | undefined) {
  const all = useStore(decisions);
  const left = useMemo(() => {
    const decided = decidedStatus(all);
    return violations.filter(
      ({ id, status }) => (decided.get(id) ?? status) === 'pending' || (status !== 'pending' && !decided.has(id)),
    );
  }, [violations, all]);
  const groups = useMemo(() => grouped(left), [left]);
  const order = useMemo(() => groups.flatMap(({ items }) => items), [groups]);
  const [currentId, setCurrentId] = useState(startAt);
  // After a decision the next one stands where the decided one stood.
  const lastIndex = useRef(0);
  const found = order.findIndex(({ id }) => id === currentId);
  const index = found >= 0 ? found : Math.min(lastIndex.current, order.length - 1);
  lastIndex.current = Math.max(0, index);
  const current = order[index];
  const groupIndex = groups.findIndex(({ items }) => current !== undefined && items.includes(current));
  const group = groups[groupIndex];
  const position: Position | undefined = current && group ? { group, groupIndex, current, index } : undefined;
  const move = (by: number) => setCurrentId(order[Math.max(0, Math.min(order.length - 1, index + by))]?.id);
  return { position, groups, order, move, goTo: setCurrentId };
}

function useRefusals(): void {
  const t = useWords(words);
  useEffect(() => {
    void resumeDecisions();
    refusals.report = ({ id, theirs, why }) =>
      say(
        theirs ? t.conflict(id, theirs.handled_by ?? t.somebody, t.status[theirs.status]) : t.refused(id, why),
        'high',
      );
  }, [t]);
}

interface QueueProps {
  readonly violations: readonly Violation[];
  readonly startAt: number | undefined;
  readonly onCurrent: (id: number | undefined) => void;
  readonly onNearEnd: () => void;
}

export function Queue({ violations, startAt, onCurrent, onNearEnd }: QueueProps) {
  const t = useWords(words);
  useRefusals();
  const blocked = useBlocked('records.claim');
  const { position, groups, order, move, goTo } = useQueue(violations, startAt);
  const currentId = position?.current.id;
  const ahead = position ? order.slice(position.index, position.index + AHEAD + 1).map(({ id }) => id) : [];
  const aheadKey = ahead.join();
  useEffect(() => {
    prefetch(aheadKey === '' ? [] : aheadKey.split(',').map(Number));
    if (order.length - AHEAD * 4 <= (position?.index ?? 0)) onNearEnd();
    // The address follows a little later: it need not know each of four decisions a second.
    const timer = setTimeout(() => onCurrent(currentId), 600);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the rest changes with every render
  }, [aheadKey]);
  const other = useClaim(position?.group, blocked === undefined);
  if (!position)
    return (
      <>
        <Panel>
          <Empty>{violations.length > 0 ? t.allDecided : t.none}</Empty>
        </Panel>
        <Footer />
      </>
    );
  return (
    <div className={css.queue}>
      <Decide position={position} onMove={move} />
      <div className={css.side}>
        <Panel title={t.group(position.groupIndex + 1, groups.length, position.group.items.length)}>
          {other === undefined ? null : <State of="medium">{t.claimed(other)}</State>}
          <div className={css.members}>
            {position.group.items.slice(0, 60).map((item, i) => (
              <button
                key={item.id}
                type="button"
                className={css.member}
                aria-pressed={item.id === currentId}
                title={`#${item.id}`}
                onClick={() => goTo(item.id)}
              >
                {i + 1}
              </button>
            ))}
          </div>
          <p className={`${layout.muted} ${layout.small}`} style={{ marginTop: 8 }}>
            {t.wholeGroup}
          </p>
        </Panel>
        <Before violation={position.current} />
        <UpNext groups={groups.slice(position.groupIndex + 1, position.groupIndex + 1 + AHEAD)} onGo={goTo} />
        <Footer />
      </div>
    </div>
  );
}

function UpNext({ groups, onGo }: { readonly groups: readonly Group[]; readonly onGo: (id: number) => void }) {
  const t = useWords(words);
  const format = useFormat();
  if (groups.length === 0) return null;
  return (
    <Panel title={t.upNext}>
      <ul className={css.lines}>
        {groups.map(({ items: [first, ...rest] }) =>
          first ? (
            <li key={first.id}>
              <button type="button" className={css.upNext} onClick={() => onGo(first.id)}>
                {first.camera_id} · {first.violation_type}
                {rest.length > 0 ? ` × ${rest.length + 1}` : ''}
              </button>
              <span className={`${layout.muted} ${layout.small}`}>{format.moment(first.timestamp)}</span>
            </li>
          ) : null,
        )}
      </ul>
    </Panel>
  );
}

function Decide({ position, onMove }: { readonly position: Position; readonly onMove: (by: number) => void }) {
  const t = useWords(words);
  const format = useFormat();
  const blocked = useBlocked('records.setStatus', 'waits for the service');
  const { current, group } = position;
  const [isZoomed, setZoomed] = useState(false);
  const [isPlaying, setPlaying] = useState(false);
  const [isNoting, setNoting] = useState(false);
  const [notes, setNotes] = useState<Readonly<Record<number, string>>>({});
  const set =
    (status: Status, whole = false) =>
    () => {
      if (blocked === undefined) decide(whole ? group.items : [current], status, notes[current.id]);
    };
  const takeBack = () => {
    const last = undo();
    say(last ? t.undone(last.id) : t.nothingToUndo);
  };
  useKeys({
    c: set('confirmed'),
    x: set('false_positive'),
    r: set('resolved'),
    'Shift+c': set('confirmed', true),
    'Shift+x': set('false_positive', true),
    'Shift+r': set('resolved', true),
    n: () => setNoting(true),
    u: takeBack,
    j: () => onMove(1),
    k: () => onMove(-1),
    ArrowDown: () => onMove(1),
    ArrowUp: () => onMove(-1),
    z: () => setZoomed((now) => !now),
    ' ': () => setPlaying((now) => !now),
  });
  return (
    <div className={css.frame}>
      <div className={css.caption}>
        <b>
          <Link to="/cameras/$id" params={{ id: current.camera_id }}>
            {current.camera_id}
          </Link>{' '}
          · {current.violation_type}
        </b>
        <span>{format.moment(current.timestamp)}</span>
        {current.confidence === null ? null : <span>{t.confidence(format.percent(current.confidence))}</span>}
        {current.track_id === null ? null : <span className={layout.muted}>{t.track(current.track_id)}</span>}
        <span className={layout.muted}>#{current.id}</span>
        {current.status === 'pending' ? null : <span>{t.status[current.status]}</span>}
      </div>
      <Evidence violation={current} isZoomed={isZoomed} isPlaying={isPlaying} onPlayed={() => setPlaying(false)} />
      <div className={css.keys}>
        <Button kind="primary" hotkey="C" blocked={blocked} onPress={set('confirmed')}>
          {t.confirm}
        </Button>
        <Button hotkey="X" blocked={blocked} onPress={set('false_positive')}>
          {t.falsePositive}
        </Button>
        <Button hotkey="R" blocked={blocked} onPress={set('resolved')}>
          {t.resolve}
        </Button>
        <Button hotkey="N" onPress={() => setNoting(true)}>
          {notes[current.id] ? `${t.note} ✓` : t.note}
        </Button>
        <Button kind="quiet" hotkey="U" onPress={takeBack}>
          {t.undo}
        </Button>
        <Button kind="quiet" hotkey="K" onPress={() => onMove(-1)}>
          {t.previous}
        </Button>
        <Button kind="quiet" hotkey="J" onPress={() => onMove(1)}>
          {t.next}
        </Button>
        <Button kind="quiet" hotkey="Space" onPress={() => setPlaying(!isPlaying)}>
          {t.strip}
        </Button>
        {current.bbox ? (
          <Button kind="quiet" hotkey="Z" onPress={() => setZoomed(!isZoomed)}>
            {isZoomed ? t.zoomOut : t.zoom}
          </Button>
        ) : null}
      </div>
      {isNoting ? (
        <NoteDialog
          id={current.id}
          text={notes[current.id] ?? ''}
          onClose={() => setNoting(false)}
          onKeep={(text) => setNotes({ ...notes, [current.id]: text })}
        />
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
