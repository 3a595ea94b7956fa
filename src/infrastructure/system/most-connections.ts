import { readFileSync } from 'node:fs';

const MOST = 4_000;
const LEAST = 50;

/** Of clients at once: half of the descriptors this process may have; the others are for files, the database and cameras. */
export function mostConnections(): number {
  if (process.platform !== 'linux') return MOST;
  const [, limit] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Math.max(LEAST, Math.min(MOST, limit === undefined ? MOST : Math.floor(Number(limit) / 2)));
}
