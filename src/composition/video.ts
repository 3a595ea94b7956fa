import { videoOperations } from '../api/camera-control/video-operations';
import { type Mounted, mounted } from '../api/http/mount';
import type { VideoPush } from '../api/http/video-push';
import { VideoStream } from '../application/camera-control/video-stream';
import type { LiveSockets } from '../infrastructure/notify/live-sockets';
import { VIDEO_PATH, videoSockets } from '../infrastructure/notify/video-sockets';
import type { Cameras } from './cameras';
import type { Control } from './control';
import type { Lifecycle } from './lifecycle';
import type { Platform } from './platform';

/** A worker writes a new picture at most five times a second. */
const LOOK_EVERY_MS = 200;

/** The pictures of cameras for those who watch, and from detectors that send them. */
export interface Video {
  readonly stream: VideoStream;
  readonly push: VideoPush;
  readonly operations: readonly Mounted[];
}

export function createVideo(
  { log }: Platform,
  { repository }: Pick<Cameras, 'repository'>,
  { host }: Pick<Control, 'host'>,
  token: string,
): Video {
  const shelf = {
    newest: (id: string) => host.picture(id),
    put: (id: string, jpeg: Uint8Array) => host.putPicture(id, jpeg),
  };
  const isCamera = async (id: string) => (await repository.get(id)) !== undefined;
  const stream = new VideoStream(shelf, isCamera, () => performance.now(), log);
  return {
    stream,
    push: { token, take: (id, jpeg) => stream.push(id, jpeg) },
    operations: mounted(videoOperations, stream),
  };
}

/** Sockets of the pictures, beside the others. */
export function startVideo({ stream }: Video, sockets: LiveSockets, life: Lifecycle): void {
  sockets.serveBelow(VIDEO_PATH, videoSockets(stream));
  life.every(LOOK_EVERY_MS, 'sending pictures to those who watch', () => stream.look());
}
