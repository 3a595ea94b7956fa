import type { DependencyContainer } from 'tsyringe';
import type { Settings } from './infrastructure/environment/settings';
import { PgMembership } from './infrastructure/postgres/pg-membership';
import { placeOf, thisProcess } from './infrastructure/system/process-identity';
import { keys } from './keys';

/** Says that this service is there. Throws when a service of this site runs with another cameras file. */
export async function joinSite(
  site: DependencyContainer,
  databaseUrl: string,
  { dataDir, camerasFile }: Pick<Settings, 'dataDir' | 'camerasFile'>,
  onStop: (undo: () => Promise<unknown>) => void,
): Promise<PgMembership> {
  const [id, name] = [site.resolve(keys.instanceId), site.resolve(keys.instanceName)];
  const files = { place: placeOf(dataDir), file: placeOf(camerasFile), filePath: camerasFile };
  const membership = new PgMembership(databaseUrl, { id, name, ...thisProcess(), ...files }, site.resolve(keys.log));
  await membership.join();
  onStop(() => membership.stop());
  return membership;
}
