import { join } from 'node:path';
import { violationPictureOperations } from '../api/records/violation-picture-operations';
import { type Mounted, mounted } from '../api/http/mount';
import { ViolationCapturer, ViolationPictureService } from '../application/records/violation-pictures';
import { HOUR_MS } from '../domain/shared/time';
import { REST } from '../infrastructure/environment/scheduler';
import { DiskCaptures } from '../infrastructure/files/disk-captures';
import { PgViolations } from '../infrastructure/postgres/pg-violations';
import type { Control } from './control';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

/** Violations wake it; while pictures of one are still to come it looks again soon. */
const LOOK_EVERY_MS = 1_000;
const RESTING_MS = 10_000;
const APART_MS = 100;

/** The pictures of violations. */
export interface Captures {
  readonly capturer: ViolationCapturer;
  readonly disk: DiskCaptures;
  readonly operations: readonly Mounted[];
}

interface CaptureSettings {
  readonly dataDir: string;
  readonly capturesDir: string;
  readonly capturesDays: number;
  readonly capturesMegabytes: number;
}

export function createCaptures(
  { database, clock, log }: Platform,
  control: Control,
  settings: CaptureSettings,
): Captures {
  const { dataDir, capturesDir, capturesDays: days, capturesMegabytes: megabytes } = settings;
  const folder = capturesDir === '' ? join(dataDir, 'captures') : capturesDir;
  const disk = new DiskCaptures({ folder, days, megabytes }, control.pictures);
  const store = new PgViolations(database);
  return {
    disk,
    capturer: new ViolationCapturer(store, disk, clock, log),
    operations: mounted(violationPictureOperations, new ViolationPictureService(store, disk)),
  };
}

/** From now on keeps pictures of new violations, where the workers of the cameras are, and removes old ones. */
export function startCaptures(
  { wakes, clock, log }: Platform,
  { capturer, disk }: Captures,
  { controller }: Control,
  life: Lifecycle,
): void {
  const look = async () => (controller.controls && (await capturer.look()) ? undefined : REST);
  const pace = { apartMs: APART_MS, restMs: RESTING_MS };
  wakes.on('violations', life.every(LOOK_EVERY_MS, 'keeping pictures of violations', look, pace).wake);
  life.every(HOUR_MS, 'removing old pictures of violations', async () => {
    const removed = await disk.prune(clock());
    if (removed > 0) log.info('removed pictures of old violations', { violations: removed });
  });
}
