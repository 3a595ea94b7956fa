import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { addressOf } from '../../api/client';
import { serverNow } from '../../api/clock';
import type { Violation } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMe } from '../../api/session';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Segments, Select } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Page } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { grouped } from './groups';
import { List } from './list';
import { Queue } from './queue';
import { words } from './words';

const route = getRouteApi('/violations');
const STATUSES = ['pending', 'confirmed', 'false_positive', 'resolved', 'all'] as const;
const LOADED = 200;
const MOST_LOADED = 1_000;

function useFilter() {
  const { status = 'pending', camera, type, from, to, sure } = route.useSearch();
  return useMemo(
    () => ({
      ...(status === 'all' ? {} : { status }),
      ...(camera === undefined ? {} : { camera_id: camera }),
      ...(type === undefined ? {} : { violation_type: type }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(sure === undefined ? {} : { min_confidence: sure }),
    }),
    [status, camera, type, from, to, sure],
  );
}

const HOUR_MS = 3_600_000;
const SPANS = { '8': 8, '24': 24, '168': 168 } as const;
const SURE = ['0.6', '0.8', '0.9'] as const;

function TimeFilter({ onChange }: { readonly onChange: (change: object) => void }) {
  const t = useWords(words);
  const format = useFormat();
  const { from, to } = route.useSearch();
  const named = from === undefined ? [] : ([['chosen', t.since(format.moment(from))]] as const);
  return (
    <Select
      label={t.time}
      value={from === undefined && to === undefined ? '' : 'chosen'}
      options={[
        ['', t.allTimes],
        ...named,
        ...Object.keys(SPANS).map((hours) => [hours, t.lastHours[hours as keyof typeof SPANS]] as const),
      ]}
      onChange={(next) => {
        const hours = SPANS[next as keyof typeof SPANS];
        if (next === 'chosen') return;
        onChange({ to: undefined, from: hours ? new Date(serverNow() - hours * HOUR_MS).toISOString() : undefined });
      }}
    />
  );
}

function OrderFilters({ onChange: set }: { readonly onChange: (change: object) => void }) {
  const t = useWords(words);
  const format = useFormat();
  const { order, sure } = route.useSearch();
  return (
    <>
      <Select
        label={t.certainty}
        value={sure === undefined ? '' : String(sure)}
        options={[
          ['', t.anyCertainty],
          ...SURE.map((share) => [share, t.atLeast(format.percent(Number(share)))] as const),
        ]}
        onChange={(next) => set({ sure: next ? Number(next) : undefined })}
      />
      <Select
        label={t.order}
        value={order ?? 'oldest'}
        options={[
          ['oldest', t.orders.oldest],
          ['newest', t.orders.newest],
        ]}
        onChange={(next) => set({ order: next === 'newest' ? 'newest' : undefined })}
      />
    </>
  );
}

function Filters() {
  const t = useWords(words);
  const { status = 'pending', camera = '', type = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useFilter();
  const { data: me } = useMe();
  const set = (change: object) => void navigate({ search: (old) => ({ ...old, id: undefined, ...change }) });
  return (
    <div className={layout.row}>
      <Select
        label={t.statusLabel}
        value={status}
        options={STATUSES.map((each) => [each, t.status[each]] as const)}
        onChange={(next) => set({ status: next === 'pending' ? undefined : next })}
      />
      <CameraSelect
        label={t.camera}
        value={camera}
        all={t.allCameras}
        onChange={(next) => set({ camera: next || undefined })}
      />
      <Select
        label={t.type}
        value={type}
        options={[['', t.allTypes], ...(me?.site.violation_types ?? []).map((each) => [each, each] as const)]}
        onChange={(next) => set({ type: next || undefined })}
      />
      <TimeFilter onChange={set} />
      <OrderFilters onChange={set} />
      <a className={kit.button} href={addressOf('records.exportViolations', filter)} download>
        {t.csv}
      </a>
    </div>
  );
}

/** The one that the address names comes first, pending or not. */
function withNamed(violations: readonly Violation[], named: Violation | undefined): readonly Violation[] {
  return named && !violations.some(({ id }) => id === named.id) ? [named, ...violations] : violations;
}

function QueueOfFilter() {
  const t = useWords(words);
  const format = useFormat();
  const filter = useFilter();
  const { id, order = 'oldest' } = route.useSearch();
  const navigate = route.useNavigate();
  const [limit, setLimit] = useState(LOADED);
  const [startAt] = useState(id);
  const query = useCall('records.violations', { ...filter, order, limit }, { topic: 'violations', keep: true });
  const named = useCall('records.violation', { violation_id: startAt ?? 0 }, { enabled: startAt !== undefined });
  return (
    <Loaded query={query} height={520}>
      {({ violations, total }) => {
        const all = withNamed(violations, named.data);
        return (
          <>
            <p className={layout.muted}>{t.waiting(format.number(total), format.number(grouped(all).length))}</p>
            <Queue
              violations={all}
              startAt={startAt}
              onCurrent={(current) => void navigate({ search: (old) => ({ ...old, id: current }), replace: true })}
              onNearEnd={() => {
                if (violations.length < total && limit < MOST_LOADED) setLimit(limit + LOADED);
              }}
            />
          </>
        );
      }}
    </Loaded>
  );
}

/** The queue in which violations are decided, and the list of all of them. */
export function Violations() {
  const t = useWords(words);
  const { view = 'queue', order } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useFilter();
  return (
    <Page
      title={t.title}
      actions={
        <Segments
          label={t.view}
          value={view}
          options={[
            ['queue', t.views.queue],
            ['list', t.views.list],
          ]}
          onChange={(next) =>
            void navigate({ search: (old) => ({ ...old, view: next === 'queue' ? undefined : next }) })
          }
        />
      }
    >
      <Filters />
      {view === 'list' ? <List filter={filter} /> : <QueueOfFilter key={JSON.stringify({ ...filter, order })} />}
    </Page>
  );
}
