import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { cameraConfigOperations } from '../api/cameras/camera-config-operations';
import { type Mounted, mounted } from '../api/http/mount';
import { cameraKind } from '../application/cameras/camera-kind';
import { CameraConfigService } from '../application/cameras/camera-config-service';
import { Configuration, ConfigOutcomes } from '../application/shared/configuration';
import { CameraCommands, CameraService, ChangeBatcher } from '../application/cameras/camera-service';
import type { ConfigFile, ConfigFormat, ConfigFault, FaultyEntry } from '../application/shared/config-file';
import type { CamerasPort } from '../application/cameras/cameras-port';
import { ConfigHeads, ConfigPublishing } from '../application/shared/configuration-publication';
import { type Reconciled, Reconciliation } from '../application/shared/configuration-reconciliation';
import { quarantinedIn } from '../application/shared/quarantine';
import type { Log } from '../application/shared/log';
import { sharingReads } from '../application/shared/shared-reads';
import type { RevisionRepository } from '../domain/shared/config-revision';
import type { Camera } from '../domain/cameras/camera';
import type { CameraRepository } from '../domain/cameras/camera-repository';
import { DiskConfigFile } from '../infrastructure/files/disk-config-file';
import { FileWatcher } from '../infrastructure/files/file-watcher';
import { PgConfigUnitOfWork } from '../infrastructure/postgres/pg-config-unit-of-work';
import { CAMERA_STORE, PgCameras } from '../infrastructure/postgres/pg-cameras';
import { PgRevisions } from '../infrastructure/postgres/pg-revisions';
import { noneIfAbsent } from '../infrastructure/system/files';
import { YamlCamerasFormat } from '../infrastructure/yaml/yaml-cameras-format';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

const FIND_OUT_PAUSE_MS = 500;
const RECOVERY_EVERY_MS = 60_000;
const DOUBT_EVERY_MS = 2_000;

/** The configuration of the cameras, in the table and in the file. */
export interface Cameras {
  readonly repository: CameraRepository;
  /** For callers that read all cameras frequently: read from the database only after a change. */
  readonly remembered: Pick<CameraRepository, 'all'>;
  readonly revisions: RevisionRepository;
  readonly heads: ConfigHeads<Camera>;
  readonly file: ConfigFile;
  readonly filePath: string;
  readonly format: ConfigFormat;
  readonly configuration: Configuration<Camera>;
  readonly domain: CamerasPort;
  readonly operations: readonly Mounted[];
}

export function createCameras(platform: Platform, camerasFile: string): Cameras {
  const { database, clock, log, onStep, wakes, confirmRemovalMs } = platform;
  const file = new DiskConfigFile('camera', camerasFile, clock, onStep);
  const format = new YamlCamerasFormat();
  const repository = new PgCameras(database);
  const revisions = new PgRevisions(database, 'camera_config_revisions');
  const unitOfWork = new PgConfigUnitOfWork(CAMERA_STORE, database, log, onStep);
  const heads = new ConfigHeads<Camera>();
  const publishing = new ConfigPublishing(cameraKind, file, heads, clock, log, onStep);
  const confirmation = { clock, afterMs: confirmRemovalMs };
  const reconciliation = new Reconciliation(cameraKind, file, format, heads, publishing, log, onStep, confirmation);
  const outcomes = new ConfigOutcomes(cameraKind, unitOfWork, reconciliation, () => pause(FIND_OUT_PAUSE_MS));
  const configuration = new Configuration(cameraKind, unitOfWork, file, format, reconciliation, publishing, outcomes);
  const batcher = new ChangeBatcher((decide) => configuration.change(decide));
  const service = new CameraService(repository, revisions, new CameraCommands(batcher.change, clock));
  const config = new CameraConfigService(revisions, repository, file, format, heads, configuration, clock);
  return {
    repository,
    remembered: { all: wakes.remembered('cameras', () => repository.all()) },
    revisions,
    heads,
    file,
    filePath: camerasFile,
    format,
    configuration,
    domain: sharingReads(service, ['list']),
    operations: mounted(cameraConfigOperations, config),
  };
}

/** The state of the configuration at the start. */
export interface StartedCameras extends Reconciled<Camera> {
  readonly quarantined: readonly FaultyEntry[];
}

/**
 * Reconciles table and file, at every change of the file and every minute. `onTableDiffered` gets the cameras whose row
 * was written by another program.
 */
export async function startCameras(
  cameras: Cameras,
  log: Log,
  onTableDiffered: (ids: string) => Promise<void>,
  life: Lifecycle,
): Promise<StartedCameras> {
  const { configuration, format, filePath } = cameras;
  const reconciled = await configuration.reconcile();
  await warnOfReaders(filePath, log);
  const quarantined = ({ head }: Reconciled<Camera>) => (head ? quarantinedIn(head, format) : []);
  const look = reportingFaults(log, () => configuration.reconcile(), quarantined);
  look.report(reconciled);
  const watcher = new FileWatcher(filePath, look.again, log);
  await watcher.start();
  life.onStop(() => watcher.stop());
  life.every(RECOVERY_EVERY_MS, 'the recovery of the camera configuration', async () => {
    await look.again();
    await repairTable(configuration, log, onTableDiffered);
  });
  life.every(DOUBT_EVERY_MS, 'the second look at an edit that removes cameras', async () => {
    if (configuration.doubt) await look.again();
  });
  return { ...reconciled, quarantined: quarantined(reconciled) };
}

/** An existing file keeps its mode, which may have been set for a reason. */
async function warnOfReaders(camerasFile: string, log: Log): Promise<void> {
  const found = await stat(camerasFile).catch(noneIfAbsent);
  if (found && (found.mode & 0o004) !== 0)
    log.warn(
      `every user of this machine can read ${camerasFile}, which may hold passwords: chmod o-r makes it private`,
    );
}

/** The table can differ from the file only if another program wrote to it. */
async function repairTable(
  configuration: Configuration<Camera>,
  log: Log,
  onTableDiffered: (ids: string) => Promise<void>,
): Promise<void> {
  const wrong = await configuration.inspect();
  if (wrong.length === 0) return;
  const ids = wrong.map((change) => change.id).join(', ');
  log.error('the table differed from the file and was put right', { cameras: ids });
  await onTableDiffered(ids);
}

/** Logs the faults of a file and its quarantined entries once, not at every reconciliation. */
function reportingFaults(
  log: Log,
  reconcile: () => Promise<Reconciled<Camera>>,
  quarantined: (reconciled: Reconciled<Camera>) => readonly FaultyEntry[],
) {
  let lastFaults = '[]';
  let lastQuarantined = '[]';
  const reportFaults = (faults: readonly ConfigFault[]) => {
    const now = JSON.stringify(faults);
    if (now === lastFaults) return;
    lastFaults = now;
    for (const f of faults) log[f.severity === 'error' ? 'error' : 'warn'](`cameras file, ${sentence(f)}`);
    if (faults.length === 0) log.info('the cameras file is free of faults again');
  };
  const reportQuarantined = (entries: readonly FaultyEntry[]) => {
    const now = JSON.stringify(entries.map(({ id, faults }) => [id, faults]));
    if (now === lastQuarantined) return;
    lastQuarantined = now;
    for (const { id, line, column, faults } of entries)
      log.warn(
        `cameras file, line ${line}, column ${column}: ${id === undefined ? 'an entry without a usable id' : `"${id}"`} ` +
          'is quarantined: it stays in the file and is no camera until it is corrected or removed ' +
          `(${faults.map(sentence).join('; ')})`,
      );
    if (entries.length === 0) log.info('no entry of the cameras file is quarantined any more');
  };
  const report = (reconciled: Reconciled<Camera>) => {
    reportFaults(reconciled.faults);
    reportQuarantined(quarantined(reconciled));
  };
  return { report, again: async () => report(await reconcile()) };
}

const sentence = ({ line, column, path, message }: ConfigFault): string =>
  [`line ${line}, column ${column}`, path, message].filter(Boolean).join(': ');
