import { readFileSync, readlinkSync, statSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { startOf } from './process-identity';
import { hasCode } from './error-code';

/** Tells this process from every other one, and whether two of them could look at each other. */
export interface ProcessIdentity {
  /** Machine, since its last start, and the namespace of process ids (each container has one). */
  readonly host: string;
  readonly pid: number;
  /** When it was started, in the system's own words: a process id is used again. */
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

/** Whether a process is known to have ended; false where that cannot be known from here. */
export const hasEnded = ({ host, pid, started }: ProcessIdentity): boolean =>
  host === thisProcess().host && startOf(pid) !== started;

/**
 * Which folder, or which file of a folder, it is on which machine, whatever path leads there. Not the inode of the file:
 * a file that is replaced as a whole gets another one each time.
 */
export function placeOf(path: string): string {
  const whole = orElse(() => realpathSync(path), resolve(path));
  const info = statSync(whole, { throwIfNoEntry: false });
  if (info?.isDirectory()) return `${bootId() || hostname()} ${info.dev}:${info.ino}`;
  return `${placeOf(dirname(whole))}/${basename(whole)}`;
}
