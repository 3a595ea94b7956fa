import { dirname, join } from 'node:path';
import { DEFAULT_VIOLATION_TYPES, type ViolationTypes } from '../../domain/shared/event';
import { DETECTOR_VARIABLES, type ModelSettings } from './detector-settings';
import {
  InvalidSetting,
  SettingsError,
  type Variable,
  baseUrl,
  databaseUrl,
  hosts,
  mqttTopic,
  mqttUrl,
  networks,
  pairs,
  pairsOf,
  path,
  readFlag,
  readNumber,
  readOneOf,
  readText,
  smtpUrl,
  webAddress,
  words,
  zone,
} from './setting-readers';

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

export interface Settings extends ModelSettings {
  readonly host: string;
  readonly port: number;
  /** Whether every request needs a token, also those from this machine. */
  readonly requireToken: boolean;
  /** Proxies that are trusted to name the address of a client. */
  readonly trustedProxy: readonly string[];
  /** Empty: the embedded PostgreSQL. */
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly camerasFile: string;
  readonly regionsFile: string;
  /** Empty: the legacy path is the old implementation on this machine. */
  readonly legacyBaseUrl: string;
  /** Where pictures of violations are kept; empty: `captures` in the data folder. */
  readonly capturesDir: string;
  /** Days that pictures of violations are kept. */
  readonly capturesDays: number;
  /** The most megabytes of them. */
  readonly capturesMegabytes: number;
  /** The plans of the rollout. */
  readonly rolloutFile: string;
  /** Program and arguments of a detection process; `{camera_id}`, `{source}` and others are replaced. */
  readonly detectorCommand: readonly string[];
  readonly logDir: string;
  readonly logLevel: (typeof LEVELS)[number];
  /** JSON lines instead of readable ones. */
  readonly logJson: boolean;
  /** Absent: the environment sets nothing of the rollout. */
  readonly useDomain?: boolean;
  /** 0 to 100, in steps of 0.01; absent: the environment sets no share. */
  readonly rolloutPercent?: number;
  /** IANA name of the time zone of the daily sums. */
  readonly timeZone: string;
  /** Days that events and detection reports are kept. */
  readonly eventRetentionDays: number;
  /** Days that violations, alerts and sums per hour and day are kept. */
  readonly historyRetentionDays: number;
  /** Which types of event open a violation, and of which type. */
  readonly violationTypes: ViolationTypes;
  /** What people call this site. */
  readonly siteName: string;
  /** Requests a minute for each token; 0: unlimited. */
  readonly rateLimit: number;
  /** Days that the audit trail is kept. */
  readonly auditRetentionDays: number;
  /** Empty: detectors that send pictures need a token of this service. */
  readonly videoPushToken: string;
  /** Where webhooks may go besides the Internet. */
  readonly webhookAllow: readonly string[];
  /** For rules without a web address of their own; empty: none. */
  readonly alertWebhookUrl: string;
  /** Empty: webhooks are not signed. */
  readonly alertWebhookSecret: string;
  /** Empty: no e-mail. */
  readonly smtpUrl: string;
  readonly alertEmailFrom: string;
  /** Empty: no MQTT. */
  readonly mqttUrl: string;
  /** First part of every topic. */
  readonly mqttTopic: string;
}

const VARIABLES: { readonly [K in keyof Settings]-?: Variable<NonNullable<Settings[K]>> } = {
  host: { name: 'HOST', fallback: '127.0.0.1', about: 'address to listen on', read: readText },
  port: {
    name: 'PORT',
    fallback: '8000',
    about: 'port to listen on; 0 takes a free one',
    read: readNumber(0, 65_535, 0),
  },
  requireToken: {
    name: 'REQUIRE_TOKEN',
    fallback: 'false',
    about: 'true: requests of this machine need a token, too, as behind a proxy; any other HOST always needs one',
    read: readFlag,
  },
  trustedProxy: {
    name: 'TRUSTED_PROXY',
    fallback: '',
    about: 'addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas',
    read: networks,
  },
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
  regionsFile: {
    name: 'REGIONS_FILE',
    fallback: '',
    about: 'the regions people edit; empty: regions.json beside CAMERAS_FILE, config/regions.json by default',
    read: (value) => (value === '' ? value : path(value)),
  },
  legacyBaseUrl: {
    name: 'LEGACY_BASE_URL',
    fallback: '',
    about: 'a still-running old backend to serve the legacy path; empty keeps that path in this service',
    read: baseUrl,
  },
  capturesDir: {
    name: 'CAPTURES_DIR',
    fallback: '',
    about: 'where pictures of violations are kept; empty: captures in DATA_DIR, best on the same disk',
    read: (value) => (value === '' ? '' : path(value)),
  },
  capturesDays: {
    name: 'CAPTURES_RETENTION_DAYS',
    fallback: '30',
    about: 'days that pictures of violations are kept',
    read: readNumber(1, 3_650, 0),
  },
  capturesMegabytes: {
    name: 'CAPTURES_MAX_MB',
    fallback: '10000',
    about: 'the most megabytes of pictures of violations; the oldest go first',
    read: readNumber(10, 100_000_000, 0),
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
  ...DETECTOR_VARIABLES,
  logDir: { name: 'LOG_DIR', fallback: 'logs', about: 'where logs are written', read: path },
  logLevel: { name: 'LOG_LEVEL', fallback: 'info', about: 'error, warn, info or debug', read: readOneOf(LEVELS) },
  logJson: {
    name: 'NODE_ENV',
    fallback: 'development',
    about: 'production writes log lines as JSON',
    read: (value) => value === 'production',
  },
  useDomain: {
    name: 'USE_DOMAIN_SERVICE',
    about: 'true: calls go to the domain path; anything else: to legacy; not set: as stored, a new site by domain',
    read: (value) => value.toLowerCase() === 'true',
  },
  rolloutPercent: {
    name: 'ROLLOUT_PERCENT',
    about: 'with USE_DOMAIN_SERVICE=true: share of calls on the domain path, 0 to 100; not set: all',
    read: readNumber(0, 100, 2),
  },
  timeZone: { name: 'TZ', fallback: 'UTC', about: 'time zone of daily statistics', read: zone },
  eventRetentionDays: {
    name: 'RETENTION_DAYS',
    fallback: '180',
    about: 'days that events are kept; older ones are not taken in',
    read: readNumber(1, 3_650, 0),
  },
  historyRetentionDays: {
    name: 'HISTORY_RETENTION_DAYS',
    fallback: '1095',
    about: 'days that violations, alerts and sums per hour and day are kept; never less than RETENTION_DAYS',
    read: readNumber(1, 36_500, 0),
  },
  violationTypes: {
    name: 'VIOLATION_TYPES',
    fallback: pairsOf(DEFAULT_VIOLATION_TYPES),
    about: 'types of event that open a violation, and of which type',
    read: pairs,
  },
  siteName: {
    name: 'SITE_NAME',
    fallback: 'Watchgate',
    about: 'what people call this site; pages show it',
    read: readText,
  },
  rateLimit: {
    name: 'RATE_LIMIT_PER_MINUTE',
    fallback: '6000',
    about: 'requests a minute for each token; 0 takes any number',
    read: readNumber(0, 1_000_000, 0),
  },
  auditRetentionDays: {
    name: 'AUDIT_RETENTION_DAYS',
    fallback: '365',
    about: 'days that the audit trail, revisions of the cameras file and revoked tokens are kept',
    read: readNumber(1, 36_500, 0),
  },
  webhookAllow: {
    name: 'WEBHOOK_ALLOW',
    fallback: '',
    about: 'hosts, addresses and networks inside that webhooks may go to, separated by commas',
    read: hosts,
  },
  alertWebhookUrl: {
    name: 'ALERT_WEBHOOK_URL',
    fallback: '',
    about: 'the webhook of rules whose recipients hold no web address, and of what the site tells of itself',
    read: webAddress,
  },
  alertWebhookSecret: {
    name: 'ALERT_WEBHOOK_SECRET',
    fallback: '',
    about: 'signs webhooks; empty: they are not signed',
    read: (value) => value,
  },
  videoPushToken: {
    name: 'VIDEO_PUSH_TOKEN',
    fallback: '',
    about: 'what detectors that send pictures put into X-Video-Token; empty: they need a token of an operator',
    read: (value) => value,
  },
  smtpUrl: {
    name: 'SMTP_URL',
    fallback: '',
    about: 'mail server of alerts, like smtp://user:password@host:587; empty: no e-mail',
    read: smtpUrl,
  },
  mqttUrl: {
    name: 'MQTT_URL',
    fallback: '',
    about: 'MQTT broker, like mqtts://user:password@host:8883; empty: no MQTT',
    read: mqttUrl,
  },
  mqttTopic: {
    name: 'MQTT_TOPIC',
    fallback: 'watchgate/site',
    about: 'first part of the topics of this site',
    read: mqttTopic,
  },
  alertEmailFrom: {
    name: 'ALERT_EMAIL_FROM',
    fallback: 'watchgate@localhost',
    about: 'sender of e-mail',
    read: readText,
  },
};

/** Reads every setting. Throws one `SettingsError` that lists all bad variables. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const values = Object.entries<Variable<unknown>>(VARIABLES).flatMap(([key, { name, fallback, read }]) => {
    const given = environment[name] ?? fallback;
    if (given === undefined) return [];
    const value = read(given);
    if (value instanceof InvalidSetting) wrong.push(`${name} ${value.why}`);
    return [[key, value] as const];
  });
  if (wrong.length > 0) throw new SettingsError(wrong);
  const settings = Object.fromEntries(values) as unknown as Settings;
  return { ...settings, regionsFile: settings.regionsFile || join(dirname(settings.camerasFile), 'regions.json') };
}

/** One line per variable, for `--help`. */
export const settingsHelp = (): string =>
  Object.values<Variable<unknown>>(VARIABLES)
    .map(({ name, fallback, about }) => `  ${name.padEnd(25)}${about} [${fallback ?? 'not set'}]`)
    .join('\n');
