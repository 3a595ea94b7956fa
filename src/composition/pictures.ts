import { join } from 'node:path';
import { videoOperations } from '../api/camera-control/video-operations';
import { type Mounted, mounted } from '../api/http/mount';
import type { VideoPush } from '../api/http/video-push';
import { violationPictureOperations } from '../api/records/violation-queue-operations';
import type { Picture } from '../application/camera-control/camera-previews';
import { VideoStream, type VideoViewer } from '../application/camera-control/video-stream';
import { ViolationCapturer, ViolationPictureService } from '../application/records/violation-pictures';
import { HOUR_MS } from '../domain/shared/time';
import { REST } from '../infrastructure/environment/scheduler';
import { LiveVideos } from '../infrastructure/ffmpeg/live-video';
import { DiskCaptures } from '../infrastructure/files/disk-captures';
import type { LiveSockets } from '../infrastructure/notify/live-sockets';
import { LIVE_VIDEO_PATH, VIDEO_PATH, liveVideoSockets, videoSockets } from '../infrastructure/notify/video-sockets';
import { PgViolations } from '../infrastructure/postgres/pg-violations';
import type { Cameras } from './cameras';
import type { Control } from './control';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

/** Violations wake it; while pictures of one are still to come it looks again soon. */
const CAPTURE_EVERY_MS = 1_000;
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
  wakes.on('violations', life.every(CAPTURE_EVERY_MS, 'keeping pictures of violations', look, pace).wake);
  life.every(HOUR_MS, 'removing old pictures of violations', async () => {
    const removed = await disk.prune(clock());
    if (removed > 0) log.info('removed pictures of old violations', { violations: removed });
  });
}

/** A worker writes a new picture at most five times a second. */
const LOOK_EVERY_MS = 200;

/** The pictures of cameras for those who watch, and from detectors that send them. */
export interface Video {
  readonly stream: VideoStream;
  readonly live: LiveVideos;
  /** Begins to show the video of a camera. */
  readonly watch: (cameraId: string, viewer: VideoViewer) => Promise<() => void>;
  readonly push: VideoPush;
  readonly operations: readonly Mounted[];
}

export function createVideo(
  { log }: Platform,
  { repository }: Pick<Cameras, 'repository'>,
  { host, grabber, pictures }: Pick<Control, 'host' | 'grabber' | 'pictures'>,
  token: string,
): Video {
  const shelf = {
    newest: (id: string) => newestOf(id, host, pictures),
    put: (id: string, jpeg: Uint8Array) => host.putPicture(id, jpeg),
  };
  const isCamera = async (id: string) => (await repository.get(id)) !== undefined;
  const stream = new VideoStream(shelf, isCamera, () => performance.now(), log);
  const live = new LiveVideos(() => grabber.build(), log);
  const watch = async (id: string, viewer: VideoViewer) => {
    const camera = await repository.get(id);
    if (camera) return live.watch(id, camera.settings.source, viewer);
    viewer.end('unknown', `There is no camera "${id}".`);
    return () => undefined;
  };
  return {
    stream,
    live,
    watch,
    push: { token, take: (id, jpeg) => stream.push(id, jpeg) },
    operations: mounted(videoOperations, stream),
  };
}

/** The small picture, five a second, or the large one where a detector sends only that. */
async function newestOf(
  id: string,
  host: Control['host'],
  pictures: Control['pictures'],
): Promise<Picture | undefined> {
  const [small, large] = await Promise.all([pictures.last(id), host.picture(id)]);
  return small && (!large || small.takenAt > large.takenAt.getTime())
    ? { jpeg: small.jpeg, takenAt: new Date(small.takenAt) }
    : large;
}

/** Sockets of the pictures, beside the others. */
export function startVideo(
  { log }: Platform,
  { stream, live, watch }: Video,
  sockets: LiveSockets,
  life: Lifecycle,
): void {
  sockets.serveBelow(VIDEO_PATH, videoSockets(stream));
  sockets.serveBelow(LIVE_VIDEO_PATH, liveVideoSockets(watch, log));
  life.onStop(async () => live.closeAll());
  life.every(LOOK_EVERY_MS, 'sending pictures to those who watch', () => stream.look());
}
