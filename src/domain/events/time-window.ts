import { HOUR_MS } from '../shared/time';

/** Clocks of cameras run ahead by minutes; an event further in the future than this is rejected. */
const MOST_AHEAD_MS = HOUR_MS;

/** The times, in milliseconds since 1970, at which an event is accepted. */
export interface AcceptedTimes {
  readonly from: number;
  readonly to: number;
}

export const acceptedTimes = (now: Date, retentionDays: number): AcceptedTimes => ({
  from: now.getTime() - retentionDays * 24 * HOUR_MS,
  to: now.getTime() + MOST_AHEAD_MS,
});
