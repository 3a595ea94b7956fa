import { type FSWatcher, readFile, watch } from 'node:fs';
import { join } from 'node:path';
import type { Picture } from '../../application/camera-control/camera-previews';
import { noneIfAbsent, pictureFile, pictureTime, pictureTimes } from '../system/files';

/** A worker that was not there may begin: its folder is looked for this often. */
const LOOK_EVERY_MS = 1_000;
/** A folder that tells of nothing for so long may have been replaced by another of its name. */
const SILENT_MS = 3_000;

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
  read: { readonly at: number; readonly picture: Promise<TilePicture | undefined> } | undefined;
}

/** Tells whoever looks at a camera of its new pictures; each is read once, however many look. */
export class LivePictures {
  private readonly cameras = new Map<string, Followed>();

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

  /** The small or the whole one; undefined while there is none. */
  async newest(id: string, wide: boolean): Promise<TilePicture | undefined> {
    if (wide) {
      const whole = await this.files.readPicture(id);
      return whole && { jpeg: whole.jpeg, takenAt: whole.takenAt.getTime() };
    }
    const camera = this.cameras.get(id);
    const at = camera?.newest || (await this.all(id)).at(-1);
    if (at === undefined) return undefined;
    if (camera?.read?.at === at) return camera.read.picture;
    const picture = bytesOf(this.file(id, at)).then((jpeg) => ({ jpeg, takenAt: at }), noneIfAbsent);
    if (camera) camera.read = { at, picture };
    return picture;
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
    for (const [id, camera] of this.cameras) this.end(id, camera);
  }

  private begin(id: string): Followed {
    const camera: Followed = {
      listeners: new Set(),
      looking: setInterval(() => this.lookAt(id, camera), LOOK_EVERY_MS),
      watcher: undefined,
      heardAt: 0,
      newest: 0,
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
    try {
      const watcher = watch(this.files.smallFrames(id), { persistent: false });
      camera.watcher = watcher;
      const over = () => {
        watcher.close();
        if (camera.watcher === watcher) camera.watcher = undefined;
      };
      watcher.on('error', over);
      watcher.on('change', (_kind, name) => this.seen(camera, String(name)));
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
    for (const tell of camera.listeners) tell();
  }
}

/** The function with a callback takes half the time of the one with a promise, and this is done for each picture. */
const bytesOf = (file: string): Promise<Buffer> =>
  new Promise((resolve, reject) => readFile(file, (error, bytes) => (error ? reject(error) : resolve(bytes))));
