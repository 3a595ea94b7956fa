import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from './errors';
import { PORT } from './home-directory';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, but somebody else's. ESRCH: gone. A number that is no process id has no process either.
    return codeOf(error) === 'EPERM';
  }
}

/** The command line with its words joined by spaces; empty when there is no such process. */
export function commandOf(pid: number): string {
  if (!existsSync('/proc/self/cmdline')) {
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ESRCH') return '';
    throw error;
  }
}

/** What postmaster.pid says of a server that is really running on these data. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  readonly ready: boolean;
  /** The process that started it is gone, so its watchdog is about to stop it. */
  readonly orphaned: boolean;
}

/** The file is created first and written a moment later; after a power cut it may stay empty. */
const EMPTY_FOR_GOOD_MS = 2_000;

const pidFileOf = (dataDir: string): string => path.join(dataDir, 'postmaster.pid');

/** The first words of every server's command line; process ids are reused, these words are not. */
export const serverArguments = (dataDir: string, socketDir: string): string[] => [
  '-D',
  dataDir,
  '-k',
  // The setting is a list: a comma in the path needs the quotes.
  `"${socketDir.replaceAll('"', '""')}"`,
  '-p',
  String(PORT),
  '-c',
  `watchgate.owner=${process.pid}`,
];

/** Empty when the process is not a server of these data. */
function serverCommand(dataDir: string, pid: number): string {
  const command = commandOf(pid);
  // The watchdog is a shell that was told the same words.
  const serves = command.includes(`/postgres -D ${dataDir} -k `) && !command.startsWith('/bin/sh ');
  return serves ? command : '';
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export function findRunningServer(dataDir: string): RunningServer | undefined {
  const [pid, , , port, socketDir, , , status] = (readIfThere(pidFileOf(dataDir)) ?? '').split('\n');
  const command = pid ? serverCommand(dataDir, Number(pid)) : '';
  if (!command) return undefined;
  const owner = / watchgate\.owner=(\d+)/.exec(command)?.[1];
  return {
    pid: Number(pid),
    port: Number(port),
    socketDir: socketDir ?? '',
    ready: status?.trim() === 'ready',
    orphaned: commandOf(Number(owner)) === '',
  };
}

/** Removes a file only while it has this content; another start may have replaced it since it was read. */
function discard(file: string, content: string): void {
  const stale = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, stale);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(stale, 'utf8') !== content) linkSync(stale, file);
  rmSync(stale);
}

const isEmptyForGood = (file: string): boolean => Date.now() - statSync(file).mtimeMs > EMPTY_FOR_GOOD_MS;

/**
 * PostgreSQL clears a lock of a dead process by itself, but believes one whose number now belongs to any other process
 * (usual in a restarted container). Should a server come up just now after all, PostgreSQL's second lock, the shared
 * memory segment derived from the data directory, still keeps two of them off the same data.
 */
export function discardStaleLocks(dataDir: string, socketDir: string): void {
  const pidFile = pidFileOf(dataDir);
  for (const file of [path.join(socketDir, `.s.PGSQL.${PORT}.lock`), pidFile]) {
    const content = readIfThere(file);
    if (content === undefined) continue;
    const pid = Number.parseInt(content, 10);
    const stale = Number.isNaN(pid) ? isEmptyForGood(file) : serverCommand(dataDir, pid) === '';
    if (stale) discard(file, content);
  }
}
