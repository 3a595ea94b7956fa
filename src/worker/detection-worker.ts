import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import type { JsonObject } from '../domain/shared/json';
import type { FfmpegBuild } from '../infrastructure/ffmpeg/ffmpeg-build';
import type { FrameSink } from '../infrastructure/ffmpeg/ffmpeg-decoder';
import { errorText, pictureFile, replaceFile } from '../infrastructure/system/files';
import { type PersonSettings, type PersonStatus, PersonWatch } from './person-watch';
import { NO_MOTION, NO_PICTURE, stepMotion, stepPicture } from './picture-change';

export interface DetectionSettings {
  readonly cameraId: string;
  readonly source: string;
  readonly journal: string;
  readonly statusFile: string;
  readonly frameFile: string;
  /** Folder for the small pictures of the last seconds; undefined where nobody wants them. */
  readonly framesDir?: string;
  /** Frames per second that the camera should give; 0 when unknown. */
  readonly expectedFps: number;
}

/** @throws Error that names every variable that is missing or wrong, without its value */
export function readWorkerSettings(environment: Readonly<Record<string, string | undefined>>): DetectionSettings {
  const missing = ['CAMERA_ID', 'CAMERA_SOURCE', 'JOURNAL', 'STATUS_FILE', 'FRAME_FILE'].filter(
    (name) => !environment[name],
  );
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`);
  const { CAMERA_ID, CAMERA_SOURCE, JOURNAL, STATUS_FILE, FRAME_FILE, FRAMES_DIR, CAMERA_FPS } = environment;
  const expectedFps = Number(CAMERA_FPS || 0);
  if (!(expectedFps >= 0 && expectedFps <= 1_000)) throw new Error('CAMERA_FPS must be a number from 0 to 1000');
  return {
    cameraId: CAMERA_ID ?? '',
    source: CAMERA_SOURCE ?? '',
    journal: JOURNAL ?? '',
    statusFile: STATUS_FILE ?? '',
    frameFile: FRAME_FILE ?? '',
    ...(FRAMES_DIR ? { framesDir: FRAMES_DIR } : {}),
    expectedFps,
  };
}

export interface JournalEvent {
  readonly id: string;
  /** Seconds since 1970. */
  readonly ts: number;
  readonly type: string;
  readonly camera_id: string;
  /** The person it is about; 0: no single one. */
  readonly track_id: number;
  readonly evidence: JsonObject;
}

/** Events that many processes append to one file, one line each. */
export class WorkerJournal {
  constructor(
    private readonly file: string,
    private readonly cameraId: string,
  ) {}

  /**
   * Opened anew for each event, because the file may be rotated; written at once, so that lines do not mix. It begins
   * with a line end, in case the line before was torn: a blank line is ignored.
   */
  append(type: string, ts: number, evidence: JsonObject, track_id = 0): void {
    const event: JournalEvent = { id: randomUUID(), ts, type, camera_id: this.cameraId, track_id, evidence };
    const line = Buffer.from(`\n${JSON.stringify(event)}\n`);
    const file = openSync(this.file, 'a');
    try {
      if (writeSync(file, line) < line.length) throw new Error('the disk took only a part of the event');
    } finally {
      closeSync(file);
    }
  }
}

/** The status that the worker writes every second; times in seconds since 1970. */
export interface StatusRecord {
  readonly frames: number;
  /** Frames per second of the source, over the last five seconds; null in the first two. */
  readonly fps: number | null;
  readonly last_frame_at: number | null;
  readonly started_at: number;
  readonly state: 'running' | 'frozen';
  /** Null: not known, as nobody looks, or no model knows it. */
  readonly detections: { readonly persons: number | null; readonly hairnets: number | null; readonly handwash: number };
  /** What is known of persons; absent where they are not looked for. */
  readonly detection?: Omit<PersonStatus, 'persons' | 'hairnets' | 'handwash'>;
  readonly motion: boolean;
  /** Trouble that did not end the worker, such as a full disk. */
  readonly error: string | null;
}

const WINDOW_S = 5;
/** The first frames come in a bunch, or late: a rate over a shorter time would be a guess. */
const MEASURED_AFTER_S = 2;

/** Frames per second over the last seconds; times in seconds, of a monotonic clock. */
export class FpsMeter {
  private times: number[] = [];
  private startedAt: number | undefined;

  count(now: number): void {
    this.startedAt ??= now;
    this.times.push(now);
    this.forget(now);
  }

  /** Null while it is too early to say. */
  rate(now: number): number | null {
    if (this.startedAt === undefined || now - this.startedAt < MEASURED_AFTER_S) return null;
    this.forget(now);
    const span = Math.min(WINDOW_S, now - this.startedAt);
    return Math.round((this.times.length / span) * 100) / 100;
  }

  private forget(now: number): void {
    const firstKept = this.times.findIndex((time) => time > now - WINDOW_S);
    this.times = firstKept < 0 ? [] : this.times.slice(firstKept);
  }
}

/** Long enough for whoever keeps the moments before and after an event, and for a service that is late. */
const KEPT_MS = 15_000;
const PURGED_EVERY_MS = 2_000;

/** The small pictures of the last seconds, one file each, named by the millisecond since 1970 in which it came. */
export class SmallPictures {
  private kept: number[] = [];
  private ready = false;

  constructor(private readonly folder: string) {}

  /** Adds one; throws the error of the file system. */
  add(jpeg: Uint8Array, at: number): void {
    this.prepare();
    // A clock that was set back must not replace an earlier one.
    const last = this.kept.at(-1);
    const name = last !== undefined && at <= last && last - at < KEPT_MS ? last + 1 : at;
    // The draft is no business of those who watch the folder.
    replaceFile(this.file(name), jpeg, `${this.folder}.tmp`);
    this.kept.push(name);
    this.purge(name);
  }

  /** Adds one of a moment that is over, in the place of whichever is there. */
  insert(jpeg: Uint8Array, at: number): void {
    this.prepare();
    replaceFile(this.file(at), jpeg, `${this.folder}.tmp`);
    this.kept = [...this.kept.filter((each) => each !== at), at].toSorted((a, b) => a - b);
  }

  /** Some at once: whoever watches the folder is woken for every change of it. */
  private purge(now: number): void {
    const isOlderThan = (ms: number) => (each: number) => Math.abs(now - each) > ms;
    if (!this.kept.some(isOlderThan(KEPT_MS + PURGED_EVERY_MS))) return;
    const isOld = isOlderThan(KEPT_MS);
    for (const each of this.kept.filter(isOld)) rmSync(this.file(each), { force: true });
    this.kept = this.kept.filter((each) => !isOld(each));
  }

  /** What an earlier worker left is of a moment that is over. */
  private prepare(): void {
    if (this.ready) return;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.folder)) rmSync(`${this.folder}/${name}`, { force: true });
    this.ready = true;
  }

  private readonly file = (at: number): string => `${this.folder}/${pictureFile(at)}`;
}

/** Interval of log lines. */
const REPORT_EVERY_S = 60;
const round = (value: number): number => Math.round(value * 1_000) / 1_000;
const wallClock = (): number => round(Date.now() / 1_000);
const steadyClock = (): number => performance.now() / 1_000;

/** Analyses the frames of one camera and writes the results to its three files. */
export class DetectionWorker implements FrameSink {
  private readonly startedAt = wallClock();
  private readonly meter = new FpsMeter();
  private readonly journal: WorkerJournal;
  private readonly pictures: SmallPictures | undefined;
  private readonly troubles = new Map<string, string>();
  private frames = 0;
  /** Frames in the detection reports so far. */
  private reported = 0;
  private lastFrameAt: number | null = null;
  private reportedAt = -Infinity;
  private motion = NO_MOTION;
  private picture = NO_PICTURE;
  private persons: PersonWatch | undefined;

  constructor(
    private readonly settings: DetectionSettings,
    private readonly say: (line: string) => void,
  ) {
    this.journal = new WorkerJournal(settings.journal, settings.cameraId);
    this.pictures = settings.framesDir === undefined ? undefined : new SmallPictures(settings.framesDir);
  }

  gray(frame: Uint8Array): void {
    const now = steadyClock();
    this.frames += 1;
    this.lastFrameAt = wallClock();
    this.meter.count(now);
    this.lookForMotion(frame, now);
    this.lookForFrozen(frame, now);
    // Written at once, so that a caller that waits for the camera need not wait for the next second.
    if (this.frames === 1) this.writeStatus();
    if (now - this.reportedAt >= REPORT_EVERY_S) this.report(now);
  }

  jpeg(picture: Uint8Array): void {
    this.attempt('FRAME_FILE', () => replaceFile(this.settings.frameFile, picture));
  }

  small(picture: Uint8Array): void {
    this.attempt('FRAMES_DIR', () => this.pictures?.add(picture, Date.now()));
  }

  look(rgb: Uint8Array, at?: number): void {
    this.persons?.offer(rgb, at);
  }

  /** From now on persons are looked for, too. */
  lookFor(settings: PersonSettings, build: () => Promise<FfmpegBuild>): void {
    this.persons = new PersonWatch(settings, build, {
      event: (type, at, trackId, evidence) => {
        this.attempt('JOURNAL', () => this.journal.append(type, round(at), evidence, trackId));
        this.say(`${type} ${JSON.stringify(evidence)}`);
      },
      picture: (jpeg, atMs) => this.attempt('FRAMES_DIR', () => this.pictures?.insert(jpeg, atMs)),
      say: this.say,
    });
  }

  writeStatus(): void {
    this.attempt('STATUS_FILE', () => replaceFile(this.settings.statusFile, JSON.stringify(this.status())));
  }

  private status(): StatusRecord {
    const [trouble] = this.troubles.values();
    const { persons = 0, hairnets = 0, handwash = 0, ...detection } = this.persons?.status() ?? {};
    return {
      frames: this.frames,
      fps: this.meter.rate(steadyClock()),
      last_frame_at: this.lastFrameAt,
      started_at: this.startedAt,
      state: this.picture.frozen ? 'frozen' : 'running',
      detections: { persons, hairnets, handwash },
      ...('looks' in detection ? { detection } : {}),
      motion: this.motion.active,
      error: trouble ?? null,
    };
  }

  private lookForMotion(frame: Uint8Array, now: number): void {
    const { motion, happened } = stepMotion(this.motion, frame, now);
    this.motion = motion;
    if (happened === 'motion_started') this.record(happened, { changed: round(motion.peak) });
    if (happened === 'motion_ended')
      this.record(happened, { seconds: round(motion.movedAt - motion.startedAt), changed: round(motion.peak) });
  }

  private lookForFrozen(frame: Uint8Array, now: number): void {
    const { anchoredAt } = this.picture;
    const { picture, happened } = stepPicture(this.picture, frame, now, this.settings.expectedFps);
    this.picture = picture;
    if (happened) this.record(happened, { seconds: round(now - anchoredAt) });
  }

  private record(type: string, evidence: JsonObject): void {
    this.attempt('JOURNAL', () => this.journal.append(type, wallClock(), evidence));
    this.say(`${type} ${JSON.stringify(evidence)}`);
  }

  private report(now: number): void {
    this.reportedAt = now;
    if (this.frames === 1) return this.say('the first frame is here');
    const fps = this.meter.rate(now);
    this.say(`${this.frames} frames, ${fps} per second`);
    const report = { frames: this.frames - this.reported, frame_number: this.frames, ...(fps === null ? {} : { fps }) };
    const more = this.persons?.report() ?? {};
    this.reported = this.frames;
    this.attempt('JOURNAL', () => this.journal.append('detection', wallClock(), { ...report, ...more }));
  }

  /** A full disk must not end the detection: it is reported in the status, and once in the log. */
  private attempt(what: string, write: () => void): void {
    try {
      write();
      this.troubles.delete(what);
    } catch (error) {
      const trouble = `${what}: ${errorText(error)}`;
      if (this.troubles.get(what) !== trouble) this.say(trouble);
      this.troubles.set(what, trouble);
    }
  }
}
