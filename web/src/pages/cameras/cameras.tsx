import { Link, getRouteApi } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useState } from 'react';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { bySeverity, isProblem, severityOf, useCameraStates } from '../../live/cameras';
import type { LiveCamera } from '../../live/topics';
import { Segments } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Empty, Page, Panel, Skeleton } from '../../ui/panel';
import { ProblemNote } from '../../ui/problem';
import { Lasting, State } from '../../ui/state';
import { VirtualList } from '../../ui/virtual-list';
import css from './cameras.module.css';
import { words } from './words';

const route = getRouteApi('/cameras');

const FILTERS = {
  all: () => true,
  problem: isProblem,
  running: ({ state }: LiveCamera) => state === 'running',
  stopped: (camera: LiveCamera) => severityOf(camera) === 'stopped',
} as const;
type Filter = keyof typeof FILTERS;

const filterOf = (text: string | undefined): Filter =>
  text !== undefined && text in FILTERS ? (text as Filter) : 'all';

function Row({ camera }: { readonly camera: LiveCamera }) {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const format = useFormat();
  const name = camera.name === camera.id ? '' : camera.name;
  return (
    <Link to="/cameras/$id" params={{ id: camera.id }} preload={false} className={css.row}>
      <span className={css.id} title={camera.id}>
        {camera.id}
      </span>
      <span title={name}>{name}</span>
      <span>
        <State of={severityOf(camera)}>{tc.state[camera.state]}</State>
      </span>
      <span className={css.muted}>{camera.since === null ? '' : <Lasting since={camera.since} />}</span>
      <span className={css.muted}>
        {camera.fps === null ? '' : tc.fps(format.number(camera.fps, 1), format.number(camera.expected_fps ?? 0))}
      </span>
      <span className={css.muted} title={camera.reason === null ? '' : tc.reasonText(camera.reason)}>
        {camera.reason === null
          ? camera.restarts > 0
            ? t.restarts(camera.restarts)
            : ''
          : tc.reasonText(camera.reason)}
      </span>
    </Link>
  );
}

const ROW_HEIGHT = 40;
const ROW_HEIGHT_PHONE = 58;

interface FiltersProps {
  readonly cameras: readonly LiveCamera[];
  readonly filter: Filter;
  readonly typed: string;
  readonly onType: (text: string) => void;
}

function Filters({ cameras, filter, typed, onType }: FiltersProps) {
  const t = useWords(words);
  const format = useFormat();
  const navigate = route.useNavigate();
  const counts = useMemo(() => {
    const of = (filter: Filter) => cameras.filter(FILTERS[filter]).length;
    return { all: cameras.length, problem: of('problem'), running: of('running'), stopped: of('stopped') };
  }, [cameras]);
  const count = (of: Filter) => format.number(counts[of]);
  const set = (change: object) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  return (
    <div className={layout.row}>
      <input
        type="search"
        className={`${kit.input} ${css.search}`}
        aria-label={t.search}
        placeholder={t.search}
        value={typed}
        onChange={(e) => {
          onType(e.target.value);
          set({ q: e.target.value || undefined });
        }}
      />
      <Segments
        label={t.filter}
        value={filter}
        options={[
          ['all', t.all(count('all'))],
          ['problem', t.problem(count('problem'))],
          ['running', t.running(count('running'))],
          ['stopped', t.stopped(count('stopped'))],
        ]}
        onChange={(next) => set({ state: next === 'all' ? undefined : next })}
      />
    </div>
  );
}

/** Every camera, the worst first. */
export function Cameras() {
  const t = useWords(words);
  const { q = '', state } = route.useSearch();
  const { cameras, error, refetch } = useCameraStates();
  // The field follows the keys at once; the list and the address come after.
  const [typed, setTyped] = useState(q);
  const wanted = useDeferredValue(typed).trim().toLowerCase();
  const filter = filterOf(state);
  // The order does not depend on what is typed: of thousands, a key must not sort them all again.
  const ordered = useMemo(() => [...(cameras ?? [])].sort(bySeverity), [cameras]);
  const shown = useMemo(
    () =>
      ordered
        .filter(FILTERS[filter])
        .filter(({ id, name }) => id.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted)),
    [ordered, filter, wanted],
  );
  const rowHeight = window.innerWidth <= 900 ? ROW_HEIGHT_PHONE : ROW_HEIGHT;
  const add = (
    <Link className={`${kit.button} ${kit.primary}`} to="/cameras/new">
      {t.add}
    </Link>
  );
  return (
    <Page title={t.title} actions={add}>
      <Filters cameras={ordered} filter={filter} typed={typed} onType={setTyped} />
      {error ? <ProblemNote error={error} retry={() => void refetch()} /> : null}
      <Panel flush>
        {cameras === undefined ? (
          <Skeleton height={400} />
        ) : shown.length === 0 ? (
          <Empty>{cameras.length === 0 ? t.none : t.noneFound}</Empty>
        ) : (
          <VirtualList items={shown} rowHeight={rowHeight} label={t.title} keyOf={({ id }) => id}>
            {(camera) => <Row camera={camera} />}
          </VirtualList>
        )}
      </Panel>
    </Page>
  );
}
