import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { addressOf } from '../../api/client';
import type { Violation } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useMe } from '../../api/session';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
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
  const { status = 'pending', camera, type } = route.useSearch();
  return useMemo(
    () => ({
      ...(status === 'all' ? {} : { status }),
      ...(camera === undefined ? {} : { camera_id: camera }),
      ...(type === undefined ? {} : { violation_type: type }),
    }),
    [status, camera, type],
  );
}

function Filters() {
  const t = useWords(words);
  const { status = 'pending', camera = '', type = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useFilter();
  const { data: cameras } = useCall('cameras.list', {});
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
      <Select
        label={t.camera}
        value={camera}
        options={[['', t.allCameras], ...(cameras?.cameras ?? []).map(({ id }) => [id, id] as const)]}
        onChange={(next) => set({ camera: next || undefined })}
      />
      <Select
        label={t.type}
        value={type}
        options={[['', t.allTypes], ...(me?.site.violation_types ?? []).map((each) => [each, each] as const)]}
        onChange={(next) => set({ type: next || undefined })}
      />
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
  const { id } = route.useSearch();
  const navigate = route.useNavigate();
  const [limit, setLimit] = useState(LOADED);
  const [startAt] = useState(id);
  const query = useCall('records.violations', { ...filter, limit }, { topic: 'violations', keep: true });
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
  const { view = 'queue' } = route.useSearch();
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
      {view === 'list' ? <List filter={filter} /> : <QueueOfFilter key={JSON.stringify(filter)} />}
    </Page>
  );
}
