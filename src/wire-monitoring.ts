import { setTimeout as pause } from 'node:timers/promises';
import { workerStates } from './application/camera-control/worker-states';
import { CameraConsistency } from './application/cameras/camera-consistency';
import { type HealthProbe, healthy } from './application/monitoring/health-probe';
import { MonitoringService } from './application/monitoring/monitoring-service';
import * as probes from './application/monitoring/probes';
import { alertState } from './infrastructure/postgres/pg-alert-state';
import { diskSpace } from './infrastructure/system/disk-space';
import { keys, type Once } from './keys';

export interface MonitoredFolders {
  readonly dataDir: string;
  readonly logDir: string;
}

type Get = Parameters<Parameters<Once>[1]>[0];

const NOWHERE: MonitoredFolders = { dataDir: '.', logDir: '.' };

/** What there is to know about how the service does. */
export function wireMonitoring(once: Once, folders: MonitoredFolders = NOWHERE): void {
  once(
    keys.monitoring,
    (get) => new MonitoringService(allProbes(get, folders), neededProbes(get), get(keys.clock), get(keys.log)),
  );
}

function neededProbes(get: Get): HealthProbe[] {
  const configuration = {
    name: 'configuration',
    check: async () =>
      get(keys.camerasFile)
        .read()
        .then(() => healthy()),
  };
  return [probes.databaseProbe(() => get(keys.database).ready()), configuration];
}

function allProbes(get: Get, { dataDir, logDir }: MonitoredFolders): HealthProbe[] {
  const [cameras, desired] = [get(keys.cameras), get(keys.desiredStates)];
  const consistency = new CameraConsistency(cameras, get(keys.camerasFile), get(keys.camerasFormat), pause);
  const { supervisor } = get(keys.controlRuntime);
  const space = async () => ({ data: await diskSpace(dataDir), logs: await diskSpace(logDir) });
  return [
    probes.databaseProbe(() => get(keys.database).ready()),
    probes.redisProbe,
    probes.servicesProbe,
    probes.consistencyProbe(() => consistency.measure()),
    probes.journalProbe(() => get(keys.ingestor).state),
    probes.workersProbe(() => workerStates(cameras, desired, supervisor)),
    probes.rolloutProbe(() => get(keys.policy).takenBack()),
    probes.diskProbe(space),
    probes.alertsProbe(() => alertState(get(keys.database))),
  ];
}
