import { version } from '../../package.json';
import { alertOperations } from '../api/alerts/alert-operations';
import { cameraControlOperations } from '../api/camera-control/camera-control-operations';
import { cameraOperations } from '../api/cameras/camera-operations';
import { eventOperations } from '../api/events/events-operations';
import { type Mounted, switched } from '../api/http/mount';
import { recordOperations } from '../api/records/records-operations';
import { statisticsOperations } from '../api/statistics/statistics-operations';
import { systemOperations } from '../api/system/system-operations';
import type { SiteView } from '../application/access/session-service';
import type { SystemPort } from '../application/system/system-port';
import type { Settings } from '../infrastructure/environment/settings';
import { HostSystem } from '../infrastructure/system/host-system';
import { type Access, createAccess } from './access';
import { type Alerts, createAlertStores, createAlerts } from './alerts';
import { type Cameras, createCameras } from './cameras';
import { type Captures, type Video, createCaptures, createVideo } from './pictures';
import { type Control, createControl } from './control';
import { type Events, createEvents } from './events';
import { type Legacy, createLegacy } from './legacy';
import { type Live, createLive } from './live';
import { type Mqtt, createMqtt } from './mqtt';
import { type Monitoring, createMonitoring } from './monitoring';
import { nodeOf } from './nodes';
import { type Overrides, type Platform, createPlatform } from './platform';
import { needsToken } from './refusals';
import { type Regions, createRegions } from './regions';
import { type Rollout, createRollout } from './rollout';

/** A whole service, context by context. Nothing of it is open or running before it is started. */
export interface Site {
  readonly platform: Platform;
  readonly cameras: Cameras;
  readonly regions: Regions;
  readonly system: SystemPort;
  readonly legacy: Legacy;
  readonly control: Control;
  readonly captures: Captures;
  readonly events: Events;
  readonly rollout: Rollout;
  readonly monitoring: Monitoring;
  readonly alerts: Alerts;
  readonly access: Access;
  readonly video: Video;
  readonly live: Live;
  readonly mqtt: Mqtt;
  /** Every operation of the catalogue and what carries it out. */
  readonly operations: readonly Mounted[];
}

const accessRules = (settings: Settings) => ({ needsToken: needsToken(settings), perMinute: settings.rateLimit });

const siteView = ({ siteName, timeZone, violationTypes, ...kept }: Settings): SiteView => ({
  name: siteName,
  time_zone: timeZone,
  version,
  violation_types: [...new Set(Object.values(violationTypes))].sort(),
  event_retention_days: kept.eventRetentionDays,
  history_retention_days: kept.historyRetentionDays,
});

/** The entry point of tests, benchmarks, the import and the service itself. */
export function createSite(settings: Settings, overrides: Overrides): Site {
  const platform = createPlatform(settings.databaseUrl, overrides);
  const node = nodeOf(settings.dataDir);
  const cameras = createCameras(platform, settings.camerasFile, node);
  const regions = createRegions(platform, settings.regionsFile, node);
  const system = new HostSystem(platform.clock, settings);
  const legacy = createLegacy(platform, settings.legacyBaseUrl, cameras, system);
  const control = createControl(platform, cameras, { ...settings, version, node });
  const captures = createCaptures(platform, control, settings);
  const stores = createAlertStores(platform);
  const bothCameras = { domain: cameras.domain, legacy: legacy.cameras };
  const events = createEvents(platform, bothCameras, stores.archive, settings, node);
  const owners = { cameras: cameras.repository, rules: stores.rules, onDomain: cameras.domain };
  const rollout = createRollout(platform, owners);
  const monitoring = createMonitoring(platform, { cameras, control, captures, events, rollout }, settings);
  const mqtt = createMqtt(platform, control, settings, { name: settings.siteName, version });
  const watched = { cameras, control, rollout, monitoring: monitoring.service, mqtt: mqtt.link };
  const alerts = createAlerts(platform, stores, watched, settings);
  const live = createLive(platform, { cameras, control, events, alerts, rollout, monitoring });
  const access = createAccess(platform, accessRules(settings), siteView(settings));
  const video = createVideo(platform, cameras, control, settings.videoPushToken);
  const site = {
    platform,
    cameras,
    regions,
    system,
    legacy,
    control,
    captures,
    events,
    rollout,
    monitoring,
    alerts,
    access,
    video,
    live,
    mqtt,
  };
  return { ...site, operations: operationsOf(site) };
}

/** Every operation of the catalogue, in the order of the contexts. */
function operationsOf({
  cameras,
  regions,
  system,
  legacy,
  control,
  captures,
  ...site
}: Omit<Site, 'operations'>): Mounted[] {
  const { alerts, events, rollout, monitoring, video, access } = site;
  const { router } = rollout;
  return [
    switched(cameraOperations, router, { domain: cameras.domain, legacy: legacy.cameras }),
    [cameras, regions, control, alerts].flatMap((context) => context.operations),
    switched(cameraControlOperations, router, control),
    switched(alertOperations, router, { domain: alerts.domain, legacy: legacy.alerts }),
    switched(eventOperations, router, events.events),
    switched(statisticsOperations, router, events.statistics),
    switched(recordOperations, router, events.records),
    [captures, events, rollout, monitoring].flatMap((context) => context.operations),
    switched(systemOperations, router, { domain: system, legacy: legacy.system }),
    [video, access].flatMap((context) => context.operations),
  ].flat();
}
