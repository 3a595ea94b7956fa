import { DAY_MS } from '../shared/time';

const DAYS: Readonly<Record<string, number>> = { '1d': 1, '7d': 7, '30d': 30 };

/** A period in milliseconds since 1970, start included, end excluded. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** The last 1, 7 or 30 days; any name but `1d`, `7d` and `30d` means seven days, as it always did. */
export const periodOf = (name: string, now: Date): Period => ({
  from: now.getTime() - (Object.hasOwn(DAYS, name) ? (DAYS[name] ?? 7) : 7) * DAY_MS,
  to: now.getTime(),
});
