import type { DependencyContainer } from 'tsyringe';
import { every } from './infrastructure/environment/scheduler';
import { keys } from './keys';

/** It is woken; this is the safety net. */
const REFRESH_EVERY_MS = 30_000;
const NOTE_USE_EVERY_MS = 30_000;
const STORE_EVERY_MS = 1_000;

/** Learns of tokens, and stores the audit trail, from now on. */
export async function startAccess(
  site: DependencyContainer,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  const [log, authenticator, trail] = [
    site.resolve(keys.log),
    site.resolve(keys.authenticator),
    site.resolve(keys.auditTrail),
  ];
  await authenticator.refresh();
  const learning = every(REFRESH_EVERY_MS, 'learning of tokens', () => authenticator.refresh(), log);
  site.resolve(keys.wakes).on('tokens', learning.wake);
  const tasks = [
    learning,
    every(NOTE_USE_EVERY_MS, 'noting the use of tokens', () => authenticator.noteUse(), log),
    every(STORE_EVERY_MS, 'storing the audit trail', () => trail.flush(), log),
  ];
  onStop(async () => {
    await Promise.all(tasks.map((task) => task.stop()));
    await Promise.all([trail.close(), authenticator.noteUse()]);
  });
}
