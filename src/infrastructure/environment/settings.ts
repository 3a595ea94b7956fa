import { dirname, join } from 'node:path';
import type { ViolationTypes } from '../../domain/shared/event';
import type { ModelSettings } from './detector-settings';
import { InvalidSetting, SettingsError, type Variable } from './setting-readers';
import { type LEVELS, VARIABLES } from './setting-variables';

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
  /** How many cameras this node should have beside others; 0: none; absent: by the processors of the machine. */
  readonly nodeCapacity?: number;
  /** What only this node can do for a camera. */
  readonly nodeLabels: readonly string[];
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

/** The compiler finds one that is missing, or is read as something else. */
const variables: { readonly [K in keyof Settings]-?: Variable<NonNullable<Settings[K]>> } = VARIABLES;

/** Reads every setting. Throws one `SettingsError` that lists all bad variables. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const values = Object.entries<Variable<unknown>>(variables).flatMap(([key, { name, fallback, read }]) => {
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
  Object.values<Variable<unknown>>(variables)
    .map(({ name, fallback, about }) => `  ${name.padEnd(25)}${about} [${fallback ?? 'not set'}]`)
    .join('\n');
