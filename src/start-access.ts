import type { DependencyContainer } from 'tsyringe';
import { every } from './infrastructure/environment/scheduler';
import type { Settings } from './infrastructure/environment/settings';
import { keys } from './keys';

const REFRESH_EVERY_MS = 1_000;
const NOTE_USE_EVERY_MS = 30_000;
const STORE_EVERY_MS = 1_000;

/**
 * Learns of tokens, and stores the audit trail, from now on. Throws when the service would be reachable from other
 * machines and nobody could come in.
 */
export async function startAccess(
  site: DependencyContainer,
  { host, requireToken }: Pick<Settings, 'host' | 'requireToken'>,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<void> {
  if (site.resolve(keys.gate).needsToken && !(await site.resolve(keys.tokens).anyUsable()))
    refuseOpenDoor(requireToken ? 'REQUIRE_TOKEN=true' : `HOST=${host} can be reached from other machines`);
  const [log, authenticator, trail] = [
    site.resolve(keys.log),
    site.resolve(keys.authenticator),
    site.resolve(keys.auditTrail),
  ];
  await authenticator.refresh();
  const tasks = [
    every(REFRESH_EVERY_MS, 'learning of tokens', () => authenticator.refresh(), log),
    every(NOTE_USE_EVERY_MS, 'noting the use of tokens', () => authenticator.noteUse(), log),
    every(STORE_EVERY_MS, 'storing the audit trail', () => trail.flush(), log),
  ];
  onStop(async () => {
    await Promise.all(tasks.map((task) => task.stop()));
    await Promise.all([trail.close(), authenticator.noteUse()]);
  });
}

function refuseOpenDoor(why: string): never {
  throw new Error(
    `${why}, so every request needs a token, and there is none yet. ` +
      'Create one first: npm run token -- create --role admin --name YOUR-NAME. Or leave HOST empty for this machine only.',
  );
}
