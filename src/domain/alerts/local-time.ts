const MINUTE = 60_000;
/** Every zone changes its offset at a multiple of a quarter of an hour of UTC. */
const QUARTER = 15 * MINUTE;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  quarter: number;
  offset: number;
}

const zones = new Map<string, Zone>();

/** Whether this machine knows the IANA name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    zone(name);
    return true;
  } catch {
    return false;
  }
}

/** Minutes since 1970 as clocks on the wall show them in a zone; `at` is milliseconds of UTC. */
export function wallMinutes(name: string, at: number): number {
  const known = zone(name);
  const quarter = Math.floor(at / QUARTER);
  if (known.quarter !== quarter) {
    known.quarter = quarter;
    known.offset = offsetOf(known.format, quarter * QUARTER);
  }
  return Math.floor((at + known.offset) / MINUTE);
}

function zone(name: string): Zone {
  const known = zones.get(name);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const made = { format, quarter: Number.NaN, offset: 0 };
  zones.set(name, made);
  return made;
}

function offsetOf(format: Intl.DateTimeFormat, at: number): number {
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}
