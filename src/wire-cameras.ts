import { setTimeout as pause } from 'node:timers/promises';
import { CameraCommands, ChangeBatcher } from './application/cameras/camera-change-batcher';
import { CameraConfiguration, ConfigOutcomes } from './application/cameras/camera-configuration';
import { CameraService } from './application/cameras/camera-service';
import { ConfigHeads, ConfigPublishing } from './application/cameras/configuration-publication';
import { Reconciliation } from './application/cameras/configuration-reconciliation';
import { sharingReads } from './application/shared/shared-reads';
import { DiskCamerasFile } from './infrastructure/files/disk-cameras-file';
import { PgCameraUnitOfWork } from './infrastructure/postgres/pg-camera-unit-of-work';
import { PgCameras } from './infrastructure/postgres/pg-cameras';
import { PgRevisions } from './infrastructure/postgres/pg-revisions';
import { YamlCamerasFormat } from './infrastructure/yaml/yaml-cameras-format';
import { type Once, keys } from './keys';

const FIND_OUT_PAUSE_MS = 500;

const CONFIRM_REMOVAL_MS = 30_000;

export interface CamerasSite {
  readonly camerasFile: string;
  /** How long an edit of the file that removes many cameras is waited with. */
  readonly confirmRemovalMs?: number;
}

export function wireCameraConfiguration(once: Once, site: CamerasSite): void {
  const { camerasFile, confirmRemovalMs = CONFIRM_REMOVAL_MS } = site;
  once(keys.camerasFile, (get) => new DiskCamerasFile(camerasFile, get(keys.clock), get(keys.onStep)));
  once(keys.camerasFormat, () => new YamlCamerasFormat());
  once(keys.unitOfWork, (get) => new PgCameraUnitOfWork(get(keys.database), get(keys.log), get(keys.onStep)));
  once(keys.cameras, (get) => new PgCameras(get(keys.database)));
  once(keys.revisions, (get) => new PgRevisions(get(keys.database)));
  once(keys.heads, () => new ConfigHeads());
  once(
    keys.publishing,
    (get) =>
      new ConfigPublishing(get(keys.camerasFile), get(keys.heads), get(keys.clock), get(keys.log), get(keys.onStep)),
  );
  once(
    keys.reconciliation,
    (get) =>
      new Reconciliation(
        get(keys.camerasFile),
        get(keys.camerasFormat),
        get(keys.heads),
        get(keys.publishing),
        get(keys.log),
        get(keys.onStep),
        { clock: get(keys.clock), afterMs: confirmRemovalMs },
      ),
  );
  once(keys.configuration, (get) => {
    const outcomes = new ConfigOutcomes(get(keys.unitOfWork), get(keys.reconciliation), () => pause(FIND_OUT_PAUSE_MS));
    return new CameraConfiguration(
      get(keys.unitOfWork),
      get(keys.camerasFile),
      get(keys.camerasFormat),
      get(keys.reconciliation),
      get(keys.publishing),
      outcomes,
    );
  });
}

export function wireCamerasOnDomain(once: Once): void {
  once(keys.camerasOnDomain, (get) => {
    const configuration = get(keys.configuration);
    const line = new ChangeBatcher((decide) => configuration.change(decide));
    const commands = new CameraCommands(line.change, get(keys.clock));
    return sharingReads(new CameraService(get(keys.cameras), get(keys.revisions), commands), ['list']);
  });
}
