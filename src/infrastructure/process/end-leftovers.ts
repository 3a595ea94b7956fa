import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../system/error-code';
import { processesByToken, send } from '../system/process-identity';

const TRIES = 40;
const PAUSE_MS = 25;

/**
 * Kills what a dead worker has left of its process group. A group whose leader is gone keeps the number, but so would
 * a new group of that number: only processes with the worker's token are touched.
 */
export async function endLeftovers({ pid, token }: { pid: number; token: string }): Promise<void> {
  for (let i = 0; i < TRIES && groupLives(pid); i++) {
    const left = processesByToken().get(token) ?? [];
    if (left.length === 0) return;
    for (const each of left) send(each, 'SIGKILL');
    await pause(PAUSE_MS);
  }
}

function groupLives(pid: number): boolean {
  try {
    return pid > 1 && send(-pid, 0);
  } catch (error) {
    // The group is somebody else's by now.
    if (hasCode(error, 'EPERM')) return false;
    throw error;
  }
}
