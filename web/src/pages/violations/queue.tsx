import { useEffect, useMemo, useRef, useState } from 'react';
import { useBlocked } from '../../api/allowed';
import type { Violation } from '../../api/generated';
import { useStore } from '../../api/store';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import { Empty, Panel } from '../../ui/panel';
import { State } from '../../ui/state';
import { say } from '../../ui/toast';
import { Before, Footer } from './side';
import { decidedStatus, decisions, refusals, resumeDecisions } from './decisions';
import { useClaim } from './claims';
import { Decide, type Position } from './decide';
import { type Group, grouped } from './groups';
import { prefetch } from './pictures';
import css from './violations.module.css';
import { words } from './words';

const AHEAD = 5;

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
        <Members position={position} groups={groups.length} other={other} onGo={goTo} />
        <Before violation={position.current} />
        <UpNext groups={groups.slice(position.groupIndex + 1, position.groupIndex + 1 + AHEAD)} onGo={goTo} />
        <Footer />
      </div>
    </div>
  );
}

interface MembersProps {
  readonly position: Position;
  readonly groups: number;
  /** Who else looks at this group. */
  readonly other: string | undefined;
  readonly onGo: (id: number) => void;
}

const MOST_MEMBERS = 60;

function Members({ position, groups, other, onGo }: MembersProps) {
  const t = useWords(words);
  const { group, groupIndex, current } = position;
  return (
    <Panel title={t.group(groupIndex + 1, groups, group.items.length)}>
      {other === undefined ? null : <State of="medium">{t.claimed(other)}</State>}
      <div className={css.members}>
        {group.items.slice(0, MOST_MEMBERS).map((item, i) => (
          <button
            key={item.id}
            type="button"
            className={css.member}
            aria-pressed={item.id === current.id}
            title={`#${item.id}`}
            onClick={() => onGo(item.id)}
          >
            {i + 1}
          </button>
        ))}
      </div>
      <p className={`${layout.muted} ${layout.small}`} style={{ marginTop: 8 }}>
        {t.wholeGroup}
      </p>
    </Panel>
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
