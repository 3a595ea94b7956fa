import { useMemo } from 'react';
import { useZone } from '../api/zone';
import { type Language, localeOf, useLanguage } from './language';

export type Moment = number | string | Date;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = {
  en: { d: ' d', h: ' h', min: ' min', s: ' s', ms: ' ms', ago: (text: string) => `${text} ago`, now: 'just now' },
  zh: { d: ' 天', h: ' 小时', min: ' 分', s: ' 秒', ms: ' 毫秒', ago: (text: string) => `${text}前`, now: '刚刚' },
} as const;

/** Two units at most: `4 min 10 s`, `2 d 3 h`. */
function durationText(ms: number, language: Language): string {
  const unit = UNITS[language];
  const abs = Math.max(0, ms);
  if (abs < SECOND) return `${Math.round(abs)}${unit.ms}`;
  if (abs < 10 * SECOND) return `${(abs / SECOND).toFixed(1)}${unit.s}`;
  if (abs < MINUTE) return `${Math.floor(abs / SECOND)}${unit.s}`;
  const two = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    small > 0 ? `${big}${bigUnit} ${small}${smallUnit}` : `${big}${bigUnit}`;
  if (abs < HOUR) return two(Math.floor(abs / MINUTE), unit.min, Math.floor((abs % MINUTE) / SECOND), unit.s);
  if (abs < DAY) return two(Math.floor(abs / HOUR), unit.h, Math.floor((abs % HOUR) / MINUTE), unit.min);
  return two(Math.floor(abs / DAY), unit.d, Math.floor((abs % DAY) / HOUR), unit.h);
}

export interface Format {
  readonly time: (moment: Moment) => string;
  readonly date: (moment: Moment) => string;
  /** Date and time; the date is left out for today. */
  readonly moment: (moment: Moment) => string;
  readonly full: (moment: Moment) => string;
  readonly offset: (moment: Moment) => string;
  readonly duration: (ms: number) => string;
  readonly ago: (ms: number) => string;
  readonly number: (value: number, digits?: number) => string;
  readonly percent: (share: number, digits?: number) => string;
  readonly bytes: (value: number) => string;
}

function makeFormat(language: Language, zone: string): Format {
  const locale = localeOf(language);
  const of = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
  const time = of({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const date = of({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const short = of({ month: 'short', day: 'numeric' });
  const offset = of({ timeZoneName: 'longOffset' });
  const at = (moment: Moment) => new Date(moment);
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
  const isToday = (moment: Date) => date.format(moment) === date.format(new Date());
  return {
    time: (m) => time.format(at(m)),
    date: (m) => date.format(at(m)),
    moment: (m) => (isToday(at(m)) ? time.format(at(m)) : `${short.format(at(m))} ${time.format(at(m))}`),
    full: (m) => `${date.format(at(m))} ${time.format(at(m))}`,
    offset: (m) => {
      const name = offset.formatToParts(at(m)).find((part) => part.type === 'timeZoneName')?.value ?? '';
      return name.replace('GMT', '') || '+00:00';
    },
    duration: (ms) => durationText(ms, language),
    ago: (ms) => (ms < SECOND ? UNITS[language].now : UNITS[language].ago(durationText(ms, language))),
    number,
    percent: (share, digits = 0) => `${number(share * 100, digits)} %`,
    bytes: (value) => {
      const step = Math.min(4, Math.floor(Math.log2(Math.max(1, value)) / 10));
      return `${number(value / 1024 ** step, step > 0 ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][step]}`;
    },
  };
}

/** Numbers and times as the reader writes them, in the zone of the site. */
export function useFormat(): Format {
  const language = useLanguage();
  const zone = useZone();
  return useMemo(() => makeFormat(language, zone), [language, zone]);
}
