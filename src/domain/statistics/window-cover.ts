export type Grain = 'minute' | 'hour';

/** A stretch of time, from the first moment up to but without the last, in milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The same stretch of time as sums that are kept already, and the rest as single events. */
export interface Cover {
  readonly hours: readonly Stretch[];
  readonly minutes: readonly Stretch[];
  readonly events: readonly Stretch[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Covers a window with whole hours where they fit, whole minutes around them, and single events at its two ends, so
 * that a count over it costs at most two minutes of events however long it is. Hours and minutes are those of UTC.
 */
export function coverOf({ from, to }: Stretch): Cover {
  const byMinutes = split({ from, to }, MINUTE);
  const byHours = byMinutes.inner ? split(byMinutes.inner, HOUR) : { outer: [] };
  return { hours: byHours.inner ? [byHours.inner] : [], minutes: byHours.outer, events: byMinutes.outer };
}

/** The largest stretch inside that begins and ends at multiples of a unit, and what is left at the ends. */
function split({ from, to }: Stretch, unit: number): { readonly inner?: Stretch; readonly outer: readonly Stretch[] } {
  const [first, last] = [Math.ceil(from / unit) * unit, Math.floor(to / unit) * unit];
  if (first >= last) return { outer: from < to ? [{ from, to }] : [] };
  const ends = [
    { from, to: first },
    { from: last, to },
  ];
  return { inner: { from: first, to: last }, outer: ends.filter((s) => s.from < s.to) };
}
