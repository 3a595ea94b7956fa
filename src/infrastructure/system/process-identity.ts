import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { hasCode } from './files';

/** The mark of a worker in its environment. */
export const MARK = 'WATCHGATE_WORKER';
/** Its name up to version 0.1.0; workers of those versions are adopted, too. */
const OLD_MARK = 'WATCHGATE_TOKEN';

const hasProc = existsSync('/proc/self/stat');

/** A file of /proc; empty when the process has ended or belongs to another user. */
function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return '';
    throw error;
  }
}

const START_TIME = 19;

/** When a process was started, in the system's format; undefined when it does not live. */
export function startOf(pid: number): string | undefined {
  if (!hasProc)
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined;
  const stat = procFile(pid, 'stat');
  // The name before it may hold any characters, including brackets and blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[START_TIME];
}

/** Whether this program started a process for this very worker. Always true where the system does not say. */
export function hasToken(pid: number, token: string): boolean {
  if (!hasProc) return true;
  const environment = procFile(pid, 'environ').split('\0');
  return [MARK, OLD_MARK].some((name) => environment.includes(`${name}=${token}`));
}

/** All processes with a token of this program in their environment, by token; the older of a group first. */
export function processesByToken(): Map<string, number[]> {
  const found = new Map<string, number[]>();
  if (!hasProc) return found;
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  for (const pid of pids.sort((a, b) => a - b)) {
    const token = new RegExp(`(?:^|\0)(?:${MARK}|${OLD_MARK})=([^\0]+)`).exec(procFile(pid, 'environ'))?.[1];
    if (token) found.set(token, [...(found.get(token) ?? []), pid]);
  }
  return found;
}

/** Sends a signal to a process, or to a group by its negative number; false when there is none. */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Whether a process leads the group of its own number, as every worker does. */
export const leadsGroup = (pid: number): boolean => {
  const stat = procFile(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] === String(pid);
};

/** Distinguishes this process from every other one, and shows whether two of them can see each other. */
export interface ProcessIdentity {
  /** Machine, boot of it, and the namespace of process ids (each container has one). */
  readonly host: string;
  readonly pid: number;
  /** When it was started, in the system's format: process ids are reused. */
  readonly started: string;
}

/** Not every system has it; macOS has neither. */
function orElse<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EINVAL')) return fallback;
    throw error;
  }
}

const bootId = () => orElse(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), '');
const processNamespace = () => orElse(() => readlinkSync('/proc/self/ns/pid'), '');

export const thisProcess = (): ProcessIdentity => ({
  host: `${bootId() || hostname()} ${processNamespace()}`,
  pid: process.pid,
  started: startOf(process.pid) ?? '',
});

/** Whether a process is known to have ended; false where that cannot be known from this machine or container. */
export const hasEnded = ({ host, pid, started }: ProcessIdentity): boolean =>
  host === thisProcess().host && startOf(pid) !== started;

/**
 * The identity of a folder, or of a file in a folder, on a machine, whatever path leads there. Not the inode of the
 * file: a file that is replaced as a whole gets a new one each time.
 */
export function placeOf(path: string): string {
  const whole = orElse(() => realpathSync(path), resolve(path));
  const info = statSync(whole, { throwIfNoEntry: false });
  if (info?.isDirectory()) return `${bootId() || hostname()} ${info.dev}:${info.ino}`;
  return `${placeOf(dirname(whole))}/${basename(whole)}`;
}
