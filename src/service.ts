import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpApplication, httpServer } from './api/http/application';
import type { Settled } from './application/cameras/config-settling';
import type { Log } from './application/shared/log';
import type { DependencyContainer } from 'tsyringe';
import { keys, wire } from './container';
import { watchEventLoop } from './infrastructure/environment/event-loop';
import { every } from './infrastructure/environment/scheduler';
import type { Settings } from './infrastructure/environment/settings';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres';
import { FileWatcher } from './infrastructure/files/file-watcher';
import { startRollout } from './start-rollout';

const RECOVERY_EVERY_MS = 60_000;
const CLOSE_WITHIN_MS = 10_000;
/** A process whose event loop is this late does nothing that nobody waits for. */
const BUSY_LAG_MS = 20;

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

async function start(settings: Settings, log: Log, onStop: (undo: () => Promise<unknown>) => void) {
  const embedded = settings.databaseUrl === '' ? await startDatabase(settings, log) : undefined;
  if (embedded) onStop(() => embedded.stop());
  const loop = watchEventLoop();
  onStop(async () => loop.stop());
  const database = () => site.resolve(keys.database);
  const site = wire({
    databaseUrl: embedded?.url ?? settings.databaseUrl,
    camerasFile: settings.camerasFile,
    log,
    shadow: { idle: () => loop.lagMs() < BUSY_LAG_MS && !database().crowded },
  });
  onStop(() => database().close());
  await database().open();
  const configuration = site.resolve(keys.configuration);
  const settled = await configuration.settle();
  const look = reportingFaults(log, () => configuration.settle());
  look.report(settled);
  const watcher = new FileWatcher(settings.camerasFile, look.again, log);
  await watcher.start();
  onStop(() => watcher.stop());
  const recovery = every(
    RECOVERY_EVERY_MS,
    'the recovery of the camera configuration',
    () => recover(site, look.again),
    log,
  );
  onStop(() => recovery.stop());
  const seed = { useDomain: settings.useDomain, percent: settings.rolloutPercent };
  await startRollout(site, { rolloutFile: settings.rolloutFile, seed }, onStop);
  const options = { log, drills: isLoopback(settings.host) };
  const server = httpServer(httpApplication(site.resolve(keys.mounted), options), log);
  const url = await listen(server, settings);
  onStop(() => close(server));
  return { url, summary: summary(settings, url, embedded, settled) };
}

/** The table can differ from the file only if somebody wrote to it behind our back; that is put right, and stops the rollout. */
async function recover(site: DependencyContainer, look: () => Promise<void>): Promise<void> {
  await look();
  const wrong = await site.resolve(keys.configuration).inspect();
  if (wrong.length === 0) return;
  const ids = wrong.map((change) => change.id).join(', ');
  site.resolve(keys.log).error('the table differed from the file and was put right', { cameras: ids });
  await site.resolve(keys.runtime).takeBack('camera-config', undefined, `the table differed from the file at ${ids}`);
}

const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost$)/.test(host);

const startDatabase = ({ dataDir }: Settings, log: Log): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dir: dataDir, log: (line) => log.info(line) });

/** Tells the faults of a file once, not at every look. */
function reportingFaults(log: Log, settle: () => Promise<Settled>) {
  let told = '[]';
  const report = ({ faults }: Settled) => {
    const now = JSON.stringify(faults);
    if (now === told) return;
    told = now;
    for (const f of faults)
      log[f.severity === 'error' ? 'error' : 'warn'](
        `cameras file, line ${f.line}, column ${f.column}: ${f.path} ${f.message}`,
      );
    if (faults.length === 0) log.info('the cameras file is free of faults again');
  };
  return { report, again: async () => report(await settle()) };
}

function listen(server: Server, { host, port }: Settings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const busy =
        error.code === 'EADDRINUSE' ? `Port ${port} is taken: stop what uses it, or set PORT.` : error.message;
      reject(new Error(busy, { cause: error }));
    });
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}

/** Takes no new connections, lets requests finish, and cuts those that do not. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function summary(
  settings: Settings,
  url: string,
  embedded: EmbeddedPostgres | undefined,
  { head, faults }: Settled,
): string[] {
  const cameras = head
    ? `${head.cameras.length} cameras, revision ${head.revision.number}`
    : 'no valid configuration yet';
  const share = settings.useDomain
    ? `${settings.rolloutPercent} % of calls on the domain path`
    : 'all calls on the legacy path';
  return [
    `API       ${url}/api/v1/cameras`,
    `database  ${embedded ? `embedded PostgreSQL, process ${embedded.pid}, data in ${settings.dataDir}` : 'the server in DATABASE_URL'}`,
    `cameras   ${settings.camerasFile}: ${cameras}${faults.length > 0 ? `, ${faults.length} faults (see ${url}/api/v1/cameras/config)` : ''}`,
    `rollout   ${share}`,
    `logs      ${settings.logDir}`,
  ];
}
