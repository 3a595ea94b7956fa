import type { Camera } from '../../domain/cameras/camera';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import type { Clock } from '../shared/log';
import { Media } from '../shared/media';

export interface Picture {
  readonly jpeg: Uint8Array;
  readonly takenAt: Date;
}

export interface PictureSources {
  /** The last picture of a camera's worker, however old; undefined when it never had one. */
  readonly newest: (cameraId: string) => Promise<Picture | undefined>;
  /**
   * One JPEG straight from a source; undefined when none came within these milliseconds. Rejects with the reason when
   * none can come.
   */
  readonly grab: (source: string, withinMs: number) => Promise<Uint8Array | undefined>;
}

/** A worker writes a new picture every second, so an older one is not of the present. */
const PRESENT_MS = 2_000;
/** Many cameras send a whole picture only every other second, after a slow login. */
const GRAB_WITHIN_MS = 4_000;
/** The most connections to cameras at once, and the most callers that wait for one; each connection is an ffmpeg. */
const MOST_GRABS = 8;
const MOST_WAITING = 64;
/** A camera that gets a wrong password too often locks out all logins. */
const REFUSED_FOR_MS = 60_000;

/** Pictures of the present moment. Concurrent requests for one camera share one connection to it. */
export class CameraPreviews {
  private readonly grabs = new Map<string, Promise<Uint8Array | undefined>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private readonly refusals = new Map<string, { readonly error: DomainError; readonly until: number }>();

  constructor(
    private readonly from: PictureSources,
    private readonly clock: Clock,
  ) {}

  /** Throws `camera.source_empty`, `camera.source_failed`, or `camera.source_silent` when no picture came in time. */
  async show(camera: Camera): Promise<Media> {
    const { source } = camera.settings;
    if (source === '') throw new DomainError('camera.source_empty', `Camera "${camera.id}" has no source.`);
    const age = await this.fromWorker(camera);
    if (age.picture && age.ms < PRESENT_MS) return answer(age.picture, age.ms);
    const jpeg = await this.grab(camera.id, source);
    if (jpeg) return answer(jpeg, 0);
    throw silent(camera.id, age.ms);
  }

  /** A picture from before the last change of the camera may be one of another source. */
  private async fromWorker(camera: Camera): Promise<{ picture?: Uint8Array; ms: number }> {
    const newest = await this.from.newest(camera.id);
    if (!newest || newest.takenAt < camera.updatedAt) return { ms: Infinity };
    return { picture: newest.jpeg, ms: Math.max(0, this.clock().getTime() - newest.takenAt.getTime()) };
  }

  private grab(id: string, source: string): Promise<Uint8Array | undefined> {
    const key = `${id} ${source}`;
    const grab = this.grabs.get(key) ?? this.fromCamera(key, source).finally(() => this.grabs.delete(key));
    this.grabs.set(key, grab);
    return grab;
  }

  private async fromCamera(key: string, source: string): Promise<Uint8Array | undefined> {
    const refusal = this.refusals.get(key);
    if (refusal && this.clock().getTime() < refusal.until) throw refusal.error;
    this.refusals.delete(key);
    await this.turn();
    try {
      return await this.from.grab(source, GRAB_WITHIN_MS);
    } catch (error) {
      if (error instanceof DomainError && error.details.extra?.reason === 'auth_failed')
        this.refusals.set(key, { error, until: this.clock().getTime() + REFUSED_FOR_MS });
      throw error;
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Throws `camera.preview_busy` when too many wait already. */
  private async turn(): Promise<void> {
    if (this.running >= MOST_GRABS) {
      if (this.waiting.length >= MOST_WAITING)
        throw new Unavailable('camera.preview_busy', 'Too many previews at once: try again.', 'not-started');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running += 1;
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

const answer = (jpeg: Uint8Array, ageMs: number): Media =>
  new Media('image/jpeg', jpeg, { 'cache-control': 'no-store', 'x-frame-age': seconds(ageMs) });

function silent(id: string, lastMs: number): DomainError {
  const headers: Record<string, string> = Number.isFinite(lastMs) ? { 'x-last-frame-age': seconds(lastMs) } : {};
  const message = `Camera "${id}" gave no picture within ${GRAB_WITHIN_MS / 1_000} s.`;
  return new DomainError('camera.source_silent', message, { headers });
}
