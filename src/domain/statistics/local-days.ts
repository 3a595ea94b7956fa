const DAY_MS = 86_400_000;

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

/** The last dates up to that of a moment, oldest first. Dates are counted, not hours: days of 23 and 25 hours count once. */
export function lastDates(now: number, days: number, zone: string): string[] {
  const today = Date.parse(localDate(zone)(now));
  return Array.from({ length: days }, (_, i) => new Date(today - (days - 1 - i) * DAY_MS).toISOString().slice(0, 10));
}
