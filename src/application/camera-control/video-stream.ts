import { DomainError } from '../../domain/shared/domain-error';
import type { Log } from '../shared/log';
import type { Picture } from './camera-previews';

/** Somebody who watches the video of one camera. */
export interface VideoViewer {
  /** The codec for a player, and the beginning of the file. */
  begin(codec: string, init: Buffer): void;
  /** A part that follows what was sent before; a key part may also follow a gap. */
  part(bytes: Buffer, isKey: boolean): void;
  /** There is no video, or no more: why, and in words for people. */
  end(reason: string, detail: string): void;
}

/** Where the newest picture of each camera lies, whoever took it. */
export interface PictureShelf {
  newest(cameraId: string): Promise<Picture | undefined>;
  put(cameraId: string, jpeg: Uint8Array): Promise<void>;
}

/** One viewer of one camera. */
export interface Viewer {
  /** `sent` is called when the picture has left, and never if the connection ends before. */
  send(jpeg: Uint8Array, sent: () => void): void;
  end(): void;
}

interface Watching {
  readonly viewer: Viewer;
  /** When the newest picture was taken that it was given. */
  takenAt: number;
  /** Since when a picture is on its way; 0: none is. */
  since: number;
  /** The newest picture that waits behind it; an older one is dropped. */
  next?: Uint8Array;
}

interface Watched {
  readonly viewers: Set<Watching>;
  looking: boolean;
}

/** A viewer that takes nothing for so long is gone or blocked. */
const STUCK_MS = 30_000;
const LEAST_JPEG = 4;

/**
 * The newest picture of a camera, to everybody who watches it. Each viewer has at most one picture on its way and one
 * waiting, so that a slow one neither fills the memory nor holds others up; a camera that nobody watches costs nothing.
 */
export class VideoStream {
  private readonly watched = new Map<string, Watched>();
  private sent = 0;
  private dropped = 0;
  private received = 0;

  constructor(
    private readonly shelf: PictureShelf,
    private readonly isCamera: (id: string) => Promise<boolean>,
    private readonly now: () => number,
    private readonly log: Log,
  ) {}

  /** The newest picture comes at once, then every new one; answers how to leave. */
  join(cameraId: string, viewer: Viewer): () => void {
    const watched = this.watched.get(cameraId) ?? { viewers: new Set(), looking: false };
    const watching: Watching = { viewer, takenAt: 0, since: 0 };
    watched.viewers.add(watching);
    this.watched.set(cameraId, watched);
    void this.lookAt(cameraId, watched.viewers);
    return () => {
      watched.viewers.delete(watching);
      if (watched.viewers.size === 0) this.watched.delete(cameraId);
    };
  }

  /** Sends what is new, and ends viewers that are stuck. */
  async look(): Promise<void> {
    const now = this.now();
    for (const { viewers } of this.watched.values())
      for (const { viewer, since } of viewers) if (since > 0 && now - since > STUCK_MS) viewer.end();
    const due = [...this.watched].filter(([, { looking }]) => !looking);
    await Promise.all(
      due.map(async ([id, watched]) => {
        watched.looking = true;
        await this.lookAt(id, watched.viewers);
        watched.looking = false;
      }),
    );
  }

  /** A picture that a detector sends itself. Throws `video.not_a_jpeg` and `camera.not_found`. */
  async push(cameraId: string, jpeg: Uint8Array): Promise<{ ok: true; camera_id: string; size: number }> {
    if (!isJpeg(jpeg)) throw new DomainError('video.not_a_jpeg', 'The body must be one whole JPEG picture.');
    if (!(await this.isCamera(cameraId)))
      throw new DomainError('camera.not_found', `There is no camera "${cameraId}".`, { params: { id: cameraId } });
    await this.shelf.put(cameraId, jpeg);
    this.received += 1;
    const watched = this.watched.get(cameraId);
    if (watched) await this.lookAt(cameraId, watched.viewers);
    return { ok: true, camera_id: cameraId, size: jpeg.length };
  }

  async stats(_: object) {
    const cameras = [...this.watched].map(([id, { viewers }]) => [id, viewers.size] as const);
    return {
      total_connections: cameras.reduce((sum, [, n]) => sum + n, 0),
      active_cameras: cameras.length,
      frames_sent: this.sent,
      frames_dropped: this.dropped,
      frames_received: this.received,
      active_cameras_detail: Object.fromEntries(cameras),
    };
  }

  async status({ camera_id }: { readonly camera_id: string }) {
    const clients = this.watched.get(camera_id)?.viewers.size ?? 0;
    return { camera_id, has_clients: clients > 0, client_count: clients };
  }

  /** Gives every viewer the newest picture that it was not given yet. Never rejects. */
  private async lookAt(id: string, viewers: ReadonlySet<Watching>): Promise<void> {
    try {
      const picture = await this.shelf.newest(id);
      if (!picture) return;
      const takenAt = picture.takenAt.getTime();
      for (const watching of viewers) {
        if (takenAt <= watching.takenAt) continue;
        watching.takenAt = takenAt;
        this.offer(watching, picture.jpeg);
      }
    } catch (error) {
      this.log.debug('a picture of a camera could not be read', { camera: id, error });
    }
  }

  private offer(watching: Watching, jpeg: Uint8Array): void {
    if (watching.since > 0) {
      if (watching.next) this.dropped += 1;
      watching.next = jpeg;
      return;
    }
    watching.since = this.now();
    watching.viewer.send(jpeg, () => {
      this.sent += 1;
      watching.since = 0;
      const { next } = watching;
      delete watching.next;
      if (next) this.offer(watching, next);
    });
  }
}

/** Starts and ends as a JPEG does; what is between is for the viewer's decoder. */
const isJpeg = (bytes: Uint8Array): boolean =>
  bytes.length >= LEAST_JPEG &&
  bytes[0] === 0xff &&
  bytes[1] === 0xd8 &&
  bytes[2] === 0xff &&
  bytes.at(-2) === 0xff &&
  bytes.at(-1) === 0xd9;
