import { LATENCY_BUCKETS, filledBuckets, latencyBucket } from '../../domain/shared/latency-histogram';
import type { Clock } from '../shared/log';
import type { CountRow } from './counts';

/** Requests of one operation on one path since this process started; counting allocates nothing. */
class Cell {
  private readonly histogram = new Int32Array(LATENCY_BUCKETS);
  private readonly statuses = new Map<number, number>();
  private sumMs = 0;
  private maxMs = 0;

  count(status: number, ms: number): void {
    const bucket = latencyBucket(ms);
    this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.sumMs += ms;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  forgetMax(): void {
    this.maxMs = 0;
  }

  row(operation: string, path: CountRow['path']): CountRow {
    const histogram = filledBuckets(this.histogram);
    const { sumMs, maxMs } = this;
    return { source: 'http', operation, path, counts: Object.fromEntries(this.statuses), histogram, sumMs, maxMs };
  }
}

/** A request that ended with a status from 400 on. */
export interface FailedRequest {
  readonly timestamp: string;
  readonly status_code: number;
  readonly operation: string;
}

type Cells = Partial<Record<CountRow['path'], Cell>>;
const KEPT_ERRORS = 10;

/** Counts every request that reached an operation. */
export class RequestMeter {
  private readonly operations = new Map<string, Cells>();
  private readonly errors: FailedRequest[] = [];

  constructor(private readonly clock: Clock) {}

  readonly count = (operation: string, path: CountRow['path'], status: number, ms: number): void => {
    let cells = this.operations.get(operation);
    if (!cells) this.operations.set(operation, (cells = {}));
    (cells[path] ??= new Cell()).count(status, ms);
    if (status < 400) return;
    this.errors.push({ timestamp: this.clock().toISOString(), status_code: status, operation });
    if (this.errors.length > KEPT_ERRORS) this.errors.shift();
  };

  /** Since the start of this process, except the longest durations: those are since `forgetMaxima`. */
  rows(): CountRow[] {
    return [...this.operations].flatMap(([operation, cells]) =>
      Object.entries(cells).map(([path, cell]) => cell.row(operation, path as CountRow['path'])),
    );
  }

  forgetMaxima(): void {
    for (const cells of this.operations.values()) for (const cell of Object.values(cells)) cell.forgetMax();
  }

  /** The most recent ones, oldest first. */
  recentErrors(): readonly FailedRequest[] {
    return [...this.errors];
  }
}
