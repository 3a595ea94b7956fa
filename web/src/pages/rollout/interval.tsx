import { useFormat } from '../../i18n/format';
import css from './rollout.module.css';

interface IntervalProps {
  /** What was seen, and the interval in which the truth lies with 95 %. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly limits: readonly number[];
  readonly isBad: boolean;
}

const WIDTH = 240;
const MIDDLE = 11;

/** An interval against its limits: proven below, proven above, or still open. */
export function Interval({ value, low, high, limits, isBad }: IntervalProps) {
  const format = useFormat();
  const most = Math.max(high, ...limits) * 1.15 || 1;
  const x = (share: number) => (Math.min(share, most) / most) * (WIDTH - 8) + 4;
  const colour = isBad ? 'var(--critical)' : 'var(--text)';
  const text = `${format.percent(value, 2)} (${format.percent(low, 2)} – ${format.percent(high, 2)})`;
  return (
    <svg className={css.interval} viewBox={`0 0 ${WIDTH} 26`} role="img" aria-label={text} preserveAspectRatio="none">
      <line x1="4" x2={WIDTH - 4} y1={MIDDLE} y2={MIDDLE} stroke="var(--line)" strokeWidth="2" />
      {limits.map((limit) => (
        <line
          key={limit}
          x1={x(limit)}
          x2={x(limit)}
          y1="2"
          y2="20"
          stroke="var(--line-strong)"
          strokeWidth="1.5"
          strokeDasharray="3 2"
        />
      ))}
      <line x1={x(low)} x2={Math.max(x(low) + 2, x(high))} y1={MIDDLE} y2={MIDDLE} stroke={colour} strokeWidth="5" />
      <rect x={x(value) - 3} y={MIDDLE - 5} width="6" height="10" fill={colour} />
      <title>{text}</title>
    </svg>
  );
}
