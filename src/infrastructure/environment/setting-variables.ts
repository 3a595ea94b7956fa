import { DEFAULT_VIOLATION_TYPES } from '../../domain/shared/event';
import {
  InvalidSetting,
  baseUrl,
  databaseUrl,
  hosts,
  labels,
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

export const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** One environment variable: its default, its meaning, and how its text becomes a value or an error. */
export interface Variable<T> {
  readonly name: string;
  /** Absent: without the variable there is no value. */
  readonly fallback?: string;
  readonly about: string;
  readonly read: (text: string) => T | InvalidSetting;
}

/** By the name that the program has for each. */
export const VARIABLES = {
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
  nodeCapacity: {
    name: 'NODE_CAPACITY',
    about: 'how many cameras this node should have beside others; 0: none, it answers requests; not set: 8 a processor',
    read: readNumber(0, 100_000, 0),
  },
  nodeLabels: {
    name: 'NODE_LABELS',
    fallback: '',
    about: 'what this node offers to cameras that need it (metadata.node_labels), separated by commas, like gpu,vlan:3',
    read: labels,
  },
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
} satisfies Readonly<Record<string, Variable<unknown>>>;
