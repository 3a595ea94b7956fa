import { Client } from 'pg';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, fstatSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_ENVIRONMENT, SUPERUSER, explainSpawnError } from './cluster';
import { type RunningServer, serverArguments } from './postmaster-file';
import type { RunAccount } from './run-account';

const ROTATE_AT_BYTES = 10_000_000;
const TAIL_BYTES = 16_000;

/** Where one server writes. A file and no pipe: a busy or dead node process must not block or silence the server. */
interface ServerLog {
  readonly file: string;
  readonly descriptor: number;
  /** Size of the file when this server was started. */
  readonly start: number;
}

/** Keeps at most one older log, `postgres.log.1`: the server is told to say little. */
function openServerLog(homeDir: string): ServerLog {
  const file = path.join(homeDir, 'postgres.log');
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > ROTATE_AT_BYTES) renameSync(file, `${file}.1`);
  const descriptor = openSync(file, 'a+', 0o600);
  return { file, descriptor, start: fstatSync(descriptor).size };
}

/** The server keeps its file open, so a log that has grown is copied and emptied; the server appends, and goes on at its beginning. */
export function turnServerLog(homeDir: string): void {
  const file = path.join(homeDir, 'postgres.log');
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= ROTATE_AT_BYTES) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

/** What the server with this process id has said (its last 16 kB); several starters share one file. */
function wordsOf(log: ServerLog, pid: number): string {
  const descriptor = openSync(log.file, 'r');
  const buffer = Buffer.alloc(TAIL_BYTES);
  const { size } = fstatSync(descriptor);
  const from = Math.max(log.start > size ? 0 : log.start, size - TAIL_BYTES);
  const text = buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, TAIL_BYTES, from));
  closeSync(descriptor);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const own = lines.filter((line) => line.includes(`[${pid}]`));
  // A missing library is reported by the loader, which knows of no process id prefix.
  return (own.length > 0 ? own : lines).join('\n');
}

/** Everything a server needs to be started; all paths absolute. */
export interface Cluster {
  readonly homeDir: string;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly nativeDir: string;
  readonly account: RunAccount;
}

/** On the command line, so that they also hold for a cluster made by an earlier release. */
const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=100',
  'timezone=UTC',
  'log_timezone=UTC',
  'lc_messages=C',
  // A failed statement is told to its client, which knows what to make of it; here it would only fill the disk.
  'log_min_messages=log',
  'log_checkpoints=off',
  'log_line_prefix=%m [%p] ',
];

/**
 * The shell becomes the server and leaves a watchdog behind, which reads the pipe from this process: a line means that
 * the server is gone already, end of file that this process died, even by SIGKILL. It is forked twice because the
 * server would take a child it does not know for a crashed one of its own.
 */
const LAUNCH = `( ( trap '' HUP INT TERM; read -r _ <&3 || kill -INT $$ ) >/dev/null 2>&1 & )
exec "$@" 3<&-`;

const PATIENCE_MS = 10_000;
const KILL_AFTER_MS = 5_000;

/** One server process started by this process. */
export class Postmaster {
  private stopping: Promise<void> | undefined;

  private constructor(
    readonly pid: number,
    private readonly child: ChildProcess,
    private readonly log: ServerLog,
  ) {}

  /** @throws Error when the program cannot be run at all; a server that refuses to work is found by `running`. */
  static async launch(cluster: Cluster): Promise<Postmaster> {
    const program = path.join(cluster.nativeDir, 'bin', 'postgres');
    const log = openServerLog(cluster.homeDir);
    const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
    const args = [program, ...serverArguments(cluster.dataDir, cluster.socketDir), ...settings];
    const child = spawn('/bin/sh', ['-c', LAUNCH, 'sh', ...args], {
      ...cluster.account.switchTo,
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', log.descriptor, log.descriptor, 'pipe'],
      // Its own process group: Ctrl-C in a terminal is for node, which stops the server after closing its connections.
      detached: true,
    });
    closeSync(log.descriptor);
    standDownAfter(child);
    await once(child, 'spawn').catch((error: unknown) => {
      throw explainSpawnError(error, '/bin/sh');
    });
    return new Postmaster(child.pid ?? 0, child, log);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How it ended and the server's own last words. */
  get exitSummary(): string {
    const ending = this.child.signalCode ?? `code ${this.child.exitCode}`;
    return `ended with ${ending}. ${wordsOf(this.log, this.pid)}`;
  }

  /** For one that hangs: without a checkpoint, and without waiting for anybody. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGQUIT');
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), KILL_AFTER_MS);
    await exited;
    clearTimeout(impatience);
  }

  /** Ends every session and waits until the server is gone; after 10 s without a checkpoint, which a restart makes up for. */
  stop(): Promise<void> {
    this.stopping ??= this.shutDown();
    return this.stopping;
  }

  private async shutDown(): Promise<void> {
    if (!this.running) return;
    const exited = once(this.child, 'exit');
    this.child.ref();
    this.child.kill('SIGINT');
    const impatience = setTimeout(() => this.child.kill('SIGQUIT'), PATIENCE_MS);
    await exited;
    clearTimeout(impatience);
  }
}

function standDownAfter(child: ChildProcess): void {
  const watchdog = child.stdio[3];
  if (!(watchdog instanceof Socket)) return;
  // Only a watchdog that was killed breaks the pipe; then there is nobody left to be told.
  watchdog.on('error', () => undefined);
  child.once('exit', () => watchdog.end('\n'));
  // A database must not keep a process alive that has nothing else to do; the watchdog then stops it.
  child.unref();
  watchdog.unref();
}

export const DATABASE = 'postgres';
const END_WITHIN_MS = 1_000;

/** Waits for work no longer than this; what becomes of it then is ignored. */
export const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })]);

/** For `pg` and libpq alike: the query parameter replaces the host of the address. */
export const connectionUrl = (server: Pick<RunningServer, 'port' | 'socketDir'>): string =>
  `postgres://${SUPERUSER}@localhost:${server.port}/${DATABASE}?host=${encodeURIComponent(server.socketDir)}`;

/** @throws the error of `pg` when nobody answers; Error when a server of other data does */
export async function confirmServes(dataDir: string, server: RunningServer, withinMs = 30_000): Promise<void> {
  const client = new Client({
    connectionString: connectionUrl(server),
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    ssl: false,
  });
  // A broken connection is reported by connect and query as well; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const served = rows[0]?.data_directory;
    if (served !== dataDir) throw new Error(`The server in ${server.socketDir} serves ${served}, not ${dataDir}`);
  } finally {
    // One that hangs does not say goodbye.
    await atMost(END_WITHIN_MS, client.end());
  }
}
