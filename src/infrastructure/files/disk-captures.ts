import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureStore, Moment } from '../../application/records/violation-pictures';
import { DAY_MS } from '../../domain/shared/time';
import { diskSpace, errorCode, hasCode, noneIfAbsent, pictureFile, pictureTimes } from '../system/files';

/** Below this the disk is left to what must not be lost. */
const LEAST_FREE_PERCENT = 3;
const SPACE_KNOWN_MS = 5_000;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** The small pictures that the workers have at present. */
interface WorkerPictures {
  all(cameraId: string): Promise<readonly number[]>;
  file(cameraId: string, takenAt: number): string;
}

export interface CaptureLimits {
  readonly folder: string;
  readonly days: number;
  readonly megabytes: number;
}

/**
 * Pictures of violations in a folder for each day and violation. A picture is a second name of the worker's own file,
 * so keeping it writes nothing; on another disk it is a copy.
 */
export class DiskCaptures implements CaptureStore {
  private space = { at: Number.NEGATIVE_INFINITY, freePercent: 100 };

  constructor(
    private readonly limits: CaptureLimits,
    private readonly workers: WorkerPictures,
  ) {}

  async keep(moment: Moment, aroundMs: number): Promise<number> {
    const at = moment.at.getTime();
    const there = (await this.workers.all(moment.cameraId)).filter((time) => Math.abs(time - at) <= aroundMs);
    if (there.length === 0) return 0;
    await this.refuseFullDisk();
    const folder = this.folderOf(moment);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const time of there) await keepFile(this.workers.file(moment.cameraId, time), join(folder, pictureFile(time)));
    return (await this.times(moment)).length;
  }

  times(moment: Moment): Promise<readonly number[]> {
    return pictureTimes(this.folderOf(moment));
  }

  read(moment: Moment, takenAt: number): Promise<Uint8Array | undefined> {
    return readFile(join(this.folderOf(moment), pictureFile(takenAt))).catch(noneIfAbsent);
  }

  pathOf(moment: Moment): string {
    return `captures/${dayOf(moment.at)}/${moment.violationId}`;
  }

  /** Removes what is older than its days, and then the oldest until the rest fits. Answers the violations removed. */
  async prune(now: Date): Promise<number> {
    const { folder, days, megabytes } = this.limits;
    const all = ((await readdir(folder).catch(noneIfAbsent)) ?? []).filter((name) => DAY.test(name)).sort();
    const oldest = dayOf(new Date(now.getTime() - days * DAY_MS));
    let removed = 0;
    for (const day of all.filter((name) => name < oldest)) removed += await this.removeDay(day);
    let left = megabytes * 1_000_000;
    // From the newest backwards: what no longer fits goes, with everything before it.
    for (const day of all.filter((name) => name >= oldest).reverse()) {
      if (left <= 0) removed += await this.removeDay(day);
      else [left, removed] = await this.shrinkDay(day, left, removed);
    }
    return removed;
  }

  private async shrinkDay(day: string, room: number, removedBefore: number): Promise<[number, number]> {
    let [left, removed] = [room, removedBefore];
    const ids = (await readdir(join(this.limits.folder, day))).sort((a, b) => Number(b) - Number(a));
    for (const id of ids) {
      const folder = join(this.limits.folder, day, id);
      left -= await bytesOf(folder);
      if (left > 0) continue;
      await rm(folder, { recursive: true, force: true });
      removed += 1;
    }
    return [left, removed];
  }

  private async removeDay(day: string): Promise<number> {
    const folder = join(this.limits.folder, day);
    const { length } = await readdir(folder);
    await rm(folder, { recursive: true, force: true });
    return length;
  }

  private async refuseFullDisk(): Promise<void> {
    const now = performance.now();
    if (now - this.space.at > SPACE_KNOWN_MS) {
      await mkdir(this.limits.folder, { recursive: true, mode: 0o700 });
      this.space = { at: now, freePercent: (await diskSpace(this.limits.folder)).freePercent };
    }
    const { freePercent } = this.space;
    if (freePercent < LEAST_FREE_PERCENT)
      throw new Error(`only ${freePercent} % of the disk of CAPTURES_DIR are free: make room, or name another folder`);
  }

  private folderOf({ at, violationId }: Moment): string {
    return join(this.limits.folder, dayOf(at), String(violationId));
  }
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** A worker may remove its name of the file meanwhile: then it is gone. */
async function keepFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOENT')) return;
    if (!['EXDEV', 'EPERM', 'ENOTSUP'].includes(errorCode(error))) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL).catch((failed: unknown) => {
      if (!hasCode(failed, 'EEXIST', 'ENOENT')) throw failed;
    });
  }
}

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name)).catch(noneIfAbsent))?.size ?? 0;
  return bytes;
}
