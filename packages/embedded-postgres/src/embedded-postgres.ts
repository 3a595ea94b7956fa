import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from './errors';
import { SUPERUSER, ensureCluster } from './cluster';
import { chooseHome, claimSocketDirectory } from './home-directory';
import { locateBinaries, usableBinaries } from './native-binaries';
import { type Cluster, DATABASE, Postmaster, atMost, confirmServes, connectionUrl, turnServerLog } from './postmaster';
import { type RunningServer, discardStaleLocks, findRunningServer } from './postmaster-file';

interface Pace {
  readonly lookEveryMs: number;
  /** A server that gives no sign for this long hangs. */
  readonly silentMs: number;
  /** One that answers that it is not ready is given this long, twice as long each time that was not enough. */
  readonly recoveryMs: number;
  /** Between two starts that failed: from the first to the last. */
  readonly backoffMs: readonly [least: number, most: number];
}

const PACE: Pace = { lookEveryMs: 1_000, silentMs: 30_000, recoveryMs: 120_000, backoffMs: [500, 30_000] };

interface Started {
  readonly server: RunningServer;
  /** Absent: another process started it. */
  readonly postmaster?: Postmaster;
}

/** A start or a question under way is not waited for any longer; what it starts ends with this process. */
const STOP_WITHIN_MS = 10_000;
/** In recovery, or shutting down. */
const NOT_READY = '57P03';

/**
 * Keeps a server going for as long as this process wants it: starts it again when it ended, and ends it when it hangs.
 * Of several processes that share a server any one may start it again; only the one that started it ends it.
 */
class Supervision {
  private stopping = false;
  private wake = new AbortController();
  private readonly running: Promise<void>;
  private heardAt = performance.now();
  private readyAt = performance.now();
  private patience: number;

  constructor(
    private readonly cluster: Cluster,
    private now: Started,
    private readonly start: () => Promise<Started>,
    private readonly alarm: (line: string) => void,
    private readonly pace: Pace,
  ) {
    this.patience = pace.recoveryMs;
    this.running = this.run();
  }

  get pid(): number {
    return this.now.server.pid;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.wake.abort();
    await atMost(STOP_WITHIN_MS, this.running);
    await this.now.postmaster?.stop();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.pause(this.pace.lookEveryMs);
      if (this.stopping) return;
      if (!this.isThere()) await this.restart();
      else await this.look();
    }
  }

  private isThere(): boolean {
    return this.now.postmaster?.running ?? findRunningServer(this.cluster.dataDir) !== undefined;
  }

  private async restart(): Promise<void> {
    const { postmaster, server } = this.now;
    this.alarm(`PostgreSQL (process ${server.pid}) ${postmaster?.exitSummary ?? 'ended'}; it is started again`);
    const [least, most] = this.pace.backoffMs;
    for (let wait = least; !this.stopping; wait = Math.min(most, wait * 2)) {
      try {
        this.now = await this.start();
        this.heardAt = this.readyAt = performance.now();
        this.alarm(`PostgreSQL runs again (process ${this.pid})`);
        return;
      } catch (error) {
        this.alarm(`${messageOf(error)}\nIt is tried again.`);
        await this.pause(wait);
      }
    }
  }

  /** A server of another process is that process's to end. */
  private async look(): Promise<void> {
    const { postmaster, server } = this.now;
    if (!postmaster) return;
    turnServerLog(this.cluster.homeDir);
    const askingSince = performance.now();
    try {
      await confirmServes(this.cluster.dataDir, server, this.pace.silentMs);
      this.heardAt = this.readyAt = performance.now();
      this.patience = this.pace.recoveryMs;
    } catch (error) {
      // Any answer, such as that all connections are taken, is a sign of life.
      if (performance.now() - askingSince < this.pace.silentMs) this.heardAt = performance.now();
      if (codeOf(error) !== NOT_READY) this.readyAt = this.heardAt;
    }
    const now = performance.now();
    const hangs = now - this.heardAt >= this.pace.silentMs;
    const stuck = now - this.readyAt >= this.patience;
    if (this.stopping || !postmaster.running || !(hangs || stuck)) return;
    this.alarm(`PostgreSQL (process ${server.pid}) ${hangs ? 'does not answer' : 'does not get ready'} and is ended`);
    if (stuck) this.patience *= 2;
    await postmaster.kill();
  }

  /** Nobody has to wait for it: the process may end meanwhile. */
  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { ref: false, signal: this.wake.signal }).catch(() => undefined);
  }
}

export interface EmbeddedPostgres {
  /** Where its files really are: not where it was asked to put them when its user cannot go there. */
  readonly dir: string;
  readonly socketDir: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Connection string for `pg`, fit to be given to child processes as DATABASE_URL. */
  readonly url: string;
  /** Another one after it had to be started again. */
  readonly pid: number;
  /** Whether this process started the server at first; `stop` stops what this process started. */
  readonly owned: boolean;
  /** Whether this call created the database files. */
  readonly firstStart: boolean;
  stop(): Promise<void>;
}

interface EmbeddedPostgresOptions {
  /** Holds the data, the socket and `postgres.log`; created when missing. */
  readonly dir: string;
  /** Told, a line at a time, what an operator should know; the server's own log goes to `postgres.log`. */
  readonly log?: (line: string) => void;
  /** Told that the server ended or hung, and what became of it; the same as `log` when absent. */
  readonly alarm?: (line: string) => void;
  readonly pace?: Partial<Pace>;
}

/** Recovery after a crash replays the journal, which can take a while on a slow disk. */
const START_WITHIN_MS = 120_000;
const LOOK_AGAIN_MS = 15;
/** An orphan that is still there by then has lost its watchdog too and will stay. */
const ORPHAN_ENDS_WITHIN_MS = 3_000;

/** Another start holds the locks, or processes of a killed server are still on their way out. */
const LOST_RACE = /lock file|shared memory block .* still in use|Address already in use/;
/** Not there yet, refusing, starting up or shutting down, all connections taken. */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', '57P03', '53300']);

async function answers(dataDir: string, server: RunningServer): Promise<boolean> {
  if (!server.ready) return false;
  try {
    await confirmServes(dataDir, server);
    return true;
  } catch (error) {
    if (NOT_YET.has(codeOf(error))) return false;
    throw new Error(
      `PostgreSQL (process ${server.pid}) runs on ${dataDir} but cannot be used: ${messageOf(error)}. ` +
        'Stop it, or start as the user that it belongs to.',
      { cause: error },
    );
  }
}

/** Waits until the server of these data answers, whoever started it; undefined when `isOver` ends the waiting. */
async function waitForAnswer(dataDir: string, isOver: () => boolean): Promise<RunningServer | undefined> {
  const orphansStay = Date.now() + ORPHAN_ENDS_WITHIN_MS;
  for (;;) {
    const server = findRunningServer(dataDir);
    const lasting = server && (!server.orphaned || Date.now() > orphansStay);
    if (lasting && (await answers(dataDir, server))) return server;
    if (isOver()) return undefined;
    await sleep(LOOK_AGAIN_MS);
  }
}

async function adoptOrLaunch(cluster: Cluster, deadline: number): Promise<Started | string> {
  const { dataDir } = cluster;
  const late = (): boolean => Date.now() > deadline;
  const adopted = await waitForAnswer(dataDir, () => late() || !findRunningServer(dataDir));
  if (adopted) return { server: adopted };

  discardStaleLocks(dataDir, cluster.socketDir);
  const postmaster = await Postmaster.launch(cluster);
  const server = await waitForAnswer(dataDir, () => late() || !postmaster.running).catch(async (error: unknown) => {
    await postmaster.stop();
    throw error;
  });
  if (server?.pid === postmaster.pid) return { server, postmaster };
  if (server) return { server };
  if (!postmaster.running) return postmaster.exitSummary;
  await postmaster.stop();
  return `it was not ready within ${START_WITHIN_MS / 1000} s`;
}

async function start(cluster: Cluster): Promise<Started> {
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    const outcome = await adoptOrLaunch(cluster, deadline);
    if (typeof outcome !== 'string') return outcome;
    if (!LOST_RACE.test(outcome) || Date.now() > deadline) {
      throw new Error(
        `PostgreSQL did not start on ${cluster.dataDir}: ${outcome}\n` +
          `See ${path.join(cluster.homeDir, 'postgres.log')}, or set DATABASE_URL to a server of your own.`,
      );
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

/**
 * A PostgreSQL of one's own on a Unix socket, with data in `dir`. It ends with this process, however that dies, and is
 * started again when it ends or hangs before; several processes that start it on one directory share the server of the
 * first.
 * @throws Error that says what to do: missing binaries, unusable directory, data of another version, refused start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const installed = locateBinaries();
  const home = chooseHome(options.dir, log);
  if (home.account.switchTo.uid !== undefined && !process.env.PG_RUN_AS)
    log(
      `PostgreSQL runs as the user "${home.account.name}": whatever else runs as that user can read and change its data. ` +
        'PG_RUN_AS names a user of its own; an ordinary user who starts this needs none',
    );
  const binaries = await usableBinaries(installed, home);
  const dataDir = path.join(home.dir, 'data');
  const firstStart = await ensureCluster(dataDir, home, binaries);
  const socketDir = claimSocketDirectory(home);
  const cluster = { homeDir: home.dir, dataDir, socketDir, nativeDir: binaries.dir, account: home.account };
  const { server, postmaster } = await start(cluster);
  const again = () => start(cluster);
  const pace = { ...PACE, ...options.pace };
  const supervision = new Supervision(
    cluster,
    { server, ...(postmaster && { postmaster }) },
    again,
    options.alarm ?? log,
    pace,
  );
  return {
    dir: home.dir,
    socketDir: server.socketDir,
    port: server.port,
    user: SUPERUSER,
    database: DATABASE,
    url: connectionUrl(server),
    get pid() {
      return supervision.pid;
    },
    owned: postmaster !== undefined,
    firstStart,
    stop: () => supervision.stop(),
  };
}

/** Works on the server of `databaseUrl`; where that is empty on the embedded one in `dataDir`, for as long as it takes. */
export async function withDatabaseUrl<T>(
  { databaseUrl, dataDir }: { readonly databaseUrl: string; readonly dataDir: string },
  work: (url: string) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== '') return work(databaseUrl);
  const embedded = await startEmbeddedPostgres({ dir: dataDir });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
