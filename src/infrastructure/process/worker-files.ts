import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from '../../application/camera-control/camera-previews';
import type { Worker, WorkerStatus } from '../../application/camera-control/worker-host';
import { type JsonObject, isJsonObject, parsedJson } from '../../domain/shared/json';
import { DAY_MS } from '../../domain/shared/time';
import { noneIfAbsent, openIfThere } from '../system/files';

/** Camera ids may hold any character; a separator must not lead out of the folder. */
const fileName = (id: string): string => id.replace(/[/\\\0%]/g, encodeURIComponent);

const STATE = /^(.+)\.(?:jpg|json|small)(?:\.tmp)?$/;
const LOG = /^detect_(.+?)\.log(?:\.1)?(?:\.tmp)?$/;
const LOGS_KEPT_MS = 7 * DAY_MS;

async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(noneIfAbsent);
  return found !== undefined && Date.now() - found.mtimeMs > LOGS_KEPT_MS;
}

/** The paths of a worker's files. */
export class WorkerFiles {
  constructor(
    private readonly data: string,
    private readonly logs: string,
  ) {}

  log = (id: string): string => join(this.logs, `detect_${fileName(id)}.log`);
  status = (id: string): string => join(this.data, 'status', `${fileName(id)}.json`);
  frame = (id: string): string => join(this.data, 'frames', `${fileName(id)}.jpg`);
  /** The folder of the small pictures of the last seconds. */
  smallFrames = (id: string): string => join(this.data, 'frames', `${fileName(id)}.small`);
  /** Until when workers may run; without it, for ever. */
  get lease(): string {
    return join(this.data, 'lease');
  }
  private record = (id: string): string => join(this.data, 'workers', `${fileName(id)}.json`);

  openLog(id: string): { fd: number; close(): void } {
    const fd = openSync(this.log(id), 'a', 0o600);
    return { fd, close: () => closeSync(fd) };
  }

  /** Makes the folders; before the first worker, not before the service is started. */
  private makeFolders(): void {
    for (const dir of [this.logs, ...['workers', 'status', 'frames'].map((name) => join(this.data, name))])
      mkdirSync(dir, { recursive: true });
  }

  /** Written completely or not at all: this record finds the worker again after a crash of this program. */
  remember(worker: Worker): void {
    this.makeFolders();
    const file = this.record(worker.id);
    const staged = `${file}.${randomUUID()}.tmp`;
    writeFileSync(staged, JSON.stringify(worker), { mode: 0o600 });
    renameSync(staged, file);
  }

  forget(id: string): Promise<void> {
    return rm(this.record(id), { force: true });
  }

  async remembered(): Promise<Worker[]> {
    this.makeFolders();
    const dir = join(this.data, 'workers');
    const names = await readdir(dir);
    await Promise.all(names.filter((n) => n.endsWith('.tmp')).map((n) => rm(join(dir, n), { force: true })));
    const records = names.filter((n) => n.endsWith('.json')).map((n) => readJson(join(dir, n)));
    return (await Promise.all(records)).filter(isWorker);
  }

  /** Removes the files of deleted cameras: pictures and states at once, logs after a week without a write. */
  async sweep(ids: ReadonlySet<string>): Promise<void> {
    const names = new Set([...ids].map(fileName));
    const isDeletedCamera = (name: string, pattern: RegExp) => {
      const id = pattern.exec(name)?.[1];
      return id !== undefined && !names.has(id);
    };
    for (const dir of ['frames', 'status'].map((name) => join(this.data, name)))
      for (const name of await readdir(dir))
        if (isDeletedCamera(name, STATE)) await rm(join(dir, name), { force: true, recursive: true });
    for (const name of await readdir(this.logs)) {
      const log = join(this.logs, name);
      if (isDeletedCamera(name, LOG) && (await isOld(log))) await rm(log, { force: true });
    }
  }

  /** In one step, as workers do it, but beside their own draft; the sweep removes what a crash leaves. */
  async putPicture(id: string, jpeg: Uint8Array): Promise<void> {
    this.makeFolders();
    const draft = `${join(this.data, 'frames', `${fileName(id)}.${randomUUID()}`)}.jpg.tmp`;
    await writeFile(draft, jpeg, { mode: 0o600 });
    await rename(draft, this.frame(id));
  }

  /** Content and time of the same file, though the worker may replace it at any time. */
  async readPicture(id: string): Promise<Picture | undefined> {
    const file = await openIfThere(this.frame(id));
    try {
      return file && { jpeg: await file.readFile(), takenAt: (await file.stat()).mtime };
    } finally {
      await file?.close();
    }
  }

  async readCounters(id: string): Promise<JsonObject | undefined> {
    const said = await readJson(this.status(id));
    if (!isJsonObject(said)) return undefined;
    const { frames = 0, fps, detections } = said;
    const { persons = 0, hairnets = 0, handwash = 0 } = isJsonObject(detections) ? detections : {};
    return {
      total_frames: frames,
      processed_frames: frames,
      avg_fps: fps ?? 0,
      detected_persons: persons,
      detected_hairnets: hairnets,
      detected_handwash: handwash,
    };
  }

  /** All that the worker says of itself; undefined while it says nothing. */
  async readAll(id: string): Promise<JsonObject | undefined> {
    const said = await readJson(this.status(id));
    return isJsonObject(said) ? said : undefined;
  }

  async readStatus(id: string): Promise<WorkerStatus | undefined> {
    const said = await readJson(this.status(id));
    if (!isJsonObject(said)) return undefined;
    const { frames, fps, frozen, state, reason, motion, last_frame_at: lastFrame } = said;
    return {
      frames: typeof frames === 'number' ? frames : 0,
      ...(typeof fps === 'number' && { fps }),
      ...(typeof lastFrame === 'number' && { lastFrameAt: lastFrame * 1_000 }),
      ...(typeof motion === 'boolean' && { motion }),
      frozen: frozen === true || state === 'frozen',
      refused: reason === 'auth_failed',
    };
  }
}

/** Undefined when the file does not exist, or is only half-written. */
async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(noneIfAbsent);
  return text === undefined ? undefined : parsedJson(text);
}

const isWorker = (value: unknown): value is Worker =>
  isJsonObject(value) &&
  [value.id, value.startedAt, value.token, value.fingerprint].every((text) => typeof text === 'string') &&
  Number.isSafeInteger(value.pid) &&
  Array.isArray(value.cmd) &&
  value.cmd.every((word) => typeof word === 'string');
