import { type Histogram, callsOf, percentile } from '../../domain/shared/latency-histogram';

/**
 * The counts of one operation on one path. `http`: requests, by status. `attempt`: attempts on a path, by outcome (ok,
 * reject, failure); a request that fell back is two of them.
 */
export interface CountRow {
  readonly source: 'http' | 'attempt';
  readonly operation: string;
  /** `none` where there is one implementation only. */
  readonly path: 'domain' | 'legacy' | 'none';
  readonly counts: Readonly<Record<string, number>>;
  /** Calls per histogram bucket of their milliseconds. */
  readonly histogram: Readonly<Record<string, number>>;
  readonly sumMs: number;
  readonly maxMs: number;
}

type Numbers = Readonly<Record<string, number>>;

export const keyOf = ({ source, operation, path }: CountRow): string => `${source} ${operation} ${path}`;

function combined(a: Numbers, b: Numbers, sign: 1 | -1): Numbers {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + sign * value;
  return Object.fromEntries(Object.entries(sum).filter(([, value]) => value !== 0));
}

/** The difference between two readings of counters that only grow; rows without calls are left out. */
export function since(before: ReadonlyMap<string, CountRow>, now: readonly CountRow[]): CountRow[] {
  return now.flatMap((row) => {
    const was = before.get(keyOf(row));
    if (!was) return callsOf(row.histogram) > 0 ? [row] : [];
    const counts = combined(row.counts, was.counts, -1);
    if (Object.keys(counts).length === 0) return [];
    const histogram = combined(row.histogram, was.histogram, -1);
    return [{ ...row, counts, histogram, sumMs: row.sumMs - was.sumMs }];
  });
}

/** One row per source, operation and path. */
export function summed(rows: readonly CountRow[]): CountRow[] {
  const sums = new Map<string, CountRow>();
  for (const row of rows) {
    const sum = sums.get(keyOf(row));
    sums.set(keyOf(row), sum ? plus(sum, row) : row);
  }
  return [...sums.values()];
}

const plus = (a: CountRow, b: CountRow): CountRow => ({
  ...a,
  counts: combined(a.counts, b.counts, 1),
  histogram: combined(a.histogram, b.histogram, 1),
  sumMs: a.sumMs + b.sumMs,
  maxMs: Math.max(a.maxMs, b.maxMs),
});

export interface Durations {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  readonly avg_ms: number;
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** Over all rows together; 0 without calls. */
export function durationsOf(rows: readonly CountRow[]): Durations {
  const histogram: Histogram = rows.reduce<Numbers>((sum, row) => combined(sum, row.histogram, 1), {});
  const calls = callsOf(histogram);
  const max = Math.max(0, ...rows.map((r) => r.maxMs));
  // A bucket's upper part may lie beyond the slowest call there was.
  const at = (share: number) => {
    const ms = percentile(histogram, share) ?? 0;
    return rounded(max > 0 ? Math.min(ms, max) : ms);
  };
  const sum = rows.reduce((total, r) => total + r.sumMs, 0);
  return {
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
    max_ms: rounded(max),
    avg_ms: calls ? rounded(sum / calls) : 0,
  };
}
