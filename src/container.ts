import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { container as root, type DependencyContainer, instanceCachingFactory } from 'tsyringe';
import { catalogue } from './api/catalogue';
import { mounted } from './api/http/mount';
import { CameraConfigService } from './application/cameras/camera-config-service';
import type { OnStep } from './application/cameras/config-steps';
import { OperationRouter } from './application/rollout/operation-router';
import type { Clock, Log } from './application/shared/log';
import { Database } from './infrastructure/postgres/database';
import { HostSystem } from './infrastructure/system/host-system';
import { keys, type Once, type Token } from './keys';
import { type AccessSite, wireAccess } from './wire-access';
import { type AlertSite, wireAlerts } from './wire-alerts';
import { wireCameraConfiguration, wireCamerasOnDomain } from './wire-cameras';
import { wireLegacy } from './wire-legacy';
import { type ControlSite, wireControl } from './wire-control';
import { type EventSite, wireEvents } from './wire-events';
import { wireMonitoring } from './wire-monitoring';
import { type ShadowTuning, wireRollout } from './wire-rollout';

export { keys };

/** What differs between one process and another; everything else follows. */
export interface Site {
  readonly databaseUrl: string;
  readonly camerasFile: string;
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
  value(keys.clock, site.clock ?? (() => new Date()));
  value(keys.onStep, site.onStep ?? (() => undefined));
  value(keys.instanceId, randomUUID());
  const lost = (error: Error) => site.log.warn('a database connection was lost', { error });
  value(keys.database, new Database(site.databaseUrl, lost));
  wireCameraConfiguration(once, site.camerasFile);
  wireCamerasOnDomain(once);
  wireLegacy(once, site.legacyBaseUrl);
  wireRollout(once, site);
  wireControl(once, site.control);
  wireAlerts(once, site.alerts);
  wireEvents(once, site.events);
  wireAccess(once, site.access);
  wireMonitoring(once, site.control);
  once(
    keys.system,
    (get) => new HostSystem(get(keys.clock), { camerasFile: site.camerasFile, dataDir: site.control?.dataDir ?? '.' }),
  );
  wireOperations(once);
  return c;
}

function wireOperations(once: Once): void {
  once(keys.router, (get) => {
    const recorder = get(keys.recorder);
    return new OperationRouter(get(keys.policy).snapshot, recorder.record, get(keys.shadow).offer, get(keys.log));
  });
  once(keys.mounted, (get) => {
    const router = get(keys.router);
    const cameras = router.between(catalogue.cameras, get(keys.camerasOnDomain), get(keys.camerasOnLegacy));
    const config = new CameraConfigService(
      get(keys.revisions),
      get(keys.cameras),
      get(keys.camerasFile),
      get(keys.camerasFormat),
      get(keys.configuration),
      get(keys.clock),
    );
    return [
      mounted(catalogue.cameras, cameras),
      mounted(catalogue.cameraConfig, config),
      mounted(
        catalogue.cameraControl,
        router.between(catalogue.cameraControl, get(keys.controlOnDomain), get(keys.controlOnLegacy)),
      ),
      mounted(catalogue.alerts, router.between(catalogue.alerts, get(keys.alertsOnDomain), get(keys.alertsOnLegacy))),
      mounted(catalogue.alertHandling, get(keys.alertHandling)),
      mounted(catalogue.events, router.between(catalogue.events, get(keys.eventsOnDomain), get(keys.eventsOnLegacy))),
      mounted(
        catalogue.statistics,
        router.between(catalogue.statistics, get(keys.statisticsOnDomain), get(keys.statisticsOnLegacy)),
      ),
      mounted(
        catalogue.records,
        router.between(catalogue.records, get(keys.recordsOnDomain), get(keys.recordsOnLegacy)),
      ),
      mounted(catalogue.rollout, get(keys.rollout)),
      mounted(catalogue.monitoring, get(keys.monitoring)),
      mounted(catalogue.system, router.between(catalogue.system, get(keys.system), get(keys.systemOnLegacy))),
      mounted(catalogue.access, get(keys.access)),
    ];
  });
}
