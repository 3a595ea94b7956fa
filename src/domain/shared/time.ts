export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const DATE = /^\d{4}-\d\d-\d\d/;
const TIME = /[T ]\d\d:\d\d/;
const ZONE = /([Zz]|[+-]\d\d:?\d\d)$/;

/** Milliseconds since 1970 of an ISO 8601 date or time; one without a zone is UTC. NaN for anything else. */
export function utcTime(text: string): number {
  if (!DATE.test(text)) return Number.NaN;
  return Date.parse(TIME.test(text) && !ZONE.test(text) ? `${text}Z` : text);
}

/** Whether this machine knows the IANA name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
