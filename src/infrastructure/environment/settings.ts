import { resolve } from 'node:path';
import { DEFAULT_VIOLATION_TYPES, type ViolationTypes } from '../../domain/shared/violation-types';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Empty: the embedded PostgreSQL. */
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly camerasFile: string;
  /** Empty: the legacy path is the old way on this machine. */
  readonly legacyBaseUrl: string;
  /** The plans of the rollout. */
  readonly rolloutFile: string;
  /** Program and arguments of a detection process; `{camera_id}`, `{source}` and others are replaced. */
  readonly detectorCommand: readonly string[];
  readonly logDir: string;
  readonly logLevel: (typeof LEVELS)[number];
  /** JSON lines instead of readable ones. */
  readonly logJson: boolean;
  readonly useDomain: boolean;
  /** 0 to 100, in steps of 0.01. */
  readonly rolloutPercent: number;
  /** IANA name of the zone whose days statistics count. */
  readonly timeZone: string;
  /** Days that events and detection reports are kept. */
  readonly eventRetentionDays: number;
  /** Which types of event open a violation, and of which type. */
  readonly violationTypes: ViolationTypes;
  /** Requests a minute for each token; 0: as many as they like. */
  readonly rateLimit: number;
  /** Days that the audit trail is kept. */
  readonly auditRetentionDays: number;
}

/** One environment variable: its default, what it means, and how its text becomes a value (or says what is wrong). */
interface Variable<T> {
  readonly name: string;
  readonly fallback: string;
  readonly about: string;
  readonly read: (text: string) => T | Wrong;
}

class Wrong {
  constructor(readonly why: string) {}
}

const text = (value: string): string | Wrong => (value.trim() === '' ? new Wrong('must not be empty') : value);
const path = (value: string): string | Wrong => (value.trim() === '' ? new Wrong('must be a path') : resolve(value));

function number(min: number, max: number, decimals: number) {
  return (value: string): number | Wrong => {
    const n = Number(value);
    const fits = /^\d+(\.\d+)?$/.test(value) && n >= min && n <= max && Number(n.toFixed(decimals)) === n;
    return fits ? n : new Wrong(`must be a ${decimals === 0 ? 'whole number' : 'number'} from ${min} to ${max}`);
  };
}

function oneOf<T extends string>(values: readonly T[]) {
  return (value: string): T | Wrong =>
    values.find((v) => v === value) ?? new Wrong(`must be one of ${values.join(', ')}`);
}

const BAD_ESCAPE = /%(?![0-9a-f]{2})/i;

/** A bare `@ / ? #` in a password would shift the parts of the URL: a piece of it would be taken, and shown, as the host. */
const DATABASE_URL = /^postgres(ql)?:\/\/([^@/?#]*@)?[^@/?#]*(\/[^@?#]*)?(\?[^@#]*)?$/;

function databaseUrl(value: string): string | Wrong {
  if (value === '') return value;
  if (!/^postgres(ql)?:\/\//.test(value)) return new Wrong('must start with postgres:// or be empty');
  // The address of a Unix socket names no host, which a URL with a user must have.
  const parses = URL.canParse(value.replace('@/', '@localhost/')) && !BAD_ESCAPE.test(value);
  const fits = DATABASE_URL.test(value) && parses;
  return fits ? value : new Wrong('is no valid URL: write special characters of user and password as %XX');
}

const BASE_URL = /^https?:\/\/([^@/?#\s]*@)?[^@/?#\s]+(\/[^@?#\s]*)?$/;

function baseUrl(value: string): string | Wrong {
  const fits = BASE_URL.test(value) && URL.canParse(value) && !BAD_ESCAPE.test(value);
  return fits || value === ''
    ? value
    : new Wrong('must be empty or a URL like http://host:port: write special characters of user and password as %XX');
}

const zone = (value: string): string | Wrong => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    return new Wrong('must be a time zone such as UTC or Europe/Berlin');
  }
};

const BUNDLED_WORKER = [process.execPath, resolve(__dirname, '../../worker/main.js')];

/** Words of a command, for there is no shell: separated by spaces, or as JSON where a word has spaces itself. */
function words(value: string): readonly string[] | Wrong {
  if (value.trim() === '') return BUNDLED_WORKER;
  if (!value.startsWith('[')) return value.trim().split(/\s+/);
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list) && list.length > 0 && list.every((w): w is string => typeof w === 'string')) return list;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new Wrong('must be words, or a JSON list of words');
}

const PAIR = /^[^=,\s]{1,100}=[a-z][a-z0-9_]{0,49}$/;

/** `EVENT=violation`, separated by commas. */
function pairs(value: string): Readonly<Record<string, string>> | Wrong {
  const list = value.split(',').map((pair) => pair.trim());
  if (!list.every((pair) => PAIR.test(pair))) return new Wrong('must be like EVENT=violation,EVENT=violation');
  return Object.fromEntries(list.map((pair) => pair.split('=')));
}

function pairsOf(types: ViolationTypes): string {
  return Object.entries(types)
    .map((pair) => pair.join('='))
    .join(',');
}

const VARIABLES: { readonly [K in keyof Settings]: Variable<Settings[K]> } = {
  host: { name: 'HOST', fallback: '127.0.0.1', about: 'address to listen on', read: text },
  port: { name: 'PORT', fallback: '8000', about: 'port to listen on; 0 takes a free one', read: number(0, 65_535, 0) },
  databaseUrl: {
    name: 'DATABASE_URL',
    fallback: '',
    about: 'PostgreSQL server; empty starts an embedded one',
    read: databaseUrl,
  },
  dataDir: { name: 'DATA_DIR', fallback: './.data', about: 'where the embedded PostgreSQL keeps its data', read: path },
  camerasFile: {
    name: 'CAMERAS_FILE',
    fallback: 'config/cameras.yaml',
    about: 'the camera configuration people edit',
    read: path,
  },
  legacyBaseUrl: {
    name: 'LEGACY_BASE_URL',
    fallback: '',
    about: 'a still-running old backend to serve the legacy path; empty keeps that path in this service',
    read: baseUrl,
  },
  rolloutFile: {
    name: 'ROLLOUT_FILE',
    fallback: 'config/rollout.yaml',
    about: 'the plans of the rollout; read at the start',
    read: path,
  },
  detectorCommand: {
    name: 'DETECTOR_COMMAND',
    fallback: '',
    about: 'another detector: its words, or a JSON list of them; empty: the bundled one',
    read: words,
  },
  logDir: { name: 'LOG_DIR', fallback: 'logs', about: 'where logs are written', read: path },
  logLevel: { name: 'LOG_LEVEL', fallback: 'info', about: 'error, warn, info or debug', read: oneOf(LEVELS) },
  logJson: {
    name: 'NODE_ENV',
    fallback: 'development',
    about: 'production writes log lines as JSON',
    read: (value) => value === 'production',
  },
  useDomain: {
    name: 'USE_DOMAIN_SERVICE',
    fallback: 'false',
    about: 'true lets the rollout send calls to the domain path; anything else keeps all on legacy',
    read: (value) => value.toLowerCase() === 'true',
  },
  rolloutPercent: {
    name: 'ROLLOUT_PERCENT',
    fallback: '100',
    about: 'share of calls on the domain path, 0 to 100',
    read: number(0, 100, 2),
  },
  timeZone: { name: 'TZ', fallback: 'UTC', about: 'time zone of daily statistics', read: zone },
  eventRetentionDays: {
    name: 'RETENTION_DAYS',
    fallback: '180',
    about: 'days that events are kept; older ones are not taken in',
    read: number(1, 3_650, 0),
  },
  violationTypes: {
    name: 'VIOLATION_TYPES',
    fallback: pairsOf(DEFAULT_VIOLATION_TYPES),
    about: 'types of event that open a violation, and of which type',
    read: pairs,
  },
  rateLimit: {
    name: 'RATE_LIMIT_PER_MINUTE',
    fallback: '6000',
    about: 'requests a minute for each token; 0 takes any number',
    read: number(0, 1_000_000, 0),
  },
  auditRetentionDays: {
    name: 'AUDIT_RETENTION_DAYS',
    fallback: '365',
    about: 'days that the audit trail is kept',
    read: number(1, 36_500, 0),
  },
};

/** Reads every setting. Throws one `SettingsError` that lists all bad variables. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const values = Object.entries<Variable<unknown>>(VARIABLES).map(([key, { name, fallback, read }]) => {
    const value = read(environment[name] ?? fallback);
    if (value instanceof Wrong) wrong.push(`${name} ${value.why}`);
    return [key, value] as const;
  });
  if (wrong.length > 0) throw new SettingsError(wrong);
  return Object.fromEntries(values) as unknown as Settings;
}

export class SettingsError extends Error {
  constructor(readonly wrong: readonly string[]) {
    super(
      `The environment has ${wrong.length} bad setting(s):\n${wrong.map((w) => `  - ${w}`).join('\n')}\nSee --help.`,
    );
    this.name = 'SettingsError';
  }
}

/** One line per variable, for `--help`. */
export const settingsHelp = (): string =>
  Object.values<Variable<unknown>>(VARIABLES)
    .map(({ name, fallback, about }) => `  ${name.padEnd(23)}${about} [${fallback}]`)
    .join('\n');
