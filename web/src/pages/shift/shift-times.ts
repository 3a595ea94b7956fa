/** A shift: eight hours that begin at 6, 14 or 22 o'clock of the site. */
export interface ShiftTimes {
  readonly from: number;
  readonly to: number;
}

const HOUR_MS = 3_600_000;
const SHIFT_HOURS = 8;
const FIRST_HOUR = 6;

function hourIn(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(at);
  return Number(parts);
}

/** The shift that is on at a moment, by the clocks of the site. */
export function shiftAt(at: number, zone: string): ShiftTimes {
  const into = (hourIn(zone, at) - FIRST_HOUR + 24) % SHIFT_HOURS;
  const from = Math.floor(at / HOUR_MS) * HOUR_MS - into * HOUR_MS;
  return { from, to: from + SHIFT_HOURS * HOUR_MS };
}

export const before = ({ from }: ShiftTimes): ShiftTimes => ({ from: from - SHIFT_HOURS * HOUR_MS, to: from });
