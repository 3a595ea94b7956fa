import { catalogue } from './api/catalogue';
import { mounted, switched as switchedBy } from './api/http/mount';
import type { Operations } from './api/http/operation';
import { CameraConfigService } from './application/cameras/camera-config-service';
import { OperationRouter } from './application/rollout/operation-router';
import { type Once, type Token, keys } from './keys';

/** Every operation of the catalogue and what carries it out: one port, or the one that the router chooses. */
export function wireOperations(once: Once): void {
  once(keys.router, (get) => {
    const recorder = get(keys.recorder);
    return new OperationRouter(get(keys.policy).snapshot, recorder.record, get(keys.shadow).offer, get(keys.log));
  });
  once(keys.mounted, (get) => {
    const router = get(keys.router);
    const switched = <P extends object>(operations: Operations<P>, domain: Token<P>, legacy: Token<P>) =>
      switchedBy(operations, router, { domain: get(domain), legacy: get(legacy) });
    const config = new CameraConfigService(
      get(keys.revisions),
      get(keys.cameras),
      get(keys.camerasFile),
      get(keys.camerasFormat),
      get(keys.heads),
      get(keys.configuration),
      get(keys.clock),
    );
    return [
      switched(catalogue.cameras, keys.camerasOnDomain, keys.camerasOnLegacy),
      mounted(catalogue.cameraConfig, config),
      switched(catalogue.cameraControl, keys.controlOnDomain, keys.controlOnLegacy),
      switched(catalogue.alerts, keys.alertsOnDomain, keys.alertsOnLegacy),
      mounted(catalogue.alertHandling, get(keys.alertHandling)),
      switched(catalogue.events, keys.eventsOnDomain, keys.eventsOnLegacy),
      switched(catalogue.statistics, keys.statisticsOnDomain, keys.statisticsOnLegacy),
      switched(catalogue.records, keys.recordsOnDomain, keys.recordsOnLegacy),
      mounted(catalogue.rollout, get(keys.rollout)),
      mounted(catalogue.monitoring, get(keys.monitoring)),
      switched(catalogue.system, keys.system, keys.systemOnLegacy),
      mounted(catalogue.access, get(keys.access)),
    ].flat();
  });
}
