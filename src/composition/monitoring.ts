import { setTimeout as pause } from 'node:timers/promises';
import { type Mounted, mounted } from '../api/http/mount';
import { monitoringOperations } from '../api/monitoring/monitoring-operations';
import { workerStates } from '../application/camera-control/worker-states';
import { CameraConsistency } from '../application/cameras/camera-consistency';
import { eventFamily, requestFamilies, siteCounters, siteFamilies } from '../application/monitoring/metric-families';
import { MinuteMetrics, type MinuteStore } from '../application/monitoring/minute-metrics';
import { MonitoringService } from '../application/monitoring/monitoring-service';
import * as probes from '../application/monitoring/probes';
import { RequestMeter } from '../application/monitoring/request-meter';
import { SiteMetrics } from '../application/monitoring/site-metrics';
import { alertState } from '../infrastructure/postgres/pg-alert-archive';
import { PgMinutes } from '../infrastructure/postgres/pg-minutes';
import { deliveryCounts, eventCounts } from '../infrastructure/postgres/pg-statistics';
import { PrometheusPage } from '../infrastructure/prometheus/prometheus-page';
import { diskSpace } from '../infrastructure/system/files';
import { mayReplace } from '../infrastructure/system/host-system';
import type { Cameras } from './cameras';
import type { Captures } from './pictures';
import type { Control } from './control';
import type { Events } from './events';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';
import type { Rollout } from './rollout';

const SAVE_EVERY_MS = 10_000;

/** Health and metrics of the service. */
export interface Monitoring {
  readonly service: MonitoringService;
  readonly meter: RequestMeter;
  readonly minutes: MinuteStore;
  readonly minuteMetrics: MinuteMetrics;
  readonly consistency: CameraConsistency;
  readonly prometheus: PrometheusPage;
  readonly operations: readonly Mounted[];
}

interface Observed {
  readonly cameras: Cameras;
  readonly control: Control;
  readonly captures: Captures;
  readonly events: Events;
  readonly rollout: Rollout;
}

interface Folders {
  readonly dataDir: string;
  readonly logDir: string;
}

export function createMonitoring(platform: Platform, observed: Observed, folders: Folders): Monitoring {
  const { database, clock, log, instance } = platform;
  const { cameras, rollout } = observed;
  const { remembered, file, format, heads } = cameras;
  const consistency = new CameraConsistency(remembered, file, format, heads, pause);
  const meter = new RequestMeter(clock);
  const minutes = new PgMinutes(database, instance.id);
  const minuteMetrics = new MinuteMetrics(
    siteCounters(meter, () => rollout.recorder.totals()),
    clock,
  );
  const lastConsistency = new probes.LastConsistency(() => consistency.measure(), clock, log);
  const metrics = new SiteMetrics(minuteMetrics, minutes, lastConsistency, clock, log);
  const [all, needed] = [
    allProbes(platform, observed, consistency, folders),
    [probes.databaseProbe(() => database.ready()), fileProbe(cameras)],
  ];
  const service = new MonitoringService(all, needed, metrics, clock, log);
  return {
    service,
    meter,
    minutes,
    minuteMetrics,
    consistency,
    prometheus: prometheusPage(platform, observed, minuteMetrics),
    operations: mounted(monitoringOperations, service),
  };
}

/** The controller of the cameras reports their figures; the other services of the site report none of them. */
const cameraCounts =
  ({ cameras: { repository }, control: { desired, controller, frameCounts } }: Observed) =>
  async () => {
    const states = (await workerStates(repository, desired, controller)) ?? [];
    return states.map((state) => ({ ...state, frames: frameCounts.of(state.id) }));
  };

function prometheusPage({ database, log }: Platform, observed: Observed, minutes: MinuteMetrics): PrometheusPage {
  return new PrometheusPage([
    ...requestFamilies(() => minutes.totals()),
    ...siteFamilies({
      intake: () => observed.events.ingestor.state,
      cameras: probes.lastKnown(cameraCounts(observed), [], log),
      deliveries: probes.lastKnown(() => deliveryCounts(database), [], log),
      looks: async () => lookFigures(await observed.control.detector.condition()),
    }),
    eventFamily(probes.lastKnown(() => eventCounts(database), [], log)),
  ]);
}

function lookFigures({ state, details }: probes.DetectorCondition) {
  return state === 'running' ? { looks: Number(details.looks), waitMs: Number(details.wait_ms) } : undefined;
}

const fileProbe = ({ file }: Cameras): probes.HealthProbe => ({
  name: 'configuration',
  check: async () => {
    await file.read();
    return probes.healthy();
  },
});

function allProbes(
  { database }: Platform,
  { cameras, control, captures, events, rollout }: Observed,
  consistency: CameraConsistency,
  { dataDir, logDir }: Folders,
): probes.HealthProbe[] {
  const begun = performance.now();
  const upSeconds = () => (performance.now() - begun) / 1_000;
  const space = async () => ({ data: await diskSpace(dataDir), logs: await diskSpace(logDir) });
  return [
    probes.databaseProbe(
      () => database.ready(),
      () => database.clockDifference(),
    ),
    probes.redisProbe,
    probes.servicesProbe,
    probes.consistencyProbe(() => consistency.measure()),
    probes.configurationProbe(() => mayReplace(cameras.filePath)),
    probes.journalProbe(() => events.ingestor.state),
    probes.workersProbe(() => workerStates(cameras.remembered, control.rememberedStates, control.controller)),
    probes.rolloutProbe(() => rollout.policy.takenBack()),
    probes.diskProbe(space),
    probes.capturesProbe(() => captures.capturer.trouble),
    probes.alertsProbe(() => alertState(database), upSeconds),
    probes.ffmpegProbe(() => control.grabber.describe()),
    probes.detectorProbe(() => control.detector.condition()),
  ];
}

/** From now on stores the counts of this service for the others of the site. */
export function startMonitoring({ minuteMetrics, minutes }: Monitoring, life: Lifecycle): void {
  const save = () => minuteMetrics.save(minutes);
  life.onStop(save);
  life.every(SAVE_EVERY_MS, 'storing the metrics', save);
}
