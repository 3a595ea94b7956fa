import { stat } from 'node:fs/promises';
import { cameraConfigOperations } from '../api/cameras/camera-config-operations';
import { cameraDraftOperations } from '../api/cameras/camera-draft-operations';
import { type Mounted, mounted } from '../api/http/mount';
import type { CameraController } from '../application/camera-control/camera-controller';
import { CameraDrafts } from '../application/cameras/camera-drafts';
import { cameraKind } from '../application/cameras/camera-kind';
import { CameraConfigService } from '../application/cameras/camera-config-service';
import { CameraCommands, CameraService, ChangeBatcher } from '../application/cameras/camera-service';
import type { CamerasPort } from '../application/cameras/cameras-port';
import type { Log } from '../application/shared/log';
import { sharingReads } from '../application/shared/shared-reads';
import type { RevisionRepository } from '../domain/shared/config-revision';
import type { Camera, CameraRepository } from '../domain/cameras/camera';
import { CAMERA_STORE, PgCameras } from '../infrastructure/postgres/pg-entries';
import { PgRevisions } from '../infrastructure/postgres/pg-revisions';
import { noneIfAbsent } from '../infrastructure/system/files';
import { YamlCamerasFormat } from '../infrastructure/yaml/yaml-cameras-format';
import {
  type Configured,
  type Following,
  type StartedConfiguration,
  createConfiguration,
  startConfiguration,
} from './configuration';
import type { Platform } from './platform';

/** The configuration of the cameras, in the table and in the file. */
export interface Cameras extends Configured<Camera> {
  readonly repository: CameraRepository;
  /** For callers that compare the table with the file: read again only after something was written to it. */
  readonly remembered: Pick<CameraRepository, 'all'>;
  /** The cameras in force: read from the table only where another process has changed them. */
  readonly current: Pick<CameraRepository, 'all'>;
  readonly revisions: RevisionRepository;
  readonly config: CameraConfigService;
  readonly domain: CamerasPort;
  readonly operations: readonly Mounted[];
  /** Operations that tell what becomes of the workers, which know that. */
  readonly drafts: (workers: CameraController['forecast']) => readonly Mounted[];
}

export function createCameras(platform: Platform, camerasFile: string, node: () => string): Cameras {
  const { database, clock, wakes } = platform;
  const format = new YamlCamerasFormat();
  const parts = { kind: cameraKind, store: CAMERA_STORE, format, filePath: camerasFile, node };
  const configured = createConfiguration(platform, parts);
  const { configuration, file, heads } = configured;
  const repository = new PgCameras(database);
  const revisions = new PgRevisions(database, 'camera_config_revisions');
  const batcher = new ChangeBatcher((decide) => configuration.change(decide));
  const current = { all: () => heads.entries({ revisions, entries: repository }) };
  const found = { ...current, get: (id: string) => repository.get(id) };
  const service = new CameraService(found, revisions, new CameraCommands(batcher.change, clock, revisions));
  const config = new CameraConfigService(revisions, repository, file, format, heads, configuration, clock);
  return {
    ...configured,
    repository,
    remembered: { all: wakes.remembered('cameras', () => repository.all()) },
    current: { all: wakes.remembered('cameras', current.all) },
    revisions,
    config,
    domain: sharingReads(service, ['list']),
    operations: mounted(cameraConfigOperations, config),
    drafts: (workers) => mounted(cameraDraftOperations, new CameraDrafts(configuration, file, format, workers, clock)),
  };
}

/** The state of the configuration at the start. */
export type StartedCameras = StartedConfiguration<Camera>;

/** Keeps table and file equal from now on. `onTableDiffered` gets the cameras whose row another program wrote. */
export async function startCameras(
  cameras: Cameras,
  log: Log,
  onTableDiffered: (ids: string) => Promise<void>,
  follow: Omit<Following, 'newest'>,
): Promise<StartedCameras> {
  const newest = () => cameras.revisions.newest();
  const started = await startConfiguration(cameras, log, onTableDiffered, { ...follow, newest });
  await warnOfReaders(cameras.filePath, log);
  return started;
}

/** An existing file keeps its mode, which may have been set for a reason. */
async function warnOfReaders(camerasFile: string, log: Log): Promise<void> {
  const found = await stat(camerasFile).catch(noneIfAbsent);
  if (found && (found.mode & 0o004) !== 0)
    log.warn(
      `every user of this machine can read ${camerasFile}, which may hold passwords: chmod o-r makes it private`,
    );
}
