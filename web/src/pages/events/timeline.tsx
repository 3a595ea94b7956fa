import { Link } from '@tanstack/react-router';
import type { StatisticsEvent } from '../../api/generated';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import layout from '../../ui/layout.module.css';
import css from './events.module.css';
import { words } from './words';

interface TimelineProps {
  /** Oldest first. */
  readonly events: readonly StatisticsEvent[];
  readonly from: number;
  readonly to: number;
  readonly current: string | undefined;
  readonly violationTypes: readonly string[];
  readonly onCurrent: (id: string) => void;
}

const MOST_LANES = 24;

/** One line a camera; the arrow keys go through what happened in the order of time. */
export function Timeline(props: TimelineProps) {
  const { events, from, to, current, onCurrent } = props;
  const t = useWords(words);
  const format = useFormat();
  const cameras = [...new Set(events.map(({ camera_id: id }) => id))].sort();
  const at = events.findIndex(({ id }) => id === current);
  const go = (index: number) => {
    const next = events[Math.max(0, Math.min(events.length - 1, index))];
    if (next) onCurrent(next.id);
  };
  const moves: Readonly<Record<string, () => void>> = {
    ArrowRight: () => go(at + 1),
    ArrowLeft: () => go(at < 0 ? events.length - 1 : at - 1),
    Home: () => go(0),
    End: () => go(events.length - 1),
  };
  const chosen = events[at];
  return (
    <>
      <div
        className={css.lanes}
        role="slider"
        tabIndex={0}
        aria-label={t.timeline}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, events.length - 1)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={chosen ? `${format.time(chosen.timestamp)} ${chosen.type} ${chosen.camera_id}` : t.keys}
        onKeyDown={(event) => {
          const move = moves[event.key];
          if (!move) return;
          event.preventDefault();
          move();
        }}
      >
        {cameras.slice(0, MOST_LANES).map((camera) => (
          <Lane key={camera} camera={camera} {...props} />
        ))}
      </div>
      <Axis from={from} to={to} />
      {cameras.length > MOST_LANES ? (
        <p className={layout.muted} style={{ padding: '0 12px 10px' }}>
          <Link to="/cameras">{t.moreCameras(cameras.length - MOST_LANES)}</Link>
        </p>
      ) : null}
    </>
  );
}

function Lane({
  camera,
  events,
  from,
  to,
  current,
  violationTypes,
  onCurrent,
}: TimelineProps & { readonly camera: string }) {
  const format = useFormat();
  const isViolation = (type: string) => violationTypes.includes(type) || /violation|no_/i.test(type);
  const own = events.filter(({ camera_id: id }) => id === camera);
  return (
    <div className={css.lane}>
      <span className={`${layout.cut} ${layout.small}`}>{camera}</span>
      <span className={css.track}>
        {own.map((event) => (
          // The lanes are one thing for the keyboard; a mark is where a pointer chooses.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <span
            key={event.id}
            title={`${format.time(event.timestamp)} ${event.type}`}
            className={`${css.mark} ${isViolation(event.type) ? css.violation : ''} ${event.id === current ? css.current : ''}`}
            style={{ insetInlineStart: `${((Date.parse(event.timestamp) - from) / (to - from)) * 100}%` }}
            onClick={() => onCurrent(event.id)}
          />
        ))}
      </span>
    </div>
  );
}

function Axis({ from, to }: { readonly from: number; readonly to: number }) {
  const format = useFormat();
  return (
    <div className={css.axis}>
      {[from, (from + to) / 2, to].map((at) => (
        <span key={at}>{format.moment(at)}</span>
      ))}
    </div>
  );
}
