import { setTimeout as pause } from 'node:timers/promises';
import { workerStates } from './application/camera-control/worker-states';
import { CameraConsistency } from './application/cameras/camera-consistency';
import { eventFamily, requestFamilies, siteCounters, siteFamilies } from './application/monitoring/metric-families';
import { MinuteMetrics } from './application/monitoring/minute-metrics';
import { MonitoringService } from './application/monitoring/monitoring-service';
import * as probes from './application/monitoring/probes';
import { type HealthProbe, LastConsistency, healthy, lastKnown } from './application/monitoring/probes';
import { RequestMeter } from './application/monitoring/request-meter';
import { SiteMetrics } from './application/monitoring/site-metrics';
import { alertState } from './infrastructure/postgres/pg-alert-archive';
import { PgMinutes } from './infrastructure/postgres/pg-minutes';
import { deliveryCounts, eventCounts } from './infrastructure/postgres/pg-site-activity';
import { PrometheusPage } from './infrastructure/prometheus/prometheus-page';
import { diskSpace } from './infrastructure/system/files';
import { mayReplace } from './infrastructure/system/host-system';
import { type Once, keys } from './keys';

export interface MonitoredFolders {
  readonly dataDir: string;
  readonly logDir: string;
  readonly camerasFile: string;
}

type Get = Parameters<Parameters<Once>[1]>[0];

/** What there is to know about how the service does. */
export function wireMonitoring(once: Once, folders: MonitoredFolders): void {
  once(keys.consistency, (get) => {
    const [cameras, file, format] = [get(keys.rememberedCameras), get(keys.camerasFile), get(keys.camerasFormat)];
    return new CameraConsistency(cameras, file, format, get(keys.heads), pause);
  });
  once(keys.requestMeter, (get) => new RequestMeter(get(keys.clock)));
  once(keys.minutes, (get) => new PgMinutes(get(keys.database), get(keys.instanceId)));
  once(keys.minuteMetrics, (get) => {
    const counters = siteCounters(get(keys.requestMeter), () => get(keys.recorder).totals());
    return new MinuteMetrics(counters, get(keys.clock));
  });
  once(keys.prometheus, prometheusPage);
  once(keys.monitoring, (get) => {
    const [clock, log] = [get(keys.clock), get(keys.log)];
    const consistency = new LastConsistency(() => get(keys.consistency).measure(), clock, log);
    const metrics = new SiteMetrics(get(keys.minuteMetrics), get(keys.minutes), consistency, clock, log);
    return new MonitoringService(allProbes(get, folders), neededProbes(get), metrics, clock, log);
  });
}

/** The controller of the cameras tells their figures; the other services of the site tell none of them. */
const cameraCounts = (get: Get) => async () => {
  const { supervisor } = get(keys.cameraController);
  const states = (await workerStates(get(keys.cameras), get(keys.desiredStates), supervisor)) ?? [];
  return states.map((state) => ({ ...state, frames: get(keys.frameCounts).of(state.id) }));
};

function prometheusPage(get: Get): PrometheusPage {
  const [database, log] = [get(keys.database), get(keys.log)];
  return new PrometheusPage([
    ...requestFamilies(() => get(keys.minuteMetrics).totals()),
    ...siteFamilies({
      intake: () => get(keys.ingestor).state,
      cameras: lastKnown(cameraCounts(get), [], log),
      deliveries: lastKnown(() => deliveryCounts(database), [], log),
    }),
    eventFamily(lastKnown(() => eventCounts(database), [], log)),
  ]);
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

function allProbes(get: Get, { dataDir, logDir, camerasFile }: MonitoredFolders): HealthProbe[] {
  const [cameras, desired] = [get(keys.rememberedCameras), get(keys.rememberedStates)];
  const { supervisor } = get(keys.cameraController);
  const begun = performance.now();
  const upSeconds = () => (performance.now() - begun) / 1_000;
  const space = async () => ({ data: await diskSpace(dataDir), logs: await diskSpace(logDir) });
  return [
    probes.databaseProbe(
      () => get(keys.database).ready(),
      () => get(keys.database).clockDifference(),
    ),
    probes.redisProbe,
    probes.servicesProbe,
    probes.consistencyProbe(() => get(keys.consistency).measure()),
    probes.configurationProbe(() => mayReplace(camerasFile)),
    probes.journalProbe(() => get(keys.ingestor).state),
    probes.workersProbe(() => workerStates(cameras, desired, supervisor)),
    probes.rolloutProbe(() => get(keys.policy).takenBack()),
    probes.diskProbe(space),
    probes.alertsProbe(() => alertState(get(keys.database)), upSeconds),
    probes.ffmpegProbe(() => get(keys.frameGrabber).describe()),
  ];
}
