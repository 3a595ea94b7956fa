import { CameraCommands, ChangeBatcher } from './application/cameras/camera-change-batcher';
import { OldBackendClient } from './infrastructure/legacy-remote/old-backend-client';
import { RemoteCameras } from './infrastructure/legacy-remote/remote-cameras';
import { RemoteSystem } from './infrastructure/legacy-remote/remote-system';
import { LegacyAlerts } from './infrastructure/legacy/legacy-alerts';
import { LegacyCameras } from './infrastructure/legacy/legacy-cameras';
import { type Once, keys } from './keys';

/**
 * The legacy side of every operation that is switched: the old way on this machine, or the old backend itself for what it
 * shares with this site. What it keeps for itself is imported and lives here (docs/adr/0014).
 */
export function wireLegacy(once: Once, baseUrl: string | undefined): void {
  once(keys.alertsOnLegacy, (get) => new LegacyAlerts(get(keys.database), get(keys.clock)));
  if (baseUrl) wireRemote(once, new OldBackendClient(baseUrl));
  else wireEmbedded(once);
}

function wireEmbedded(once: Once): void {
  once(keys.camerasOnLegacy, (get) => {
    const configuration = get(keys.configuration);
    const line = new ChangeBatcher((decide) => configuration.changeFile(decide));
    const commands = new CameraCommands(line.change, get(keys.clock));
    return new LegacyCameras(
      get(keys.camerasFile),
      get(keys.camerasFormat),
      get(keys.cameras),
      get(keys.heads),
      commands,
    );
  });
  // What this machine is does not depend on the path: old and new ask the same source.
  once(keys.systemOnLegacy, (get) => get(keys.system));
}

function wireRemote(once: Once, backend: OldBackendClient): void {
  once(
    keys.camerasOnLegacy,
    (get) => new RemoteCameras(backend, get(keys.cameras), get(keys.configuration), get(keys.clock), get(keys.log)),
  );
  once(keys.systemOnLegacy, (get) => new RemoteSystem(backend, get(keys.clock), get(keys.system)));
}
