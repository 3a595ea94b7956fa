import { useRef } from 'react';
import { serverNow, useServerNow } from '../../api/clock';
import type { Violation } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useStore } from '../../api/store';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { State } from '../../ui/state';
import { decisions } from './decisions';
import css from './violations.module.css';
import { words } from './words';

const MOST_BEFORE = 4;

/** What was decided about this kind at this camera before: a repeated false alarm is seen to be one. */
export function Before({ violation }: { readonly violation: Violation }) {
  const t = useWords(words);
  const format = useFormat();
  const { camera_id: camera, violation_type: type } = violation;
  const { data } = useCall(
    'records.violations',
    { camera_id: camera, violation_type: type, limit: 40 },
    { keep: true },
  );
  const handled = (data?.violations ?? [])
    .filter(({ status, camera_id: id, violation_type: kind }) => status !== 'pending' && id === camera && kind === type)
    .slice(0, MOST_BEFORE);
  return (
    <Panel title={t.before(camera, type)}>
      {handled.length === 0 ? (
        <p className={layout.muted}>{t.beforeNone}</p>
      ) : (
        <ul className={css.lines}>
          {handled.map((each) => (
            <li key={each.id}>
              <span className={layout.muted}>{format.moment(each.timestamp)}</span>
              <b>{t.status[each.status]}</b>
              {each.handled_by ? <span>{t.by(each.handled_by)}</span> : null}
              {each.notes ? <span className={layout.wrap}>“{each.notes}”</span> : null}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** How many are decided, and whether all of them are stored. */
export function Footer() {
  const t = useWords(words);
  const format = useFormat();
  const all = useStore(decisions);
  const startedAt = useRef(serverNow());
  useServerNow();
  const decided = all.filter(({ status, state }) => status !== 'pending' && state !== 'refused').length;
  const waiting = all.filter(({ state }) => state === 'waiting').length;
  if (all.length === 0) return null;
  return (
    <p className={css.foot} data-waiting={waiting} data-decided={decided}>
      <span>{t.decided(decided, format.duration(serverNow() - startedAt.current))}</span>
      {waiting > 0 ? <State of="high">{t.toStore(waiting)}</State> : <State of="normal">{t.allStored}</State>}
    </p>
  );
}
