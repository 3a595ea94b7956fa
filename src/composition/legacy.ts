import type { AlertsPort } from '../application/alerts/alerts-port';
import { CameraCommands, ChangeBatcher } from '../application/cameras/camera-service';
import type { CamerasPort } from '../application/cameras/cameras-port';
import type { SystemPort } from '../application/system/system-port';
import { OldBackendClient } from '../infrastructure/legacy-remote/old-backend-client';
import { RemoteCameras } from '../infrastructure/legacy-remote/remote-cameras';
import { RemoteSystem } from '../infrastructure/legacy-remote/remote-system';
import { LegacyAlerts } from '../infrastructure/legacy/legacy-alerts';
import { LegacyCameras } from '../infrastructure/legacy/legacy-cameras';
import type { Cameras } from './cameras';
import type { Platform } from './platform';

/**
 * The legacy side of the switched operations; that of events, records and control is created with their domain side.
 */
export interface Legacy {
  readonly alerts: AlertsPort;
  readonly cameras: CamerasPort;
  readonly system: SystemPort;
}

/**
 * The old implementation on this machine, or the old backend itself for the data it shares with this site. Data of its
 * own is imported and lives here (docs/adr/0014).
 */
export function createLegacy(platform: Platform, baseUrl: string, cameras: Cameras, system: SystemPort): Legacy {
  const { database, clock, log } = platform;
  const alerts = new LegacyAlerts(database, clock);
  const { configuration, file, format, repository, revisions, heads } = cameras;
  if (baseUrl === '') {
    const batcher = new ChangeBatcher((decide) => configuration.changeFile(decide));
    const commands = new CameraCommands(batcher.change, clock, revisions);
    // The machine does not depend on the path: both paths read the same source.
    return { alerts, cameras: new LegacyCameras(file, format, repository, heads, commands), system };
  }
  const backend = new OldBackendClient(baseUrl);
  return {
    alerts,
    cameras: new RemoteCameras(backend, repository, revisions, configuration, clock, log),
    system: new RemoteSystem(backend, clock, system),
  };
}
