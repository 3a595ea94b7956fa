import type { Event } from '../../domain/shared/event';
import { DAY_MS, utcTime } from '../../domain/shared/time';

/**
 * The requested period, in milliseconds since 1970; without a beginning it is the day before the end, or before now.
 */
export function requestedWindow(
  { start_time: start, end_time: end }: { readonly start_time?: string; readonly end_time?: string },
  now: Date,
): { readonly from: number; readonly to?: number } {
  const to = end ? utcTime(end) : undefined;
  const from = start ? utcTime(start) : (to ?? now.getTime()) - DAY_MS;
  return { from, ...(to === undefined ? {} : { to }) };
}

/** Times in milliseconds since 1970, `from` inclusive, `to` exclusive. */
export interface EventFilter {
  readonly from: number;
  readonly to?: number;
  readonly type?: string;
  readonly cameraId?: string;
}

/** Ingested events. Throws `database.unavailable` when they cannot be read. */
export interface EventHistory {
  /** The newest ones, newest first. */
  newest(filter: EventFilter, limit: number): Promise<readonly Event[]>;
  /** All of them, newest first, as they are read. */
  all(filter: EventFilter): AsyncIterable<Event>;
  /** Of some events, the ids of those that are stored. */
  known(events: readonly Event[]): Promise<ReadonlySet<string>>;
}
