import type { RolloutSeed } from './application/rollout/rollout-seeding';
import type { Log } from './application/shared/log';
import { within } from './application/shared/within';
import { wire } from './container';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres';
import { watchEventLoop } from './infrastructure/environment/event-loop';
import type { Settings } from './infrastructure/environment/settings';
import { anyUsableToken } from './infrastructure/postgres/pg-tokens';
import { errorCode, errorText } from './infrastructure/system/files';
import { keys } from './keys';
import { startAccess } from './start-access';
import { startAlerts } from './start-alerts';
import { startCameras } from './start-cameras';
import { startControl } from './start-control';
import { startEvents } from './start-events';
import { startHttp } from './start-http';
import { joinSite } from './start-membership';
import { needsToken, refuseBeforeStart, refuseWithoutToken } from './start-refusals';
import { startRollout } from './start-rollout';
import { journalOf } from './wire-events';

/** A process whose event loop is this late does nothing that nobody waits for. */
const BUSY_LAG_MS = 20;

/** Less than containers and service managers wait before they kill; requests under way have ten seconds of it. */
const END_WITHIN_MS = 25_000;

/** A running service. */
export interface Service {
  readonly url: string;
  /** What a person wants to know after the start, line by line. */
  readonly summary: readonly string[];
  /** Finishes the requests under way and closes everything, in the order that loses nothing. */
  stop(): Promise<void>;
}

/** Starts everything, or nothing: whatever was started before a failure is stopped again. */
export async function startService(settings: Settings, log: Log): Promise<Service> {
  const started: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const undo of started.reverse().splice(0))
      await undo().catch((error: unknown) => log.error('stopping', { error }));
  };
  try {
    return { ...(await start(settings, log, (undo) => started.push(undo))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Ends a service, and gives the exit code: 1 when something hangs, such as a database that went silent or a disk that does
 * not answer. What is not done by then is left as after a crash, which loses nothing that was confirmed.
 */
export function endOf(service: Pick<Service, 'stop'>, log: Log, ms: number = END_WITHIN_MS): Promise<0 | 1> {
  const late = () => {
    log.error('the end takes too long: it is cut off', { ms });
    return 1 as const;
  };
  return within(
    ms,
    service.stop().then(() => 0 as const),
    late,
  );
}

async function start(settings: Settings, log: Log, onStop: (undo: () => Promise<unknown>) => void) {
  await refuseBeforeStart(settings);
  const embedded = settings.databaseUrl === '' ? await startDatabase(settings, log) : undefined;
  if (embedded) onStop(() => embedded.stop());
  const loop = watchEventLoop();
  onStop(async () => loop.stop());
  const databaseUrl = embedded?.url ?? settings.databaseUrl;
  if (needsToken(settings) && !(await anyUsableToken(databaseUrl).catch((error) => refuseDatabase(settings, error))))
    refuseWithoutToken(settings);
  const database = () => site.resolve(keys.database);
  const site = wire({
    databaseUrl,
    camerasFile: settings.camerasFile,
    legacyBaseUrl: settings.legacyBaseUrl,
    log,
    control: { command: settings.detectorCommand, dataDir: settings.dataDir, logDir: settings.logDir },
    events: {
      logDir: settings.logDir,
      retentionDays: settings.eventRetentionDays,
      historyDays: settings.historyRetentionDays,
      auditDays: settings.auditRetentionDays,
      violationTypes: settings.violationTypes,
      zone: settings.timeZone,
    },
    access: { needsToken: needsToken(settings), perMinute: settings.rateLimit },
    alerts: settings,
    shadow: { idle: () => loop.lagMs() < BUSY_LAG_MS && !database().crowded },
  });
  onStop(() => database().close());
  await database()
    .open()
    .catch((error: unknown) => refuseDatabase(settings, error));
  const membership = await joinSite(site, settings, onStop);
  const settled = await startCameras(site, settings.camerasFile, onStop);
  const { rolloutFile } = settings;
  const rollout = await startRollout(site, { rolloutFile, seed: seedOf(settings) }, onStop);
  await startEvents(site, journalOf(settings), onStop);
  await startControl(site, membership, onStop);
  await startAlerts(site, membership, onStop);
  await startAccess(site, onStop);
  const url = await startHttp(site, settings, onStop);
  return { url, summary: summary(settings, url, { embedded, settled, rollout }) };
}

const startDatabase = ({ dataDir }: Settings, log: Log): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dir: dataDir, log: (line) => log.info(line), alarm: (line) => log.error(line) });

/** What the environment says of the rollout, and what a new site comes from. */
function seedOf({ useDomain, rolloutPercent: percent, legacyBaseUrl }: Settings): RolloutSeed {
  const said = useDomain !== undefined || percent !== undefined;
  return {
    ...(said ? { instruction: { useDomain: useDomain ?? false, percent: percent ?? 100 } } : {}),
    ...(legacyBaseUrl === '' ? {} : { origin: 'LEGACY_BASE_URL names an old backend' }),
  };
}

/** Never shows the whole address: it may hold a password. */
function refuseDatabase({ databaseUrl }: Settings, error: unknown): never {
  if (databaseUrl === '') throw error;
  const { host } = new URL(databaseUrl.replace('@/', '@localhost/'));
  const why = errorText(error) || errorCode(error);
  throw new Error(
    `The database in DATABASE_URL (${host}) cannot be used: ${why}. ` +
      'Start it, correct DATABASE_URL, or leave it empty for the embedded PostgreSQL.',
    { cause: error },
  );
}

function summary(
  settings: Settings,
  url: string,
  {
    embedded,
    settled: { head, faults, quarantined },
    rollout,
  }: {
    readonly embedded: EmbeddedPostgres | undefined;
    readonly settled: Awaited<ReturnType<typeof startCameras>>;
    readonly rollout: string;
  },
): string[] {
  const cameras = head
    ? `${head.cameras.length} cameras, revision ${head.revision.number}`
    : 'no valid configuration yet';
  const see = `(see ${url}/api/v1/cameras/config)`;
  const notes = [
    ...(quarantined.length > 0 ? [`${quarantined.length} quarantined`] : []),
    ...(faults.length > 0 ? [`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`] : []),
  ];
  return [
    `API       ${url}/api/v1/cameras`,
    `docs      ${url}/docs`,
    `database  ${embedded ? `embedded PostgreSQL, process ${embedded.pid}, data in ${embedded.dir}` : 'the server in DATABASE_URL'}`,
    `cameras   ${settings.camerasFile}: ${[cameras, ...notes].join(', ')}${notes.length > 0 ? ` ${see}` : ''}`,
    `rollout   ${rollout}`,
    ...(settings.legacyBaseUrl ? [`legacy    the old backend at ${new URL(settings.legacyBaseUrl).host}`] : []),
    `logs      ${settings.logDir}`,
  ];
}
