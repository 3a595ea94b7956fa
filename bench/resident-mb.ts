import { readFileSync } from 'node:fs';

/** Memory that a process holds, in megabytes; not that of its children. Throws when there is no such process. */
export function residentMb(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb ?? 0) / 1024;
}
