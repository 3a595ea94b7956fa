import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, useMemo } from 'react';
import { addressOf } from '../../api/client';
import { serverNow } from '../../api/clock';
import type { Day, Summary } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useZone } from '../../api/zone';
import { useFormat } from '../../i18n/format';
import { localeOf, useLanguage, useWords } from '../../i18n/language';
import { Segments, Select } from '../../ui/field';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { NumberCell, Page, Panel, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { words } from './words';

const Chart = lazy(async () => ({ default: (await import('../../ui/chart')).Chart }));
const route = getRouteApi('/statistics');

const DAYS = { '7d': 7, '30d': 30 } as const;
const DAY_S = 86_400;
const HOUR_S = 3_600;
const HOURS = 24;
const MOST_EVENTS = 1_000;

const noon = (date: string) => Date.parse(`${date}T12:00:00Z`) / 1_000;

function useOpenEvents(camera: string | undefined) {
  const navigate = useNavigate();
  return (from: number, to: number) =>
    void navigate({
      to: '/events',
      search: {
        from: new Date(from * 1_000).toISOString(),
        to: new Date(to * 1_000).toISOString(),
        ...(camera ? { camera } : {}),
      },
    });
}

const typesOf = (days: readonly Day[]) =>
  [...new Set(days.flatMap(({ counts_by_type: counts }) => Object.keys(counts)))].sort();

function Daily({ range, camera }: { readonly range: '7d' | '30d'; readonly camera: string | undefined }) {
  const t = useWords(words);
  const zone = useZone();
  const locale = localeOf(useLanguage());
  const open = useOpenEvents(camera);
  const length = DAYS[range];
  const query = useCall(
    'statistics.daily',
    { days: length * 2, ...(camera ? { camera_id: camera } : {}) },
    { topic: 'events', everyMs: 60_000, keep: true },
  );
  const days = useMemo(() => (query.data ?? []).toSorted((a, b) => (a.date < b.date ? -1 : 1)), [query.data]);
  const [shown, before] = [days.slice(-length), days.slice(-2 * length, -length)];
  const drawn = useMemo(() => {
    const types = typesOf(shown);
    return {
      times: shown.map(({ date }) => noon(date)),
      series: [
        ...types.map((label) => ({ label, values: shown.map(({ counts_by_type: counts }) => counts[label] ?? 0) })),
        { label: t.before, values: shown.map((_, i) => before[i]?.total_events ?? null), isBefore: true },
      ],
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- both are pieces of days
  }, [days, t]);
  return (
    <Loaded query={query} height={420}>
      {() => (
        <>
          <Panel title={t.chart(t.ranges[range])}>
            <Comparison shown={shown} before={before} />
            <Chart
              {...drawn}
              zone={zone}
              locale={locale}
              label={t.chart(t.ranges[range])}
              onRange={(from, to) => open(from - DAY_S / 2, to + DAY_S / 2)}
            />
            <p className={`${layout.muted} ${layout.small}`}>{t.brush}</p>
          </Panel>
          <DayTable days={shown.toReversed()} />
        </>
      )}
    </Loaded>
  );
}

function Comparison({ shown, before }: { readonly shown: readonly Day[]; readonly before: readonly Day[] }) {
  const t = useWords(words);
  const format = useFormat();
  const sum = (days: readonly Day[]) => days.reduce((all, { total_events: n }) => all + n, 0);
  const [now, then] = [sum(shown), sum(before)];
  const change = then === 0 ? '–' : `${now >= then ? '+' : '−'}${format.percent(Math.abs(now / then - 1))}`;
  return <p>{t.compare(format.number(now), format.number(then), change)}</p>;
}

function DayTable({ days }: { readonly days: readonly Day[] }) {
  const t = useWords(words);
  const format = useFormat();
  const types = typesOf(days);
  return (
    <Panel title={t.table} flush>
      <Table
        label={t.table}
        head={[t.day, ...types, t.sum]}
        numbers={[...types.map((_, i) => i + 1), types.length + 1]}
      >
        {days.map(({ date, counts_by_type: counts, total_events: total }) => (
          <tr key={date}>
            <td style={{ whiteSpace: 'nowrap' }}>{date}</td>
            {types.map((type) => (
              <NumberCell key={type}>{format.number(counts[type] ?? 0)}</NumberCell>
            ))}
            <NumberCell>{format.number(total)}</NumberCell>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Hourly({ camera }: { readonly camera: string | undefined }) {
  const t = useWords(words);
  const zone = useZone();
  const locale = localeOf(useLanguage());
  const open = useOpenEvents(camera);
  const of = camera ? { camera_id: camera } : {};
  const query = useCall(
    'statistics.summary',
    { minutes: HOURS * 60, limit: MOST_EVENTS, ...of },
    { topic: 'events', everyMs: 30_000, keep: true },
  );
  const drawn = useMemo(() => hours(query.data?.samples ?? [], t.total), [query.data, t]);
  return (
    <Loaded query={query} height={420}>
      {(summary) => (
        <>
          <Panel title={t.hourly}>
            <Chart {...drawn} zone={zone} locale={locale} label={t.hourly} onRange={open} />
            <p className={`${layout.muted} ${layout.small}`}>
              {t.brush} {summary.total_events > MOST_EVENTS ? t.mostSampled : ''}
            </p>
          </Panel>
          <TypeTable summary={summary} />
        </>
      )}
    </Loaded>
  );
}

function hours(samples: Summary['samples'], label: string) {
  const last = Math.floor(serverNow() / 1_000 / HOUR_S) * HOUR_S;
  const times = Array.from({ length: HOURS }, (_, i) => last - (HOURS - 1 - i) * HOUR_S);
  const values = times.map((from) => samples.filter(({ ts }) => ts >= from && ts < from + HOUR_S).length);
  return { times, series: [{ label, values }] };
}

function TypeTable({ summary }: { readonly summary: Summary }) {
  const t = useWords(words);
  const format = useFormat();
  const rows = Object.entries(summary.counts_by_type).sort(([, a], [, b]) => b - a);
  return (
    <Panel title={t.byType} flush>
      <Table label={t.byType} head={[t.byType, t.sum]} numbers={[1]}>
        {rows.map(([type, count]) => (
          <tr key={type}>
            <td>{type}</td>
            <NumberCell>{format.number(count)}</NumberCell>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

export function Statistics() {
  const t = useWords(words);
  const { range = '7d', camera } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: cameras } = useCall('cameras.list', {});
  const set = (change: object) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  return (
    <Page title={t.title}>
      <div className={layout.row}>
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
          label={t.camera}
          value={camera ?? ''}
          options={[['', t.allCameras], ...(cameras?.cameras ?? []).map(({ id }) => [id, id] as const)]}
          onChange={(next) => set({ camera: next || undefined })}
        />
        <a className={kit.button} href={addressOf('events.exportCsv', camera ? { camera_id: camera } : {})} download>
          {t.csv}
        </a>
      </div>
      {range === '24h' ? <Hourly camera={camera} /> : <Daily range={range} camera={camera} />}
    </Page>
  );
}
