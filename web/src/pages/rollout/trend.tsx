import { Suspense, lazy, useMemo } from 'react';
import type { RolloutMinute } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useZone } from '../../api/zone';
import { useFormat } from '../../i18n/format';
import { localeOf, useLanguage, useWords } from '../../i18n/language';
import { Panel, NumberCell, Table } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { words } from './words';

const Chart = lazy(async () => ({ default: (await import('../../ui/chart')).Chart }));
const MINUTES = 180;
const ARMS = ['domain', 'control'] as const;

type Measure = (minute: RolloutMinute) => number | null;
/** Percent of calls that failed or fell back. */
const failures: Measure = ({ calls, errors, fallbacks }) => (calls === 0 ? null : (100 * (errors + fallbacks)) / calls);
const slowest: Measure = ({ p95_ms: p95 }) => p95;

/** Both paths minute by minute: whether a figure is getting worse is seen before it crosses a limit. */
export function Trend({ name }: { readonly name: string }) {
  const t = useWords(words);
  const query = useCall('rollout.series', { group: name, minutes: MINUTES }, { topic: 'rollout', keep: true });
  return (
    <Loaded query={query} height={300} isEmpty={({ points }) => points.length === 0} empty={t.noTrend}>
      {({ points }) => (
        <>
          <Lines title={t.failureTrend} points={points} measure={failures} />
          <Lines title={t.latencyTrend} points={points} measure={slowest} />
        </>
      )}
    </Loaded>
  );
}

interface LinesProps {
  readonly title: string;
  readonly points: readonly RolloutMinute[];
  readonly measure: Measure;
}

function Lines({ title, points, measure }: LinesProps) {
  const t = useWords(words);
  const language = useLanguage();
  const format = useFormat();
  const zone = useZone();
  const drawn = useMemo(() => {
    const times = [...new Set(points.map(({ at }) => Date.parse(at) / 1_000))].sort((a, b) => a - b);
    const series = ARMS.map((arm) => {
      const at = new Map(points.filter((p) => p.arm === arm).map((p) => [Date.parse(p.at) / 1_000, measure(p)]));
      return { label: t.arms[arm], values: times.map((time) => at.get(time) ?? null) };
    });
    return { times, series };
  }, [points, measure, t]);
  const latest = drawn.series.map(({ values }) => [...values].reverse().find((value) => value !== null) ?? null);
  return (
    <Panel title={title}>
      <Suspense fallback={null}>
        <Chart {...drawn} zone={zone} locale={localeOf(language)} label={title} height={180} />
      </Suspense>
      <Table label={title} head={['', t.latest]} numbers={[1]}>
        {drawn.series.map(({ label }, i) => (
          <tr key={label}>
            <td>{label}</td>
            <NumberCell>{latest[i] === null || latest[i] === undefined ? '–' : format.number(latest[i], 2)}</NumberCell>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
