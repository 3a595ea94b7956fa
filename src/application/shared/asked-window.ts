import { utcTime } from '../../domain/shared/utc-time';

const DAY_MS = 86_400_000;

/** The times asked for, in milliseconds since 1970; without a beginning the day before the end, or before now. */
export function askedWindow(
  { start_time: start, end_time: end }: { readonly start_time?: string; readonly end_time?: string },
  now: Date,
): { readonly from: number; readonly to?: number } {
  const to = end ? utcTime(end) : undefined;
  const from = start ? utcTime(start) : (to ?? now.getTime()) - DAY_MS;
  return { from, ...(to === undefined ? {} : { to }) };
}
