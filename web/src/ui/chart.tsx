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

function options({ series, zone, locale, times, height = 260, onRange }: ChartProps, width: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line') },
  };
  const isDaily = (times[1] ?? 0) - (times[0] ?? 0) >= DAY_S;
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, month: 'short', day: 'numeric' });
  const clock = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const text = (seconds: number) => (isDaily ? day : clock).format(seconds * 1_000);
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
    legend: { show: true, live: true },
    cursor: { drag: { x: true, y: false, setScale: false } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        space: 64,
        incrs: isDaily ? [DAY_S, 7 * DAY_S] : [HOUR_S, 3 * HOUR_S, 6 * HOUR_S],
        values: (_plot, at) => at.map(text),
      },
      { ...axis, size: 54 },
    ],
    series: [
      {
        label: '',
        value: (_plot, at) =>
          at === null ? '' : `${day.format(at * 1_000)} ${isDaily ? '' : clock.format(at * 1_000)}`,
      },
      ...series.map(({ label, isBefore }, i) => ({
        label,
        stroke: isBefore ? BEFORE : (COLOURS[i % COLOURS.length] ?? BEFORE),
        width: 2,
        ...(isBefore ? { dash: [5, 4] } : {}),
        points: { size: 5 },
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width > 3)
            onRange?.(plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x'));
        },
      ],
    },
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
  return <div ref={place} role="img" aria-label={label} />;
}
