import { Configuration, ConfigOutcomes } from '../../src/application/shared/configuration';
import { ConfigPlans } from '../../src/application/shared/configuration-plans';
import { cameraKind } from '../../src/application/cameras/camera-kind';
import { CameraCommands, CameraService } from '../../src/application/cameras/camera-service';
import { ConfigHeads, ConfigPublishing, type ConfigStep } from '../../src/application/shared/configuration-publication';
import { Reconciliation } from '../../src/application/shared/configuration-reconciliation';
import type { Camera } from '../../src/domain/cameras/camera';
import { YamlCamerasFormat } from '../../src/infrastructure/yaml/yaml-cameras-format';
import { InMemoryCameras } from './in-memory-cameras';
import { ConfigRows, InMemoryConfigUnitOfWork, InMemoryRevisions } from './in-memory-configuration';
import { InMemoryConfigFile } from './in-memory-config-file';
import { Outage } from './outage';
import { rememberingLog } from './quiet-log';

/** How long an edit that removes many cameras is waited with. */
export const CONFIRM_MS = 30_000;

export const CAMERAS = `cameras:
  - {id: a, name: A, source: "0"} # by the door
  - {id: b, name: B, source: "rtsp://u:geheim@h/x", active: false}
`;

/** The cameras of a site, table and file, without a database and without a disk. */
export function cameraSiteInMemory(text: string | undefined = CAMERAS) {
  const time = { now: new Date('2030-01-01T00:00:00Z') };
  const clock = () => time.now;
  const [rows, outage, log] = [new ConfigRows<Camera>(), new Outage(), rememberingLog()];
  const fault: { at?: ConfigStep } = {};
  const onStep = (step: ConfigStep) => {
    if (fault.at !== step) return;
    delete fault.at;
    throw new Error(`died at ${step}`);
  };
  const [file, format, heads] = [
    new InMemoryConfigFile(text, clock),
    new YamlCamerasFormat(),
    new ConfigHeads<Camera>(),
  ];
  const memory = new InMemoryConfigUnitOfWork(rows);
  const unit = outage.over(memory);
  const cameras = outage.over(new InMemoryCameras(rows));
  const revisions = outage.over(new InMemoryRevisions(rows));
  const publishing = new ConfigPublishing(cameraKind, file, heads, clock, log, onStep);
  const confirmation = { clock, afterMs: CONFIRM_MS };
  const settling = new Reconciliation(cameraKind, file, format, heads, publishing, log, onStep, confirmation);
  const outcomes = new ConfigOutcomes(cameraKind, unit, settling, () => Promise.resolve());
  const plans = new ConfigPlans(cameraKind, format, settling);
  const configuration = new Configuration(cameraKind, unit, file, plans, settling, publishing, outcomes);
  const commands = new CameraCommands((decide) => configuration.change(decide), clock, revisions);
  const service = new CameraService(cameras, revisions, commands);
  return {
    /** Lets a while pass. */
    pass: (ms: number) => void (time.now = new Date(time.now.getTime() + ms)),
    /** What becomes of the next COMMIT whose answer is lost. */
    loseCommit: (as: 'stored' | 'not stored') => void (memory.lostCommit = as),
    /** At which step the next change dies. */
    failAt: (step: ConfigStep) => void (fault.at = step),
    ids: () => rows.entries.map(({ id }) => id),
    clock,
    rows,
    outage,
    log,
    file,
    format,
    heads,
    unit,
    cameras,
    revisions,
    configuration,
    commands,
    service,
  };
}
