import type { RolloutSeed } from '../application/rollout/rollout-seeding';
import type { Log } from '../application/shared/log';
import { within } from '../application/shared/within';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { watchEventLoop } from '../infrastructure/environment/node-process';
import { databaseHosts } from '../infrastructure/system/database-hosts';
import type { Settings } from '../infrastructure/environment/settings';
import { anyUsableToken } from '../infrastructure/postgres/pg-tokens';
import { errorCode, errorText } from '../infrastructure/system/files';
import { startAccess } from './access';
import { startAlerts } from './alerts';
import { startCaptures } from './pictures';
import { type StartedCameras, startCameras } from './cameras';
import { startControl } from './control';
import { startEvents } from './events';
import { startHttp } from './http';
import { startLive } from './live';
import { Lifecycle } from './lifecycle';
import { startMqtt } from './mqtt';
import { startMonitoring } from './monitoring';
import { joinSite } from './platform';
import { needsToken, refuseBeforeStart, refuseWithoutToken } from './refusals';
import { startRegions } from './regions';
import { startRollout } from './rollout';
import { createSite } from './site';

/** A process whose event loop is this late does no optional work. */
const BUSY_LAG_MS = 20;

/**
 * Shorter than the time after which containers and service managers kill a process; requests in progress have ten
 * seconds of it.
 */
const END_WITHIN_MS = 25_000;

export interface Service {
  readonly url: string;
  /** The lines that the console shows after the start. */
  readonly summary: readonly string[];
  /** Finishes the requests in progress and closes everything, in an order that loses nothing. */
  stop(): Promise<void>;
}

/** Starts everything, or nothing: what was started before a failure is stopped again. */
export async function startService(settings: Settings, log: Log): Promise<Service> {
  const life = new Lifecycle(log);
  try {
    return { ...(await start(settings, log, life)), stop: () => life.stop() };
  } catch (error) {
    await life.stop();
    throw error;
  }
}

/**
 * Ends a service, and gives the exit code: 1 when something hangs, such as a database that stopped answering or a disk
 * that does not answer. Work that is unfinished by then is left as after a crash, which loses nothing that was
 * confirmed.
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

async function start(settings: Settings, log: Log, life: Lifecycle) {
  await refuseBeforeStart(settings);
  const embedded = settings.databaseUrl === '' ? await startDatabase(settings, log) : undefined;
  if (embedded) life.onStop(() => embedded.stop());
  const databaseUrl = embedded?.url ?? settings.databaseUrl;
  if (needsToken(settings) && !(await anyUsableToken(databaseUrl).catch((error) => refuseDatabase(settings, error))))
    refuseWithoutToken(settings);
  const loop = watchEventLoop();
  life.onStop(async () => loop.stop());
  const site = createSite({ ...settings, databaseUrl }, { log, isIdle: () => loop.lagMs() < BUSY_LAG_MS });
  const { platform, cameras, rollout } = site;
  life.onStop(() => platform.database.close());
  await platform.database.open().catch((error: unknown) => refuseDatabase(settings, error));
  const membership = await joinSite(platform, settings, life);
  const follow = { life, others: () => membership.hasOthers };
  const takeBack = (ids: string) => rollout.breaker.tableDiffered('camera-config', ids);
  const started = await startCameras(cameras, log, takeBack, follow);
  await startRegions(site.regions, log, follow);
  const { rolloutFile } = settings;
  const where = await startRollout(platform, rollout, { rolloutFile, seed: seedOf(settings) }, life);
  await startEvents(platform, site.events, life);
  await startControl(platform, cameras, site.control, membership, life);
  startCaptures(platform, site.captures, site.control, life);
  await startAlerts(platform, site.alerts, site.live, membership, life);
  await startLive(platform, site.live, life);
  await startMqtt(platform, site.mqtt, membership, life);
  await startAccess(platform, site.access, life);
  startMonitoring(site.monitoring, life);
  const url = await startHttp(site, settings, life);
  return { url, summary: summary(settings, url, { embedded, cameras: started, rollout: where }) };
}

const startDatabase = ({ dataDir }: Settings, log: Log): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dir: dataDir, log: (line) => log.info(line), alarm: (line) => log.error(line) });

/** The rollout settings of the environment, and the origin of a new site. */
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
  const hosts = databaseHosts(databaseUrl).map((url) => new URL(url.replace('@/', '@localhost/')).host);
  const why = errorText(error) || errorCode(error);
  throw new Error(
    `The database in DATABASE_URL (${hosts.join(', ')}) cannot be used: ${why}. ` +
      'Start it, correct DATABASE_URL, or leave it empty for the embedded PostgreSQL.',
    { cause: error },
  );
}

function summary(
  settings: Settings,
  url: string,
  {
    embedded,
    cameras: { head, faults, quarantined },
    rollout,
  }: {
    readonly embedded: EmbeddedPostgres | undefined;
    readonly cameras: StartedCameras;
    readonly rollout: string;
  },
): string[] {
  const counts = head
    ? `${head.entries.length} cameras, revision ${head.revision.number}`
    : 'no valid configuration yet';
  const see = `(see ${url}/api/v1/cameras/config)`;
  const notes = [
    ...(quarantined.length > 0 ? [`${quarantined.length} quarantined`] : []),
    ...(faults.length > 0 ? [`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`] : []),
  ];
  return [
    `API       ${url}/api/v1/cameras`,
    `dashboard ${url}/`,
    `docs      ${url}/docs`,
    `database  ${embedded ? `embedded PostgreSQL, process ${embedded.pid}, data in ${embedded.dir}` : 'the server in DATABASE_URL'}`,
    `cameras   ${settings.camerasFile}: ${[counts, ...notes].join(', ')}${notes.length > 0 ? ` ${see}` : ''}`,
    `rollout   ${rollout}`,
    ...(settings.legacyBaseUrl ? [`legacy    the old backend at ${new URL(settings.legacyBaseUrl).host}`] : []),
    `logs      ${settings.logDir}`,
  ];
}
