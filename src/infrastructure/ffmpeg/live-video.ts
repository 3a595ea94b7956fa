import type { VideoViewer } from '../../application/camera-control/video-stream';
import type { Log } from '../../application/shared/log';
import type { FfmpegBuild } from './ffmpeg-build';
import { openVideo } from './open-camera';
import { SourceFailure } from './source-failure';
import { Mp4Splitter } from './splitters';

/** After the last viewer has left: whoever changes the page and comes back need not wait for the camera again. */
const KEPT_MS = 10_000;
/** Each is a further connection to a camera, of which many allow only a few. */
const MOST_STREAMS = 16;

/** The name of the codec for a player (RFC 6381); undefined for anything but H.264, which not every browser plays. */
function codecOf(init: Buffer): string | undefined {
  const at = init.indexOf('avcC', 0, 'latin1');
  return at < 0 || at + 8 > init.length ? undefined : `avc1.${init.toString('hex', at + 5, at + 8)}`;
}

interface Running {
  close(): void;
}

/** The video of one camera, for all who watch it. */
class CameraVideo {
  readonly viewers = new Map<VideoViewer, { begun: boolean }>();
  running: Running | undefined;
  ending: NodeJS.Timeout | undefined;
  private begin: { readonly codec: string; readonly init: Buffer } | undefined;

  readonly splitter = new Mp4Splitter({
    init: (bytes) => this.init(bytes),
    part: (bytes, isKey) => this.part(bytes, isKey),
  });

  add(viewer: VideoViewer): void {
    this.viewers.set(viewer, { begun: false });
    if (this.begin) viewer.begin(this.begin.codec, this.begin.init);
  }

  end(reason: string, detail: string): void {
    for (const viewer of this.viewers.keys()) viewer.end(reason, detail);
    this.viewers.clear();
    this.running?.close();
  }

  private init(init: Buffer): void {
    const codec = codecOf(init);
    if (codec === undefined) return this.end('codec', 'This camera does not send H.264, which is what browsers play.');
    this.begin = { codec, init };
    for (const viewer of this.viewers.keys()) viewer.begin(codec, init);
  }

  private part(bytes: Buffer, isKey: boolean): void {
    for (const [viewer, state] of this.viewers) {
      if (!state.begun && !isKey) continue;
      state.begun = true;
      viewer.part(bytes, isKey);
    }
  }
}

/** Passes on the video of cameras as it comes, without decoding it: one process for a camera, whoever watches. */
export class LiveVideos {
  private readonly streams = new Map<string, CameraVideo>();

  constructor(
    private readonly build: () => Promise<FfmpegBuild>,
    private readonly log: Log,
  ) {}

  /** Answers a function by which the viewer leaves. */
  watch(cameraId: string, source: string, viewer: VideoViewer): () => void {
    const known = this.streams.get(cameraId);
    if (!known && this.streams.size >= MOST_STREAMS) {
      viewer.end(
        'busy',
        `The video of ${MOST_STREAMS} cameras is being watched already: close one, or watch the pictures.`,
      );
      return () => undefined;
    }
    const stream = known ?? this.open(cameraId, source);
    clearTimeout(stream.ending);
    stream.add(viewer);
    return () => {
      stream.viewers.delete(viewer);
      if (stream.viewers.size > 0) return;
      stream.ending = setTimeout(() => this.close(cameraId, stream), KEPT_MS);
    };
  }

  closeAll(): void {
    for (const [id, stream] of this.streams) this.close(id, stream);
  }

  private open(cameraId: string, source: string): CameraVideo {
    const stream = new CameraVideo();
    this.streams.set(cameraId, stream);
    this.run(cameraId, source, stream).catch((error: unknown) => {
      const known = error instanceof SourceFailure;
      if (!known) this.log.warn('the video of a camera ended', { camera: cameraId, error });
      stream.end(known ? error.reason : 'ended', known ? error.message : 'The video ended; its log says more.');
      this.close(cameraId, stream);
    });
    return stream;
  }

  private async run(cameraId: string, source: string, stream: CameraVideo): Promise<void> {
    const video = await openVideo(source, this.build, (chunk) => {
      if (!stream.splitter.push(chunk)) stream.end('codec', 'What came is no video that could be passed on.');
    });
    stream.running = video;
    // Everybody may have left while the camera was opened.
    if (this.streams.get(cameraId) !== stream) video.close();
    throw await video.failed;
  }

  private close(cameraId: string, stream: CameraVideo): void {
    clearTimeout(stream.ending);
    if (this.streams.get(cameraId) === stream) this.streams.delete(cameraId);
    stream.running?.close();
  }
}
