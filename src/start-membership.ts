import type { DependencyContainer } from 'tsyringe';
import type { Settings } from './infrastructure/environment/settings';
import { PgMembership } from './infrastructure/postgres/pg-membership';
import { placeOf, thisProcess } from './infrastructure/system/process-identity';
import { keys } from './keys';

/** Connects to the other services, and says that this one is there. Throws when a service of this site runs with another cameras file. */
export async function joinSite(
  site: DependencyContainer,
  { dataDir, camerasFile }: Pick<Settings, 'dataDir' | 'camerasFile'>,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<PgMembership> {
  const connection = site.resolve(keys.connection);
  onStop(() => connection.stop());
  await site.resolve(keys.wakes).start();
  const [id, name] = [site.resolve(keys.instanceId), site.resolve(keys.instanceName)];
  const files = { place: placeOf(dataDir), file: placeOf(camerasFile), filePath: camerasFile };
  const database = site.resolve(keys.database);
  const membership = new PgMembership(
    connection,
    { id, name, ...thisProcess(), ...files },
    site.resolve(keys.log),
    (...time) => database.isSoLate(...time),
  );
  await membership.join();
  onStop(() => membership.stop());
  return membership;
}
