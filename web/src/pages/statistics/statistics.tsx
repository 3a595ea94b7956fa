import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, useMemo } from 'react';
import { type InputOf, addressOf } from '../../api/client';
import { serverNow } from '../../api/clock';
import type { Series } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useZone } from '../../api/zone';
import { useFormat } from '../../i18n/format';
import { localeOf, useLanguage, useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Segments, Select } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Empty, NumberCell, Page, Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { words } from './words';

const Chart = lazy(async () => ({ default: (await import('../../ui/chart')).Chart }));
const route = getRouteApi('/statistics');

const RANGES = {
  '24h': { hours: 24, bucket: '15m' },
  '7d': { hours: 168, bucket: '1h' },
  '30d': { hours: 720, bucket: '1d' },
} as const;
const HOUR_MS = 3_600_000;
/** Whole steps, so that the same question is not asked anew every second. */
const STEP_MS = 60_000;
const MOST_ROWS = 60;

const sumOf = ({ series }: Series): number =>
  series.reduce((all, { points }) => all + points.reduce((sum, p) => sum + p.count, 0), 0);

/** Every time that any line has, and the value of each line there. */
function aligned(now: Series, before: Series | undefined, shiftMs: number, beforeLabel: string) {
  const of = (series: Series, shift: number) => {
    const totals = new Map<number, number>();
    for (const { points } of series.series)
      for (const { at, count } of points)
        totals.set(Date.parse(at) + shift, (totals.get(Date.parse(at) + shift) ?? 0) + count);
    return totals;
  };
  const earlier = before ? of(before, shiftMs) : new Map<number, number>();
  const times = [...new Set([...of(now, 0).keys(), ...earlier.keys()])].sort((a, b) => a - b);
  const lines = now.series.map(({ key, points }) => {
    const values = new Map(points.map(({ at, count }) => [Date.parse(at), count]));
    return { label: key, values: times.map((at) => values.get(at) ?? 0) };
  });
  return {
    times: times.map((at) => at / 1_000),
    series: [...lines, { label: beforeLabel, values: times.map((at) => earlier.get(at) ?? null), isBefore: true }],
  };
}

function useSeries() {
  const { range = '7d', camera, metric = 'events', by = 'type' } = route.useSearch();
  const zone = useZone();
  const { hours, bucket } = RANGES[range];
  const end = Math.ceil(serverNow() / STEP_MS) * STEP_MS;
  const length = hours * HOUR_MS;
  const input = (to: number): InputOf<'statistics.series'> => ({
    metric,
    by,
    bucket,
    tz: zone,
    from: new Date(to - length).toISOString(),
    to: new Date(to).toISOString(),
    ...(camera ? { camera_id: camera } : {}),
  });
  const now = useCall('statistics.series', input(end), { topic: 'events', keep: true });
  const before = useCall('statistics.series', input(end - length), { keep: true });
  return { now, before, length };
}

function SeriesPanels() {
  const t = useWords(words);
  const zone = useZone();
  const locale = localeOf(useLanguage());
  const navigate = useNavigate();
  const { range = '7d', camera, metric = 'events' } = route.useSearch();
  const { now, before, length } = useSeries();
  const drawn = useMemo(
    () => (now.data ? aligned(now.data, before.data, length, t.before) : undefined),
    [now.data, before.data, length, t],
  );
  const open = (from: number, to: number) => {
    const times = { from: new Date(from * 1_000).toISOString(), to: new Date(to * 1_000).toISOString() };
    const of = camera ? { camera } : {};
    if (metric === 'violations')
      void navigate({ to: '/violations', search: { ...times, ...of, status: 'all', view: 'list' } });
    else void navigate({ to: '/events', search: { ...times, ...of } });
  };
  return (
    <Loaded query={now} height={420}>
      {(series) =>
        drawn === undefined || drawn.times.length === 0 ? (
          <Empty>{t.none}</Empty>
        ) : (
          <>
            <Panel title={`${t.metrics[metric]}, ${t.ranges[range]}`}>
              <Comparison now={sumOf(series)} before={before.data ? sumOf(before.data) : undefined} />
              <Chart {...drawn} zone={zone} locale={locale} label={t.metrics[metric]} onRange={open} />
              <p className={`${layout.muted} ${layout.small}`}>{t.brush}</p>
            </Panel>
            <NumberTable {...drawn} isDaily={range === '30d'} />
          </>
        )
      }
    </Loaded>
  );
}

function Comparison({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  const t = useWords(words);
  const format = useFormat();
  const change = before ? `${now >= before ? '+' : '−'}${format.percent(Math.abs(now / before - 1))}` : '–';
  return <p>{t.compare(format.number(now), before === undefined ? '–' : format.number(before), change)}</p>;
}

interface NumberTableProps {
  readonly times: readonly number[];
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  readonly isDaily: boolean;
}

/** The same as the chart, for who cannot see it or wants the figures. */
function NumberTable({ times, series, isDaily }: NumberTableProps) {
  const t = useWords(words);
  const format = useFormat();
  const rows = times.map((at, i) => ({ at, values: series.map(({ values }) => values[i] ?? null) })).reverse();
  return (
    <Panel title={t.table} flush>
      <Table label={t.table} head={[t.time, ...series.map(({ label }) => label)]} numbers={series.map((_, i) => i + 1)}>
        {rows.slice(0, MOST_ROWS).map(({ at, values }) => (
          <tr key={at}>
            <td style={{ whiteSpace: 'nowrap' }}>{isDaily ? format.date(at * 1_000) : format.moment(at * 1_000)}</td>
            {values.map((value, i) => (
              <NumberCell key={i}>{value === null ? '–' : format.number(value)}</NumberCell>
            ))}
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Filters() {
  const t = useWords(words);
  const { range = '7d', camera, metric = 'events', by = 'type' } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: object) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  return (
    <div className={layout.row}>
      <Segments
        label={t.metric}
        value={metric}
        options={[
          ['events', t.metrics.events],
          ['violations', t.metrics.violations],
        ]}
        onChange={(next) => set({ metric: next === 'events' ? undefined : next })}
      />
      <Segments
        label={t.range}
        value={range}
        options={[
          ['24h', t.ranges['24h']],
          ['7d', t.ranges['7d']],
          ['30d', t.ranges['30d']],
        ]}
        onChange={(next) => set({ range: next === '7d' ? undefined : next })}
      />
      <Select
        label={t.by}
        value={by}
        options={[
          ['type', t.bys.type],
          ['camera', t.bys.camera],
          ['none', t.bys.none],
        ]}
        onChange={(next) => set({ by: next === 'type' ? undefined : next })}
      />
      <CameraSelect
        label={t.camera}
        value={camera ?? ''}
        all={t.allCameras}
        onChange={(next) => set({ camera: next || undefined })}
      />
      <a className={kit.button} href={addressOf('events.exportCsv', camera ? { camera_id: camera } : {})} download>
        {t.csv}
      </a>
    </div>
  );
}

/** Events and violations over time, against the same time before. */
export function Statistics() {
  const t = useWords(words);
  return (
    <Page title={t.title}>
      <Filters />
      <SeriesPanels />
    </Page>
  );
}
