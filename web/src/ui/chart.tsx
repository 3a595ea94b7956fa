import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';

export interface Series {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** An earlier time beside the present one. */
  readonly isBefore?: boolean;
}

interface ChartProps {
  readonly locale: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly zone: string;
  readonly height?: number;
  readonly label: string;
  /** A piece that was drawn over with the pointer. */
  readonly onRange?: (from: number, to: number) => void;
}

/** Distinct in lightness as well as in hue, and in the order in which they are given. */
const COLOURS = ['#2f74b5', '#c2611f', '#4b8f5a', '#8a5fb0', '#b0863a', '#5b7f8f', '#b4546e', '#6f7a2e'];
const BEFORE = '#8a97a1';
const DAY_S = 86_400;
const HOUR_S = 3_600;

const LONG_S = 3 * DAY_S;

/** Times as the site writes them: days where the chart spans many, else hours. */
function timeTexts({ times, zone, locale }: ChartProps) {
  const isLong = (times.at(-1) ?? 0) - (times[0] ?? 0) > LONG_S;
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, month: 'short', day: 'numeric' });
  const hour = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = new Intl.DateTimeFormat(locale, { timeZone: zone, ...hour });
  const isDaily = (times[1] ?? 0) - (times[0] ?? 0) >= DAY_S;
  return {
    axis: (seconds: number) => (isLong ? day : clock).format(seconds * 1_000),
    full: (seconds: number) => `${day.format(seconds * 1_000)} ${isDaily ? '' : clock.format(seconds * 1_000)}`,
    steps: isLong ? [DAY_S, 2 * DAY_S, 7 * DAY_S] : [60, 300, 900, HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S],
  };
}

function lineOf({ label, isBefore }: Series, i: number): uPlot.Series {
  return {
    label,
    stroke: isBefore ? BEFORE : (COLOURS[i % COLOURS.length] ?? BEFORE),
    width: 2,
    ...(isBefore ? { dash: [5, 4] } : {}),
    points: { size: 5 },
  };
}

function options(props: ChartProps, width: number): uPlot.Options {
  const { series, zone, height = 260, onRange } = props;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--muted'), grid: line, ticks: line };
  const texts = timeTexts(props);
  const choose = (plot: uPlot) => {
    const { left, width: drawn } = plot.select;
    if (drawn > 3) onRange?.(plot.posToVal(left, 'x'), plot.posToVal(left + drawn, 'x'));
  };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
    legend: { show: true, live: true },
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { ...axis, space: 64, incrs: texts.steps, values: (_plot, at) => at.map(texts.axis) },
      { ...axis, size: 54 },
    ],
    series: [{ label: ' ', value: (_plot, at) => (at === null ? '' : texts.full(at)) }, ...series.map(lineOf)],
    hooks: { setSelect: [choose] },
  };
}

/** Values over time in the zone of the site; the page shows the same numbers as a table below it. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const { times, series, zone, height, label, locale } = props;
  useEffect(() => {
    const box = place.current;
    if (!box) return undefined;
    const data = [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
    const plot = new uPlot(
      options({ ...latest.current, onRange: (from, to) => latest.current.onRange?.(from, to) }, box.clientWidth),
      data,
      box,
    );
    const resized = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: height ?? 260 }));
    resized.observe(box);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [times, series, zone, height, locale]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
