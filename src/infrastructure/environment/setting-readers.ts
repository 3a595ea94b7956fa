import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { ViolationTypes } from '../../domain/shared/event';
import { parsedJson } from '../../domain/shared/json';
import { databaseHosts } from '../system/database-hosts';

/** Why the text of a variable is not valid. */
export class InvalidSetting {
  constructor(readonly why: string) {}
}

/** One environment variable: its default, its meaning, and how its text becomes a value or an error. */
export interface Variable<T> {
  readonly name: string;
  /** Absent: without the variable there is no value. */
  readonly fallback?: string;
  readonly about: string;
  readonly read: (text: string) => T | InvalidSetting;
}

export const readText = (value: string): string | InvalidSetting =>
  value.trim() === '' ? new InvalidSetting('must not be empty') : value;
export const path = (value: string): string | InvalidSetting =>
  value.trim() === '' ? new InvalidSetting('must be a path') : resolve(value);

export function readNumber(min: number, max: number, decimals: number) {
  return (value: string): number | InvalidSetting => {
    const n = Number(value);
    const fits = /^\d+(\.\d+)?$/.test(value) && n >= min && n <= max && Number(n.toFixed(decimals)) === n;
    return fits
      ? n
      : new InvalidSetting(`must be a ${decimals === 0 ? 'whole number' : 'number'} from ${min} to ${max}`);
  };
}

/** Only these two words: a misspelt one must not open what was to be closed. */
export function readFlag(value: string): boolean | InvalidSetting {
  const word = value.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : new InvalidSetting('must be true or false');
}

export function readOneOf<T extends string>(values: readonly T[]) {
  return (value: string): T | InvalidSetting =>
    values.find((v) => v === value) ?? new InvalidSetting(`must be one of ${values.join(', ')}`);
}

/** Short names, separated by commas. */
export function names(value: string): readonly string[] | InvalidSetting {
  const all = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return all.length <= 100 && all.every((name) => /^[\w -]{1,50}$/.test(name))
    ? all
    : new InvalidSetting('must be at most 100 names of letters, digits, "_" and "-", separated by commas');
}

const BAD_ESCAPE = /%(?![0-9a-f]{2})/i;

/**
 * A bare `@ / ? #` in a password would shift the parts of the URL: a piece of it would be taken, and shown, as the
 * host.
 */
const DATABASE_URL = /^postgres(ql)?:\/\/([^@/?#]*@)?[^@/?#]*(\/[^@?#]*)?(\?[^@#]*)?$/;

export function databaseUrl(value: string): string | InvalidSetting {
  if (value === '') return value;
  if (!/^postgres(ql)?:\/\//.test(value)) return new InvalidSetting('must start with postgres:// or be empty');
  // The address of a Unix socket has no host, but a URL with a user must have one; of several hosts each has to fit.
  const parses = databaseHosts(value).every((url) => URL.canParse(url.replace('@/', '@localhost/')));
  const fits = DATABASE_URL.test(value) && parses && !BAD_ESCAPE.test(value);
  return fits ? value : new InvalidSetting('is no valid URL: write special characters of user and password as %XX');
}

const BASE_URL = /^https?:\/\/([^@/?#\s]*@)?[^@/?#\s]+(\/[^@?#\s]*)?$/;

export function baseUrl(value: string): string | InvalidSetting {
  const fits = BASE_URL.test(value) && URL.canParse(value) && !BAD_ESCAPE.test(value);
  return fits || value === ''
    ? value
    : new InvalidSetting(
        'must be empty or a URL like http://host:port: write special characters of user and password as %XX',
      );
}

export const zone = (value: string): string | InvalidSetting => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    return new InvalidSetting('must be a time zone such as UTC or Europe/Berlin');
  }
};

const BUNDLED_WORKER = [process.execPath, resolve(__dirname, '../../worker/main.js')];

/** Program and arguments, since there is no shell: separated by spaces, or as JSON where one has spaces itself. */
export function words(value: string): readonly string[] | InvalidSetting {
  if (value.trim() === '') return BUNDLED_WORKER;
  if (!value.startsWith('[')) return value.trim().split(/\s+/);
  const list = parsedJson(value);
  if (Array.isArray(list) && list.length > 0 && list.every((w): w is string => typeof w === 'string')) return list;
  return new InvalidSetting('must be words, or a JSON list of words');
}

const PAIR = /^[^=,\s]{1,100}=[a-z][a-z0-9_]{0,49}$/;

/** `EVENT=violation`, separated by commas. */
export function pairs(value: string): Readonly<Record<string, string>> | InvalidSetting {
  const list = value.split(',').map((pair) => pair.trim());
  if (!list.every((pair) => PAIR.test(pair))) return new InvalidSetting('must be like EVENT=violation,EVENT=violation');
  return Object.fromEntries(list.map((pair) => pair.split('=')));
}

export function pairsOf(types: ViolationTypes): string {
  return Object.entries(types)
    .map((pair) => pair.join('='))
    .join(',');
}

/** An address to write to, without a secret in it. */
export function webAddress(value: string): string | InvalidSetting {
  if (value === '') return value;
  const fits = /^https?:\/\/[^@\s]+$/.test(value) && URL.canParse(value);
  return fits ? value : new InvalidSetting('must be empty or a URL like https://host/path, without user and password');
}

export function smtpUrl(value: string): string | InvalidSetting {
  const fits =
    /^smtps?:\/\/([^@/?#\s]*@)?[^@/?#\s]+\/?(\?\S*)?$/.test(value) && URL.canParse(value) && !BAD_ESCAPE.test(value);
  return fits || value === ''
    ? value
    : new InvalidSetting(
        'must be empty or a URL like smtp://host:587: write special characters of user and password as %XX',
      );
}

export function mqttUrl(value: string): string | InvalidSetting {
  const fits =
    /^(mqtts?|wss?):\/\/([^@/?#\s]*@)?[^@/?#\s]+(\/\S*)?$/.test(value) &&
    URL.canParse(value) &&
    !BAD_ESCAPE.test(value);
  return fits || value === ''
    ? value
    : new InvalidSetting(
        'must be empty or a URL like mqtts://host:8883: write special characters of user and password as %XX',
      );
}

/** Wildcards have no place in a topic that something is published under. */
export const mqttTopic = (value: string): string | InvalidSetting =>
  /^[^+#\0$/][^+#\0]{0,99}$/.test(value) && !value.endsWith('/')
    ? value
    : new InvalidSetting('must be the first part of a topic, like watchgate/plant-2, without + and #');

/** Names of hosts, addresses, and networks such as 10.0.0.0/8, separated by commas. */
export function hosts(value: string): readonly string[] | InvalidSetting {
  const list = value.split(',').map((entry) => entry.trim());
  if (value.trim() === '') return [];
  return list.every(isHost)
    ? list
    : new InvalidSetting('must be host names, addresses or networks like 10.0.0.0/8, separated by commas');
}

/** The same without names, whose addresses somebody else could change. */
export function networks(value: string): readonly string[] | InvalidSetting {
  const list = hosts(value);
  const fits = !(list instanceof InvalidSetting) && list.every((entry) => isIP(entry.split('/')[0] ?? '') !== 0);
  return fits ? list : new InvalidSetting('must be addresses or networks like 10.0.0.0/8, separated by commas');
}

function isHost(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const version = isIP(address);
  if (version === 0) return bits === undefined && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(entry);
  const most = version === 4 ? 32 : 128;
  return more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
}

/** Every bad variable of an environment at once. */
export class SettingsError extends Error {
  constructor(readonly wrong: readonly string[]) {
    super(
      `The environment has ${wrong.length} bad setting(s):\n${wrong.map((w) => `  - ${w}`).join('\n')}\nSee --help.`,
    );
    this.name = 'SettingsError';
  }
}

/** Names separated by commas. */
export function labels(value: string): readonly string[] | InvalidSetting {
  const names = value.split(',').map((name) => name.trim());
  if (value.trim() === '') return [];
  return names.every((name) => /^[\w.:/-]{1,100}$/.test(name))
    ? [...new Set(names)]
    : new InvalidSetting('must be names of letters, digits and ._:/-, separated by commas');
}
