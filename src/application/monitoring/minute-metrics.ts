import type { Clock } from '../shared/log';
import { type CountRow, keyOf, since } from './counts';
import type { FailedRequest } from './request-meter';

/** The counts of one instance in one minute. */
export interface Minute {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly rows: readonly CountRow[];
  readonly errors: readonly FailedRequest[];
}

/** The counts of all instances of the site. */
export interface MinuteStore {
  /** Replaces what this instance stored for these minutes before. */
  save(minutes: readonly Minute[]): Promise<void>;
  /** Of all instances but this one, from a minute on. */
  ofOthers(from: number): Promise<readonly (Minute & { readonly instance: string })[]>;
  prune(before: number): Promise<void>;
}

export const WINDOW_MINUTES = 15;
const KEPT_MINUTES = 60;

export interface Counters {
  rows(): readonly CountRow[];
  forgetMaxima(): void;
  recentErrors(): readonly FailedRequest[];
}

/**
 * Splits counters that only grow into minutes. A call belongs to the minute in which the counters are next read after
 * it.
 */
export class MinuteMetrics {
  private base: ReadonlyMap<string, CountRow> = new Map();
  private began: number;
  /** Stored as text: an object with a few of a thousand possible numeric keys takes the memory of all of them. */
  private closed: { readonly minute: number; readonly text: string }[] = [];
  private savedUpTo = 0;

  constructor(
    private readonly counters: Counters,
    private readonly clock: Clock,
  ) {
    this.began = this.thisMinute();
  }

  thisMinute(): number {
    return Math.floor(this.clock().getTime() / 60_000);
  }

  /** Since the start of this process. */
  totals(): readonly CountRow[] {
    return this.counters.rows();
  }

  /** The minutes of the window from one on, the present one included. */
  minutes(from = 0): readonly Minute[] {
    const rows = this.counters.rows();
    const present = this.present(rows);
    const now = this.thisMinute();
    if (now === this.began) return [...this.opened(from), present];
    const closed = { minute: present.minute, text: JSON.stringify(present) };
    this.closed = [...this.closed, closed].filter(({ minute }) => minute > now - WINDOW_MINUTES);
    this.base = new Map(rows.map((row) => [keyOf(row), row]));
    this.counters.forgetMaxima();
    this.began = now;
    return this.opened(from);
  }

  private opened(from: number): Minute[] {
    return this.closed.filter(({ minute }) => minute >= from).map(({ text }) => JSON.parse(text) as Minute);
  }

  /** Stores the minutes that changed since they were last stored; a failed write is repeated the next time. */
  async save(store: MinuteStore): Promise<void> {
    const minutes = this.minutes(this.savedUpTo).filter(({ minute }) => minute >= this.savedUpTo);
    await store.save(minutes.filter(({ rows }) => rows.length > 0));
    if (this.savedUpTo !== this.began) await store.prune(this.began - KEPT_MINUTES);
    this.savedUpTo = this.began;
  }

  private present(rows: readonly CountRow[]): Minute {
    const from = new Date(this.began * 60_000).toISOString();
    const errors = this.counters.recentErrors().filter(({ timestamp }) => timestamp >= from);
    return { minute: this.began, rows: since(this.base, rows), errors };
  }
}
