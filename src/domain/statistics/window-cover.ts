import { DAY_MS, MINUTE_MS } from '../shared/time';

/** The date (`YYYY-MM-DD`) of a moment in a time zone, by a formatter that is made once. */
export function localDate(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (ms) => format.format(ms);
}

/**
 * The last dates up to that of a moment, oldest first. Dates are counted, not hours: days of 23 and 25 hours count
 * once.
 */
export function lastDates(now: number, days: number, zone: string): string[] {
  const today = Date.parse(localDate(zone)(now));
  return Array.from({ length: days }, (_, i) => new Date(today - (days - 1 - i) * DAY_MS).toISOString().slice(0, 10));
}

export type Grain = 'minute' | 'hour';

/** A period from the first moment (included) to the last (excluded), in milliseconds since 1970. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** The same period as sums that are stored already, and the rest as single events. */
interface Cover {
  readonly hours: readonly TimeSpan[];
  readonly minutes: readonly TimeSpan[];
  readonly events: readonly TimeSpan[];
}

const HOUR = 60 * MINUTE_MS;

/**
 * Covers a window with whole hours where they fit, whole minutes around them, and single events at its two ends, so
 * that a count over it costs at most two minutes of events however long it is. Hours and minutes are those of UTC.
 */
export function coverOf({ from, to }: TimeSpan): Cover {
  const byMinutes = split({ from, to }, MINUTE_MS);
  const byHours = byMinutes.inner ? split(byMinutes.inner, HOUR) : { outer: [] };
  return { hours: byHours.inner ? [byHours.inner] : [], minutes: byHours.outer, events: byMinutes.outer };
}

/** The largest period inside that begins and ends at multiples of a unit, and the rests at both ends. */
function split(
  { from, to }: TimeSpan,
  unit: number,
): { readonly inner?: TimeSpan; readonly outer: readonly TimeSpan[] } {
  const [first, last] = [Math.ceil(from / unit) * unit, Math.floor(to / unit) * unit];
  if (first >= last) return { outer: from < to ? [{ from, to }] : [] };
  const ends = [
    { from, to: first },
    { from: last, to },
  ];
  return { inner: { from: first, to: last }, outer: ends.filter((s) => s.from < s.to) };
}
