import { type FSWatcher, closeSync, fstatSync, openSync, readSync, readdirSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Picture } from '../../application/camera-control/camera-previews';
import { noneIfAbsent, pictureFile, pictureTime, pictureTimes } from '../system/files';

/** A worker that was not there may begin: its folder is looked for this often. */
const LOOK_EVERY_MS = 1_000;
/** A folder that tells of nothing for so long may have been replaced by another of its name. */
const SILENT_MS = 3_000;
/** Pictures of so long are told of together: each time that this process is woken costs more than a picture. */
const GATHERED_MS = 30;

/** A JPEG, and when it was taken in milliseconds since 1970. */
export interface TilePicture {
  readonly jpeg: Uint8Array;
  readonly takenAt: number;
}

/** The files of workers, as far as their pictures are concerned. */
interface PictureFiles {
  /** The folder of the small pictures of the last seconds. */
  smallFrames(cameraId: string): string;
  readPicture(cameraId: string): Promise<Picture | undefined>;
}

/** One camera that somebody looks at. */
interface Followed {
  readonly listeners: Set<() => void>;
  readonly looking: NodeJS.Timeout;
  watcher: FSWatcher | undefined;
  heardAt: number;
  /** When the newest picture came. */
  newest: number;
  readonly bytes: FileBytes;
  /** Kept for the next one who looks. */
  read: TilePicture | undefined;
}

/** Tells whoever looks at a camera of its new pictures; each is read once, however many look. */
export class LivePictures {
  private readonly cameras = new Map<string, Followed>();
  private readonly changed = new Set<Followed>();
  private telling: NodeJS.Timeout | undefined;

  constructor(private readonly files: PictureFiles) {}

  /** Calls whenever a camera has a new small picture; answers a function that ends it. */
  follow(id: string, onPicture: () => void): () => void {
    const camera = this.cameras.get(id) ?? this.begin(id);
    camera.listeners.add(onPicture);
    return () => {
      camera.listeners.delete(onPicture);
      if (camera.listeners.size === 0) this.end(id, camera);
    };
  }

  /**
   * The newest small one of a camera that is followed, read at once; undefined while there is none.
   * Its bytes stay as they are until a newer one is asked for.
   */
  newest(id: string): TilePicture | undefined {
    const camera = this.cameras.get(id);
    if (!camera || camera.newest === 0 || camera.read?.takenAt === camera.newest) return camera?.read;
    const jpeg = camera.bytes.of(this.file(id, camera.newest));
    camera.read = jpeg && { jpeg, takenAt: camera.newest };
    return camera.read;
  }

  /** The newest small one of any camera; undefined while there is none. */
  async last(id: string): Promise<TilePicture | undefined> {
    const at = (await this.all(id)).at(-1);
    if (at === undefined) return undefined;
    return readFile(this.file(id, at)).then((jpeg) => ({ jpeg, takenAt: at }), noneIfAbsent);
  }

  /** The whole one; undefined while there is none. */
  async whole(id: string): Promise<TilePicture | undefined> {
    const whole = await this.files.readPicture(id);
    return whole && { jpeg: whole.jpeg, takenAt: whole.takenAt.getTime() };
  }

  /** The small pictures that are there, by the millisecond in which they came, oldest first. */
  all(id: string): Promise<readonly number[]> {
    return pictureTimes(this.files.smallFrames(id));
  }

  /** The file of one of them. */
  file(id: string, at: number): string {
    return join(this.files.smallFrames(id), pictureFile(at));
  }

  close(): void {
    clearTimeout(this.telling);
    for (const [id, camera] of this.cameras) this.end(id, camera);
  }

  private begin(id: string): Followed {
    const camera: Followed = {
      listeners: new Set(),
      looking: setInterval(() => this.lookAt(id, camera), LOOK_EVERY_MS),
      watcher: undefined,
      heardAt: 0,
      newest: 0,
      bytes: new FileBytes(),
      read: undefined,
    };
    this.cameras.set(id, camera);
    this.lookAt(id, camera);
    return camera;
  }

  private end(id: string, camera: Followed): void {
    clearInterval(camera.looking);
    camera.watcher?.close();
    this.cameras.delete(id);
  }

  /** A worker that was started makes its folder; one that is gone takes it along, which ends the watch. */
  private lookAt(id: string, camera: Followed): void {
    if (camera.watcher && performance.now() - camera.heardAt < SILENT_MS) return;
    camera.watcher?.close();
    camera.newest = 0;
    camera.heardAt = performance.now();
    const folder = this.files.smallFrames(id);
    try {
      const watcher = watch(folder, { persistent: false });
      camera.watcher = watcher;
      const over = () => {
        watcher.close();
        if (camera.watcher === watcher) camera.watcher = undefined;
      };
      watcher.on('error', over);
      watcher.on('change', (_kind, name) => this.seen(camera, String(name)));
      for (const name of readdirSync(folder)) this.seen(camera, name);
    } catch (error) {
      camera.watcher = undefined;
      noneIfAbsent(error);
    }
  }

  private seen(camera: Followed, name: string): void {
    const at = pictureTime(name);
    // Old ones that are removed are announced in the same way.
    if (at === undefined || at <= camera.newest) return;
    camera.heardAt = performance.now();
    camera.newest = at;
    this.changed.add(camera);
    this.telling ??= setTimeout(() => this.tell(), GATHERED_MS);
  }

  private tell(): void {
    this.telling = undefined;
    const changed = [...this.changed];
    this.changed.clear();
    for (const { listeners } of changed) for (const tell of listeners) tell();
  }
}

/**
 * Reads small files, one after the other, into the same memory. At once: a picture of a moment ago is in the memory of
 * the system, from where it comes in a tenth of what the ways to another thread and back take, and this is done for
 * each picture of a wall.
 */
class FileBytes {
  private bytes = Buffer.alloc(0);

  /** Undefined when there is no such file; good until the next call. */
  of(file: string): Uint8Array | undefined {
    try {
      const handle = openSync(file, 'r');
      try {
        const { size } = fstatSync(handle);
        if (this.bytes.length < size) this.bytes = Buffer.allocUnsafe(size * 2);
        return this.bytes.subarray(0, readSync(handle, this.bytes, 0, size, 0));
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      return noneIfAbsent(error);
    }
  }
}
