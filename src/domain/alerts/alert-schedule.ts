import type { Fault } from '../shared/fault';
import { type Json, isJsonObject } from '../shared/json';
import { MINUTE_MS, isTimeZone, utcTime } from '../shared/time';
import { type ValueRule, fault, unknownName } from '../shared/value-rules';

/** Every zone changes its offset at a multiple of a quarter of an hour of UTC. */
const QUARTER = 15 * MINUTE_MS;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  quarter: number;
  offset: number;
}

const zones = new Map<string, Zone>();

/** Zones in use are known: schedules are read again whenever a rule changes. */
const isKnown = (name: string): boolean => zones.has(name) || isTimeZone(name);

/** Minutes since 1970 as clocks on the wall show them in a zone; `at` is milliseconds of UTC. */
function wallMinutes(name: string, at: number): number {
  const known = zone(name);
  const quarter = Math.floor(at / QUARTER);
  if (known.quarter !== quarter) {
    known.quarter = quarter;
    known.offset = offsetOf(known.format, quarter * QUARTER);
  }
  return Math.floor((at + known.offset) / MINUTE_MS);
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

const DAY_MINUTES = 1440;
/** No schedule is closed for longer than a week plus one day, which a change of the clocks may skip. */
const LONGEST_LOOK = 9 * DAY_MINUTES;
/** Days are counted from 1970-01-01, which was a Thursday. */
const THURSDAY = 4;

/**
 * When a rule may alert: by the clocks on the wall, on which days, from when (included) to when (excluded); and not
 * while somebody has silenced it.
 */
export interface AlertSchedule {
  /** 1 is Monday, 7 is Sunday. */
  readonly weekdays: readonly number[];
  /** Minutes of the day; `to` before `from` reaches into the next day, which then counts to the day before. */
  readonly from: number;
  readonly to: number;
  readonly timeZone: string;
  /** Milliseconds since 1970, at a full minute: before, the rule is silent whatever the clocks on the wall show. */
  readonly silentUntil: number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/;
const FIELDS = ['weekdays', 'from', 'to', 'time_zone', 'silent_until'];

/** Whether a rule may alert at a moment. No schedule is always. */
export function isOpen(schedule: AlertSchedule | undefined, at: number): boolean {
  if (!schedule) return true;
  if (at < schedule.silentUntil) return false;
  const minutes = wallMinutes(schedule.timeZone, at);
  const days = Math.floor(minutes / DAY_MINUTES);
  const minute = minutes - days * DAY_MINUTES;
  const { from, to } = schedule;
  if (from < to) return minute >= from && minute < to && isOn(schedule, days);
  return minute >= from ? isOn(schedule, days) : minute < to && isOn(schedule, days - 1);
}

const isOn = ({ weekdays }: AlertSchedule, days: number): boolean =>
  weekdays.includes(((((days + THURSDAY - 1) % 7) + 7) % 7) + 1);

/**
 * The first moment from `at` on when the rule may alert; undefined when there is none within nine days, or within nine
 * days after it was silenced.
 */
export function nextOpen(schedule: AlertSchedule | undefined, at: number): number | undefined {
  const from = Math.max(at, schedule?.silentUntil ?? at);
  return first(schedule, from, from + LONGEST_LOOK * MINUTE_MS, true);
}

/**
 * The first moment when the rule may alert and was also open during the whole `span` (milliseconds) before, counted
 * from `base` at the earliest; undefined when its open times are too short for that.
 */
export function openThroughout(schedule: AlertSchedule | undefined, base: number, span: number): number | undefined {
  if (!schedule) return base + span;
  const limit = Math.max(base, schedule.silentUntil) + LONGEST_LOOK * MINUTE_MS;
  for (let from = nextOpen(schedule, base); from !== undefined && from < limit; ) {
    const closed = first(schedule, from, from + span, false);
    if (closed === undefined) return from + span;
    from = nextOpen(schedule, closed);
  }
  return undefined;
}

/** The first moment in [at, end] when the schedule is open, or closed. It changes at full minutes only. */
function first(schedule: AlertSchedule | undefined, at: number, end: number, open: boolean): number | undefined {
  for (let t = at; t <= end; t = (Math.floor(t / MINUTE_MS) + 1) * MINUTE_MS)
    if (isOpen(schedule, t) === open) return t;
  return undefined;
}

export const scheduleRule: ValueRule = {
  check: (value) => {
    if (!isJsonObject(value))
      return fault('type', 'must be an object with weekdays, from, to, time_zone and silent_until');
    const faults = Object.entries(value).flatMap(([name, v]) => checkField(name, v));
    if (value.from !== undefined && value.from === value.to)
      faults.push({ path: ['to'], ...fault('range', 'must differ from "from"') });
    return faults;
  },
  schema: {
    type: 'object',
    properties: {
      weekdays: { type: 'array', items: { enum: DAYS }, description: 'all when absent' },
      from: { type: 'string', description: 'HH:MM, 00:00 when absent' },
      to: { type: 'string', description: 'HH:MM, 24:00 when absent; before "from": on the next day' },
      time_zone: { type: 'string', description: 'such as Europe/Berlin; UTC when absent' },
      silent_until: { type: 'string', format: 'date-time', description: 'no alert before this time' },
    },
    additionalProperties: false,
  },
};

function checkField(name: string, value: Json): Fault[] {
  const path = [name];
  switch (name) {
    case 'weekdays':
      if (!Array.isArray(value) || value.length === 0) return [{ path, ...fault('type', 'must be a list of days') }];
      return value.flatMap((day: Json, i) =>
        dayOf(day) ? [] : [{ path: [name, i], ...fault('enum', `must be one of ${DAYS.join(', ')}, or 1 to 7`) }],
      );
    case 'from':
    case 'to':
      return typeof value === 'string' && TIME.test(value)
        ? []
        : [{ path, ...fault('pattern', 'must be a time of day such as 08:30') }];
    case 'time_zone':
      return typeof value === 'string' && isKnown(value)
        ? []
        : [{ path, ...fault('enum', 'must be a time zone such as UTC or Europe/Berlin') }];
    case 'silent_until':
      return typeof value === 'string' && !Number.isNaN(utcTime(value))
        ? []
        : [{ path, ...fault('pattern', 'must be a time such as 2026-01-05T08:00:00Z') }];
    default:
      return [unknownName(name, FIELDS, 'a field of a schedule')];
  }
}

/** 1 to 7, 0 for anything that names no day: `mon`, `Monday` and 1 are the same. */
function dayOf(value: Json): number {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 1 && value <= 7 ? value : 0;
  return typeof value === 'string' && /^\w+$/.test(value) ? DAYS.indexOf(value.toLowerCase().slice(0, 3)) + 1 : 0;
}

/** The schedule of a rule whose conditions were checked. */
export function readSchedule(value: Json | undefined): AlertSchedule | undefined {
  if (!isJsonObject(value)) return undefined;
  const { weekdays, from, to, time_zone, silent_until } = value;
  const silentUntil = typeof silent_until === 'string' ? utcTime(silent_until) : Number.NaN;
  return {
    weekdays: Array.isArray(weekdays) ? weekdays.map(dayOf) : [1, 2, 3, 4, 5, 6, 7],
    from: minuteOf(from, 0),
    to: minuteOf(to, DAY_MINUTES),
    timeZone: typeof time_zone === 'string' && isKnown(time_zone) ? time_zone : 'UTC',
    silentUntil: Number.isNaN(silentUntil) ? Number.NEGATIVE_INFINITY : Math.ceil(silentUntil / MINUTE_MS) * MINUTE_MS,
  };
}

function minuteOf(value: Json | undefined, fallback: number): number {
  if (typeof value !== 'string' || !TIME.test(value)) return fallback;
  return Number(value.slice(0, 2)) * 60 + Number(value.slice(3));
}
