import { callsOf, upperEdge } from '../../domain/shared/latency-histogram';
import type { CountRow } from './counts';
import type { MetricFamily, MetricSample } from './metric-family';

/** 1 ms to 16 s by factors of two, where buckets of the histogram end. */
const EDGES_MS = Array.from({ length: 15 }, (_, power) => 2 ** power);

/** Requests and tries of paths; their labels are the operations of the catalogue, so their number is bounded. */
export function requestFamilies(rows: () => readonly CountRow[]): MetricFamily[] {
  const of = (source: CountRow['source']) => rows().filter((row) => row.source === source);
  return [
    {
      name: 'watchgate_http_requests_total',
      help: 'Requests that reached an operation, by the path that served them',
      type: 'counter',
      samples: async () => of('http').flatMap(byClass),
    },
    {
      name: 'watchgate_http_request_duration_seconds',
      help: 'Time from the request to the end of its answer',
      type: 'histogram',
      samples: async () => of('http').flatMap(durations),
    },
    {
      name: 'watchgate_path_calls_total',
      help: 'Tries of the domain path and the legacy path; a call that fell back is one of each',
      type: 'counter',
      samples: async () => of('attempt').flatMap(byOutcome),
    },
  ];
}

const labelsOf = ({ operation, path }: CountRow) => ({ operation, path });

function byClass(row: CountRow): MetricSample[] {
  const classes = new Map<string, number>();
  for (const [status, calls] of Object.entries(row.counts)) {
    const of = `${status[0]}xx`;
    classes.set(of, (classes.get(of) ?? 0) + calls);
  }
  return [...classes].map(([status, value]) => ({ labels: { ...labelsOf(row), status }, value }));
}

const byOutcome = (row: CountRow): MetricSample[] =>
  Object.entries(row.counts).map(([outcome, value]) => ({ labels: { ...labelsOf(row), outcome }, value }));

function durations(row: CountRow): MetricSample[] {
  const labels = labelsOf(row);
  const buckets = Object.entries(row.histogram).map(([bucket, calls]) => [upperEdge(Number(bucket)), calls] as const);
  const upTo = (ms: number) => buckets.reduce((sum, [edge, calls]) => (edge <= ms ? sum + calls : sum), 0);
  const total = callsOf(row.histogram);
  const line = (le: string, value: number): MetricSample => ({ labels: { ...labels, le }, value, suffix: '_bucket' });
  return [
    ...EDGES_MS.map((ms) => line(String(ms / 1_000), upTo(ms))),
    line('+Inf', total),
    { labels, value: row.sumMs / 1_000, suffix: '_sum' },
    { labels, value: total, suffix: '_count' },
  ];
}
