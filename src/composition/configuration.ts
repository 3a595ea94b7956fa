import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  ConfigFault,
  ConfigFile,
  ConfigFormat,
  ConfigKind,
  ConfigNoun,
  FaultyEntry,
} from '../application/shared/config-file';
import { ConfigOutcomes, Configuration } from '../application/shared/configuration';
import { ConfigPlans } from '../application/shared/configuration-plans';
import { ConfigHeads, ConfigPublishing } from '../application/shared/configuration-publication';
import { type Reconciled, Reconciliation } from '../application/shared/configuration-reconciliation';
import type { Log } from '../application/shared/log';
import { quarantinedIn } from '../application/shared/quarantine';
import { Unavailable } from '../domain/shared/domain-error';
import type { ConfigEntry } from '../domain/shared/entry-changes';
import { DiskConfigFile } from '../infrastructure/files/disk-config-file';
import { FileWatcher } from '../infrastructure/files/file-watcher';
import { type ConfigStore, PgConfigUnitOfWork } from '../infrastructure/postgres/pg-config-unit-of-work';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

const FIND_OUT_PAUSE_MS = 500;
const RECOVERY_EVERY_MS = 60_000;
const DOUBT_EVERY_MS = 2_000;
/** While there are services with a copy of the file on other machines. */
const FOLLOW_EVERY_MS = 500;

/** What one configuration is made of. */
interface Parts<E extends ConfigEntry<E>> {
  readonly kind: ConfigKind<E>;
  readonly store: ConfigStore<E>;
  readonly format: ConfigFormat;
  readonly filePath: string;
  /** The node of this service; its copy of the file is one of those that the site has. */
  readonly node: () => string;
}

/** A configuration in a table and in a file that people edit. */
export interface Configured<E extends ConfigEntry<E>> extends Parts<E> {
  readonly file: ConfigFile;
  readonly heads: ConfigHeads<E>;
  readonly configuration: Configuration<E>;
}

export function createConfiguration<E extends ConfigEntry<E>>(platform: Platform, parts: Parts<E>): Configured<E> {
  const { database, clock, log, onStep, confirmRemovalMs } = platform;
  const { kind, store, format, filePath, node } = parts;
  const file = new DiskConfigFile(kind.noun, filePath, clock, onStep);
  const copy = () => ({ id: `${node()} ${filePath}`, node: node(), path: `${hostname()}:${filePath}` });
  const unit = new PgConfigUnitOfWork(store, database, log, onStep, copy);
  const heads = new ConfigHeads<E>();
  const publishing = new ConfigPublishing(kind, file, heads, clock, log, onStep);
  const confirmation = { clock, afterMs: confirmRemovalMs };
  const reconciliation = new Reconciliation(kind, file, format, heads, publishing, log, onStep, confirmation);
  const outcomes = new ConfigOutcomes(kind, unit, reconciliation, () => pause(FIND_OUT_PAUSE_MS));
  const plans = new ConfigPlans(kind, format, reconciliation);
  const configuration = new Configuration(kind, unit, file, plans, reconciliation, publishing, outcomes);
  return { ...parts, file, heads, configuration };
}

/** How a copy of the file follows the others. */
export interface Following {
  readonly life: Lifecycle;
  /** Whether there are other services. */
  readonly others: () => boolean;
  /** The number of the newest revision. */
  readonly newest: () => Promise<number>;
}

/** The state of the configuration at the start. */
export interface StartedConfiguration<E> extends Reconciled<E> {
  readonly quarantined: readonly FaultyEntry[];
}

/**
 * Reconciles table and file, at every change of the file and every minute. `onTableDiffered` gets the cameras whose row
 * was written by another program.
 */
export async function startConfiguration<E extends ConfigEntry<E>>(
  configured: Configured<E>,
  log: Log,
  onTableDiffered: (ids: string) => Promise<void>,
  { life, others, newest }: Following,
): Promise<StartedConfiguration<E>> {
  const { kind, configuration, format, filePath, heads } = configured;
  const reconciled = await firstLook(configured, log);
  const quarantined = ({ head }: Reconciled<E>) => (head ? quarantinedIn(head, format) : []);
  const look = reportingFaults(kind.noun, log, () => configuration.reconcile(), quarantined);
  look.report(reconciled);
  const watcher = new FileWatcher(filePath, look.again, log);
  await watcher.start();
  life.onStop(() => watcher.stop());
  life.every(RECOVERY_EVERY_MS, `the recovery of the ${kind.noun} configuration`, async () => {
    await look.again();
    await repairTable(configured, log, onTableDiffered);
  });
  life.every(FOLLOW_EVERY_MS, `following the ${kind.noun}s of other machines`, async () => {
    if (others() && (await newest()) !== heads.newest?.revision.number) await look.again();
  });
  life.every(DOUBT_EVERY_MS, `the second look at an edit that removes ${kind.noun}s`, async () => {
    if (configuration.doubt) await look.again();
  });
  return { ...reconciled, quarantined: quarantined(reconciled) };
}

/** Regions are no reason not to start: their file may be one that this service may not write. */
async function firstLook<E extends ConfigEntry<E>>({ kind, configuration }: Configured<E>, log: Log) {
  try {
    return await configuration.reconcile();
  } catch (error) {
    if (kind.noun === 'camera' || !(error instanceof Unavailable)) throw error;
    log.error(`the ${kind.noun}s file cannot be used; that is tried again every minute`, { error });
    return { head: undefined, unseen: [], faults: [], disk: undefined };
  }
}

/** The table can differ from the file only if another program wrote to it. */
async function repairTable<E extends ConfigEntry<E>>(
  { kind, configuration }: Configured<E>,
  log: Log,
  onTableDiffered: (ids: string) => Promise<void>,
): Promise<void> {
  const wrong = await configuration.inspect();
  if (wrong.length === 0) return;
  const ids = wrong.map((change) => change.id).join(', ');
  log.error('the table differed from the file and was put right', { [`${kind.noun}s`]: ids });
  await onTableDiffered(ids);
}

/** Logs the faults of a file and its quarantined entries once, not at every reconciliation. */
function reportingFaults<E>(
  noun: ConfigNoun,
  log: Log,
  reconcile: () => Promise<Reconciled<E>>,
  quarantined: (reconciled: Reconciled<E>) => readonly FaultyEntry[],
) {
  let lastFaults = '[]';
  let lastQuarantined = '[]';
  const reportFaults = (faults: readonly ConfigFault[]) => {
    const now = JSON.stringify(faults);
    if (now === lastFaults) return;
    lastFaults = now;
    for (const f of faults) log[f.severity === 'error' ? 'error' : 'warn'](`${noun}s file, ${sentence(f)}`);
    if (faults.length === 0) log.info(`the ${noun}s file is free of faults again`);
  };
  const reportQuarantined = (entries: readonly FaultyEntry[]) => {
    const now = JSON.stringify(entries.map(({ id, faults }) => [id, faults]));
    if (now === lastQuarantined) return;
    lastQuarantined = now;
    for (const { id, line, column, faults } of entries)
      log.warn(
        `${noun}s file, line ${line}, column ${column}: ${id === undefined ? 'an entry without a usable id' : `"${id}"`} ` +
          `is quarantined: it stays in the file and is no ${noun} until it is corrected or removed ` +
          `(${faults.map(sentence).join('; ')})`,
      );
    if (entries.length === 0) log.info(`no entry of the ${noun}s file is quarantined any more`);
  };
  const report = (reconciled: Reconciled<E>) => {
    reportFaults(reconciled.faults);
    reportQuarantined(quarantined(reconciled));
  };
  return { report, again: async () => report(await reconcile()) };
}

const sentence = ({ line, column, path, message }: ConfigFault): string =>
  [`line ${line}, column ${column}`, path, message].filter(Boolean).join(': ');
