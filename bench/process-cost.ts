import { readFileSync } from 'node:fs';
import { childrenOf } from '../tests/support/worker-run';
import { residentMb } from './resident-mb';

/** Of /proc/PID/stat; 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const USER_TIME = 11;

export interface Cost {
  /** Since its start. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** What processes took and hold; not their children. */
export function costOf(pids: readonly number[]): Cost {
  const each = pids.map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[USER_TIME]) + Number(fields[USER_TIME + 1]);
    return { cpuSeconds: ticks / TICKS_PER_SECOND, residentMb: residentMb(pid) };
  });
  const sum = (of: keyof Cost) => each.reduce((total, cost) => total + cost[of], 0);
  return { cpuSeconds: sum('cpuSeconds'), residentMb: sum('residentMb') };
}

export const withChildren = (pids: readonly number[]): number[] => pids.flatMap((pid) => [pid, ...childrenOf(pid)]);
