import { callsOf } from '../../domain/shared/latency-histogram';
import type { Clock, Log } from '../shared/log';
import { type CountRow, type Durations, durationsOf, summed } from './counts';
import { type Minute, type MinuteMetrics, type MinuteStore, WINDOW_MINUTES } from './minute-metrics';
import type { LastConsistency, MeasuredConsistency } from './probes';
import type { FailedRequest } from './request-meter';

interface OperationMetrics {
  readonly operation: string;
  /** Null where there is one implementation only. */
  readonly path: 'domain' | 'legacy' | null;
  readonly calls: number;
  readonly ok: number;
  readonly reject: number;
  readonly failure: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

interface RequestMetrics {
  readonly window_seconds: number;
  readonly requests: {
    readonly total: number;
    readonly success: number;
    readonly error: number;
    readonly success_rate: number;
    readonly error_rate: number;
    readonly by_status: Readonly<Record<string, number>>;
  };
  readonly domain_service: { readonly usage_count: number; readonly old_count: number; readonly usage_rate: number };
  readonly response_time: Durations;
  readonly errors: { readonly total: number; readonly recent: readonly FailedRequest[] };
  readonly operations: readonly OperationMetrics[];
}

const RECENT_ERRORS = 10;

/** Sums minutes of any number of instances. Rates are percentages with two decimals. */
function metricsOf(minutes: readonly Minute[]): RequestMetrics {
  const rows = summed(minutes.flatMap((m) => m.rows));
  const http = rows.filter((r) => r.source === 'http');
  const byStatus = statusesOf(http);
  const count = (from: number, to: number) =>
    Object.entries(byStatus).reduce((sum, [status, n]) => (+status >= from && +status < to ? sum + n : sum), 0);
  const [total, success, error] = [count(0, 1_000), count(200, 300), count(400, 600)];
  const calls = (path: CountRow['path']) =>
    http.filter((r) => r.path === path).reduce((sum, r) => sum + callsOf(r.histogram), 0);
  const [domain, legacy] = [calls('domain'), calls('legacy')];
  const recent = minutes.flatMap((m) => m.errors).sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
  return {
    window_seconds: WINDOW_MINUTES * 60,
    requests: {
      total,
      success,
      error,
      success_rate: total === 0 ? 100 : percent(success, total),
      error_rate: percent(error, total),
      by_status: byStatus,
    },
    domain_service: { usage_count: domain, old_count: legacy, usage_rate: percent(domain, domain + legacy) },
    response_time: durationsOf(http),
    errors: { total: error, recent: recent.slice(-RECENT_ERRORS) },
    operations: operationsOf(rows),
  };
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100);

function statusesOf(http: readonly CountRow[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of http)
    for (const [status, calls] of Object.entries(counts)) sums[status] = (sums[status] ?? 0) + calls;
  return sums;
}

/** Attempts on each path where there are two, requests where there is one. */
function operationsOf(rows: readonly CountRow[]): OperationMetrics[] {
  const counted = rows.filter((r) => (r.source === 'attempt') === (r.path !== 'none'));
  return counted.map(toOperation).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = ({ operation, path }: OperationMetrics): string => `${operation} ${path ?? ''}`;

function toOperation(row: CountRow): OperationMetrics {
  const { operation, path, counts, histogram } = row;
  const { p50_ms, p95_ms, p99_ms } = durationsOf([row]);
  const sum = (of: (key: string) => boolean) =>
    Object.entries(counts).reduce((total, [key, calls]) => (of(key) ? total + calls : total), 0);
  return {
    operation,
    path: path === 'none' ? null : path,
    calls: callsOf(histogram),
    ok: sum((key) => key === 'ok' || /^[123]/.test(key)),
    reject: sum((key) => key === 'reject' || key.startsWith('4')),
    failure: sum((key) => key === 'failure' || key.startsWith('5')),
    p50_ms,
    p95_ms,
    p99_ms,
  };
}

export interface Metrics extends RequestMetrics {
  readonly timestamp: string;
  /** The number of services of the site that the figures cover. */
  readonly instances: number;
  /** False when the figures of the others could not be read. */
  readonly complete: boolean;
  readonly data_consistency: MeasuredConsistency;
}

/** Recent figures of all services of the site: the stored ones of the others, and this one's own. */
export class SiteMetrics {
  constructor(
    private readonly minutes: MinuteMetrics,
    private readonly store: MinuteStore,
    private readonly consistency: LastConsistency,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async read(): Promise<Metrics> {
    const from = this.minutes.thisMinute() - WINDOW_MINUTES + 1;
    const [others, data_consistency] = await Promise.all([this.others(from), this.consistency.get()]);
    const own = this.minutes.minutes().filter(({ minute }) => minute >= from);
    return {
      timestamp: this.clock().toISOString(),
      ...metricsOf([...(others ?? []), ...own]),
      data_consistency,
      instances: 1 + new Set(others?.map(({ instance }) => instance)).size,
      complete: others !== undefined,
    };
  }

  private async others(from: number) {
    try {
      return await this.store.ofOthers(from);
    } catch (error) {
      this.log.debug('the metrics of other services cannot be read now', { error });
      return undefined;
    }
  }
}
