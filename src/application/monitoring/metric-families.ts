import { callsOf, upperEdge } from '../../domain/shared/latency-histogram';
import type { PathTotal } from '../shared/path-total';
import type { CountRow } from './counts';
import type { Counters } from './minute-metrics';
import type { RequestMeter } from './request-meter';

/** One line of a family: the name of a histogram's line differs from the family's by its suffix. */
interface MetricSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly suffix?: '_bucket' | '_sum' | '_count';
}

/** A metric as Prometheus knows it. Counters never fall while the process lives. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): Promise<readonly MetricSample[]>;
}

/** Requests, and the tries of the two paths behind them. */
export const siteCounters = (meter: RequestMeter, totals: () => readonly PathTotal[]): Counters => ({
  rows: () => [...meter.rows(), ...totals().map(attempts)],
  forgetMaxima: () => meter.forgetMaxima(),
  recentErrors: () => meter.recentErrors(),
});

function attempts({ operation, path, ok, reject, failure, histogram }: PathTotal): CountRow {
  return { source: 'attempt', operation, path, counts: { ok, reject, failure }, histogram, sumMs: 0, maxMs: 0 };
}

export interface EventCount {
  readonly camera: string;
  readonly type: string;
  readonly count: number;
}

const MOST_SERIES = 200;
const SEPARATOR = '\u0000';

/** The first so many names have a series of their own for good; all later ones share `other`, so that no counter falls. */
class BoundedNames {
  private readonly known = new Set<string>();

  has(name: string): boolean {
    if (this.known.size < MOST_SERIES) this.known.add(name);
    return this.known.has(name);
  }
}

/**
 * `hbd_events_total` as the old backend named it: per camera and type, per type, and all. Unlike there it counts
 * everything ever taken in. When the counts cannot be read, the last ones are told again.
 */
export function eventFamily(counts: () => Promise<readonly EventCount[]>): MetricFamily {
  const [pairs, types] = [new BoundedNames(), new BoundedNames()];
  const label = (names: BoundedNames, name: string) => (names.has(name) ? name : ['other', 'other'].join(SEPARATOR));
  return {
    name: 'hbd_events_total',
    help: 'Events by camera and type, by type, and all',
    type: 'counter',
    samples: async () => {
      const all = await counts();
      const byPair = sums(all, ({ camera, type }) => label(pairs, `${camera}${SEPARATOR}${type}`));
      const byType = sums(all, ({ type }) => label(types, type).split(SEPARATOR)[0] ?? '');
      return [
        ...byPair.map(([name, value]) => sample(['camera', 'type'], name.split(SEPARATOR), value)),
        ...byType.map(([type, value]) => sample(['type'], [type], value)),
        sample(
          [],
          [],
          all.reduce((sum, { count }) => sum + count, 0),
        ),
      ];
    },
  };
}

function sums(all: readonly EventCount[], nameOf: (count: EventCount) => string): [string, number][] {
  const found = new Map<string, number>();
  for (const one of all) found.set(nameOf(one), (found.get(nameOf(one)) ?? 0) + one.count);
  return [...found];
}

const sample = (names: readonly string[], values: readonly string[], value: number): MetricSample => ({
  labels: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])),
  value,
});

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

interface CameraCounts {
  readonly id: string;
  readonly state: string;
  readonly restarts: number;
  /** Of all its processes since this service started. */
  readonly frames: number;
}

export interface DeliveryCount {
  readonly channel: string;
  readonly status: string;
  readonly count: number;
}

/** What this process knows, or can ask the site, besides requests. */
interface SiteFigures {
  readonly intake: () => {
    readonly stored: number;
    readonly duplicates: number;
    readonly rejected: number;
    readonly lagBytes: number;
  };
  readonly cameras: () => Promise<readonly CameraCounts[]>;
  readonly deliveries: () => Promise<readonly DeliveryCount[]>;
  /** Of the process that looks for persons; undefined where none runs. */
  readonly looks: () => Promise<LookFigures | undefined>;
}

interface LookFigures {
  readonly looks: number;
  /** 95 of 100 cameras waited no longer in the last ten seconds. */
  readonly waitMs: number;
}

const family = (
  name: string,
  type: MetricFamily['type'],
  help: string,
  samples: () => Promise<readonly MetricSample[]>,
): MetricFamily => ({ name: `watchgate_${name}`, type, help, samples });

const one = (value: number): MetricSample[] => [{ labels: {}, value }];

function lookFamilies(looks: SiteFigures['looks']): MetricFamily[] {
  const of = (value: (figures: LookFigures) => number) => async () => {
    const figures = await looks();
    return figures ? one(value(figures)) : [];
  };
  return [
    family(
      'detector_looks_total',
      'counter',
      'Pictures in which persons were looked for since the detector started',
      of((f) => f.looks),
    ),
    family(
      'detector_wait_seconds',
      'gauge',
      'How long 95 of 100 cameras waited for a look in the last ten seconds',
      of((f) => f.waitMs / 1_000),
    ),
  ];
}

/** Bounded by the number of cameras and of channels. */
export function siteFamilies({ intake, cameras, deliveries, looks }: SiteFigures): MetricFamily[] {
  const perCamera = (value: (c: CameraCounts) => number) => async () =>
    (await cameras()).map((c) => ({ labels: { camera: c.id }, value: value(c) }));
  return [
    ...lookFamilies(looks),
    family('events_stored_total', 'counter', 'Events this service took in', async () => one(intake().stored)),
    family('events_duplicate_total', 'counter', 'Events that were known already', async () => one(intake().duplicates)),
    family('events_rejected_total', 'counter', 'Lines of the journal set aside', async () => one(intake().rejected)),
    family('journal_lag_bytes', 'gauge', 'Journal not taken in at the last look', async () => one(intake().lagBytes)),
    family(
      'camera_frames_total',
      'counter',
      'Frames of a camera since this service started',
      perCamera((c) => c.frames),
    ),
    family(
      'camera_restarts_total',
      'counter',
      'Restarts that nobody asked for',
      perCamera((c) => c.restarts),
    ),
    family('camera_state', 'gauge', '1 for the state a camera is in', async () =>
      (await cameras()).map(({ id, state }) => ({ labels: { camera: id, state }, value: 1 })),
    ),
    family('alert_deliveries', 'gauge', 'Deliveries of alerts that are kept, by channel and status', async () =>
      (await deliveries()).map(({ channel, status, count }) => ({ labels: { channel, status }, value: count })),
    ),
  ];
}
