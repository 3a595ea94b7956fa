import type { Camera, CameraRepository } from '../../domain/cameras/camera';
import { CAMERA_RULES, checkNewSource } from '../../domain/cameras/camera-rules';
import { isMasked, unmaskField } from '../../domain/cameras/camera-secrets';
import { DomainError, Unavailable, refuseFaults } from '../../domain/shared/domain-error';
import { TokenBuckets } from '../../domain/shared/token-bucket';
import { checkValue } from '../../domain/shared/value-rules';
import { currentCall } from '../shared/call-context';
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
    if (source === '')
      throw new DomainError('camera.source_empty', `Camera "${camera.id}" has no source.`, {
        params: { id: camera.id },
      });
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

/** What a source turned out to be; null where its stream does not say. */
export interface Seen {
  readonly jpeg: Uint8Array;
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly fps: number | null;
}

export interface ProbeInput {
  readonly source: string;
  /** The camera whose stored secrets stand for the masks in the source. */
  readonly camera_id?: string;
}

/** Undefined when no picture came in time; `over` is called when nothing of the attempt runs any more. */
type Look = (source: string, withinMs: number, over: () => void) => Promise<Seen | undefined>;

const PROBE_WITHIN_MS = 10_000;
const MOST_PROBES = 2;
/** For each caller: some attempts at an address and its password at once, then one every ten seconds. */
const PROBES = { burst: 6, perSecond: 1 / 10 };
const MOST_CALLERS = 1_000;

/** Tries sources that are no camera's yet, as a worker would. */
export class CameraProbes {
  private running = 0;
  private readonly callers = new TokenBuckets(PROBES, MOST_CALLERS);

  constructor(
    private readonly cameras: Pick<CameraRepository, 'get'>,
    private readonly look: Look,
    private readonly clock: Clock,
  ) {}

  /** Throws `camera.invalid`, `camera.probe_busy`, `camera.source_failed` with a worker's reason, or `camera.source_silent`. */
  async probe(input: ProbeInput) {
    this.throttle();
    const source = await this.sourceOf(input);
    if (this.running >= MOST_PROBES)
      throw new Unavailable('camera.probe_busy', 'Other sources are being tried: try again.', 'not-started');
    this.running += 1;
    const seen = await this.look(source, PROBE_WITHIN_MS, () => (this.running -= 1));
    if (!seen)
      throw new DomainError('camera.source_silent', `The source gave no picture within ${PROBE_WITHIN_MS / 1_000} s.`, {
        params: { seconds: PROBE_WITHIN_MS / 1_000 },
      });
    const { jpeg, ...stream } = seen;
    return { ok: true as const, ...stream, picture: Buffer.from(jpeg).toString('base64') };
  }

  private async sourceOf({ source, camera_id: id }: ProbeInput): Promise<string> {
    const camera = id === undefined ? undefined : await this.cameras.get(id);
    if (id !== undefined && !camera)
      throw new DomainError('camera.not_found', `There is no camera "${id}".`, { params: { id } });
    const whole = unmaskField('source', source.trim(), camera?.fields.source);
    const masked = { path: ['source'], type: 'masked', message: 'carries *** where a secret belongs: send it in full' };
    const faults = checkValue(CAMERA_RULES, 'source', whole);
    refuseFaults('camera.invalid', faults.length > 0 ? faults : checkNewSource(whole));
    refuseFaults('camera.invalid', isMasked(whole) ? [masked] : []);
    return String(whole);
  }

  private throttle(): void {
    const call = currentCall();
    const caller = call?.actor ?? call?.client?.address ?? '';
    this.callers.takeOrRefuse(caller, this.clock().getTime(), 'sources tried');
  }
}
