import { HOUR_MS } from '../shared/time';

/** Clocks of cameras run ahead by minutes; what says it is later than this is not to be believed. */
const MOST_AHEAD_MS = HOUR_MS;

/** The times, in milliseconds since 1970, that an event may have to be taken in. */
export interface AcceptedTimes {
  readonly from: number;
  readonly to: number;
}

export const acceptedTimes = (now: Date, retentionDays: number): AcceptedTimes => ({
  from: now.getTime() - retentionDays * 24 * HOUR_MS,
  to: now.getTime() + MOST_AHEAD_MS,
});
