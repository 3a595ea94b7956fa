import 'reflect-metadata';
import { type DependencyContainer, container as root, instanceCachingFactory } from 'tsyringe';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { OnStep } from './application/cameras/configuration-publication';
import type { Clock, Log } from './application/shared/log';
import { DedicatedConnection } from './infrastructure/postgres/dedicated-connection';
import { PgWakes } from './infrastructure/postgres/pg-wakes';
import { Database } from './infrastructure/postgres/database';
import { HostSystem } from './infrastructure/system/host-system';
import { type Once, type Token, keys } from './keys';
import { type AccessSite, wireAccess } from './wire-access';
import { type AlertSite, wireAlerts } from './wire-alerts';
import { type CamerasSite, wireCameraConfiguration, wireCamerasOnDomain } from './wire-cameras';
import { type ControlSite, wireControl } from './wire-control';
import { type EventSite, wireEvents } from './wire-events';
import { wireLegacy } from './wire-legacy';
import { wireMonitoring } from './wire-monitoring';
import { wireOperations } from './wire-operations';
import { type ShadowTuning, wireRollout } from './wire-rollout';

export { keys };

/** What differs between one process and another; everything else follows. */
export interface Site extends CamerasSite {
  readonly databaseUrl: string;
  /** The still-running old backend that is the legacy path; absent: the old way on this machine. */
  readonly legacyBaseUrl?: string;
  readonly log: Log;
  readonly clock?: Clock;
  readonly onStep?: OnStep;
  readonly shadow?: ShadowTuning;
  readonly control?: ControlSite;
  readonly alerts?: AlertSite;
  readonly events?: EventSite;
  readonly access?: AccessSite;
}

/** Wires a whole service. Nothing is opened or started by it. */
export function wire(site: Site): DependencyContainer {
  const c = root.createChildContainer();
  const value = <T>(key: Token<T>, it: T) => c.register<T>(key, { useValue: it });
  const once: Once = (key, make) => {
    c.register(key, { useFactory: instanceCachingFactory((from) => make((wanted) => from.resolve(wanted))) });
  };
  value(keys.log, site.log);
  value(keys.onStep, site.onStep ?? (() => undefined));
  value(keys.instanceId, randomUUID());
  value(keys.instanceName, `${hostname()}/${process.pid}`);
  const lost = (error: Error) => site.log.warn('a database connection was lost', { error });
  const database = new Database(site.databaseUrl, lost);
  value(keys.database, database);
  const connection = new DedicatedConnection(site.databaseUrl, site.log, { onAnswer: () => database.answered() });
  value(keys.connection, connection);
  value(keys.wakes, new PgWakes(connection));
  // One clock for all services of a site: that of the database, whatever the clock of this machine says.
  value(keys.clock, site.clock ?? (() => database.now()));
  wireCameraConfiguration(once, site);
  wireCamerasOnDomain(once);
  wireLegacy(once, site.legacyBaseUrl);
  wireRollout(once, site);
  wireControl(once, site.control);
  wireAlerts(once, site.alerts);
  wireEvents(once, site.events);
  wireAccess(once, site.access);
  const { dataDir = '.', logDir = '.' } = site.control ?? {};
  wireMonitoring(once, { dataDir, logDir, camerasFile: site.camerasFile });
  once(keys.system, (get) => new HostSystem(get(keys.clock), { camerasFile: site.camerasFile, dataDir }));
  wireOperations(once);
  return c;
}
