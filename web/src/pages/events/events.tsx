import { Link, getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { addressOf } from '../../api/client';
import { serverNow } from '../../api/clock';
import type { StatisticsEvent } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMe } from '../../api/session';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Button } from '../../ui/button';
import { Segments, Select } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Page, Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { VirtualList } from '../../ui/virtual-list';
import css from './events.module.css';
import { Timeline } from './timeline';
import { words } from './words';

const route = getRouteApi('/events');
const SPANS = ['60', '240', '720', '1440'] as const;
type Span = (typeof SPANS)[number];
const MINUTE_MS = 60_000;
const MOST = 1_000;
const ROW = 34;
const STEP_MS = 15_000;

/** The piece of time: named in the address, or the last so many minutes. */
function useWindow() {
  const { minutes, from, to } = route.useSearch();
  const span: Span = SPANS.find((each) => Number(each) === minutes) ?? '240';
  const chosen = from !== undefined && to !== undefined;
  // In steps, so that the same question is not asked anew with every look at the clock.
  const now = Math.ceil(serverNow() / STEP_MS) * STEP_MS;
  const [start, end] = chosen ? [Date.parse(from), Date.parse(to)] : [now - Number(span) * MINUTE_MS, now];
  return { span, chosen, start, end };
}

function Filters({ types }: { readonly types: readonly string[] }) {
  const t = useWords(words);
  const format = useFormat();
  const { camera, type } = route.useSearch();
  const { span, chosen, start, end } = useWindow();
  const navigate = route.useNavigate();
  const set = (change: object) =>
    void navigate({ search: (old) => ({ ...old, id: undefined, ...change }), replace: true });
  const all = type && !types.includes(type) ? [...types, type] : types;
  const csv = addressOf('events.exportCsv', {
    start_time: new Date(start).toISOString(),
    end_time: new Date(end).toISOString(),
    ...(camera ? { camera_id: camera } : {}),
    ...(type ? { event_type: type } : {}),
  });
  return (
    <div className={layout.row}>
      {chosen ? (
        <>
          <b>{t.chosen(format.moment(start), format.moment(end))}</b>
          <Button onPress={() => set({ from: undefined, to: undefined })}>{t.last}</Button>
        </>
      ) : (
        <Segments
          label={t.span}
          value={span}
          options={SPANS.map((each) => [each, t.spans[each]] as const)}
          onChange={(next) => set({ minutes: Number(next) })}
        />
      )}
      <CameraSelect
        label={t.camera}
        value={camera ?? ''}
        all={t.allCameras}
        onChange={(next) => set({ camera: next || undefined })}
      />
      <Select
        label={t.type}
        value={type ?? ''}
        options={[['', t.allTypes], ...all.map((each) => [each, each] as const)]}
        onChange={(next) => set({ type: next || undefined })}
      />
      <a className={kit.button} href={csv} download>
        {t.csv}
      </a>
    </div>
  );
}

function Detail({ event }: { readonly event: StatisticsEvent | undefined }) {
  const t = useWords(words);
  const format = useFormat();
  return (
    <div className={css.detail}>
      <Panel title={t.detail}>
        {event ? (
          <dl className={layout.facts}>
            <dt>{t.time}</dt>
            <dd>{format.full(event.timestamp)}</dd>
            <dt>{t.type}</dt>
            <dd>{event.type}</dd>
            <dt>{t.camera}</dt>
            <dd>
              <Link to="/cameras/$id" params={{ id: event.camera_id }}>
                {event.camera_id}
              </Link>
            </dd>
            <dt>{t.confidence}</dt>
            <dd>{event.confidence > 0 ? format.percent(event.confidence) : '–'}</dd>
            <dt>{t.track}</dt>
            <dd>{event.track_id ?? '–'}</dd>
            <dt>{t.region}</dt>
            <dd>{event.region ?? '–'}</dd>
            <dt>{t.evidence}</dt>
            <dd>
              <pre style={{ whiteSpace: 'pre-wrap' }}>{JSON.stringify(event.metadata, null, 2)}</pre>
            </dd>
          </dl>
        ) : (
          <p className={layout.muted}>{t.choose}</p>
        )}
      </Panel>
    </div>
  );
}

/** The events of the window, oldest first, and every type that was seen while the page was open. */
function useEvents() {
  const { camera, type } = route.useSearch();
  const { start, end } = useWindow();
  const [types, setTypes] = useState<readonly string[]>([]);
  const query = useCall(
    'statistics.events',
    {
      start_time: new Date(start).toISOString(),
      end_time: new Date(end).toISOString(),
      limit: MOST,
      ...(camera ? { camera_id: camera } : {}),
      ...(type ? { event_type: type } : {}),
    },
    { topic: 'events', everyMs: STEP_MS, keep: true },
  );
  const events = useMemo(
    () => [...(query.data?.events ?? [])].sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1)),
    [query.data],
  );
  const fresh = [...new Set(events.map((event) => event.type))].filter((each) => !types.includes(each));
  if (fresh.length > 0) setTypes([...types, ...fresh].sort());
  return { query, events, types };
}

interface EventListProps {
  readonly events: readonly StatisticsEvent[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

function EventRows({ events, chosen, onChoose }: EventListProps) {
  const t = useWords(words);
  const format = useFormat();
  const newest = useMemo(() => [...events].reverse(), [events]);
  return (
    <Panel flush>
      <VirtualList items={newest} rowHeight={ROW} label={t.title} keyOf={(event) => event.id}>
        {(event) => (
          <button
            type="button"
            className={css.row}
            aria-pressed={event.id === chosen}
            onClick={() => onChoose(event.id)}
          >
            <span className={layout.muted}>{format.moment(event.timestamp)}</span>
            <span className={layout.cut}>{event.type}</span>
            <span className={layout.cut}>{event.camera_id}</span>
          </button>
        )}
      </VirtualList>
    </Panel>
  );
}

/** What the detectors saw: a line for each camera, and each event with its evidence. */
export function Events() {
  const t = useWords(words);
  const format = useFormat();
  const { id } = route.useSearch();
  const { start, end } = useWindow();
  const navigate = route.useNavigate();
  const { data: me } = useMe();
  const { query, events, types } = useEvents();
  const choose = (next: string) =>
    void navigate({ search: (old) => ({ ...old, id: next }), replace: true, resetScroll: false });
  return (
    <Page title={t.title}>
      <Filters types={types} />
      <Loaded query={query} height={400} isEmpty={() => events.length === 0} empty={t.none}>
        {({ total }) => (
          <>
            <Panel flush>
              <Timeline
                events={events}
                from={start}
                to={end}
                current={id}
                violationTypes={me?.site.violation_types ?? []}
                onCurrent={choose}
              />
            </Panel>
            <p className={`${layout.muted} ${layout.small}`}>
              {t.shown(format.number(events.length), format.number(total))} · {t.keys}
            </p>
            <div className={css.columns}>
              <EventRows events={events} chosen={id} onChoose={choose} />
              <Detail event={events.find((event) => event.id === id)} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}
