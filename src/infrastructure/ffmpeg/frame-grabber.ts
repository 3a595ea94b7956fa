import type { Seen } from '../../application/camera-control/camera-previews';
import { within } from '../../application/shared/within';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import { type FfmpegBuild, findFfmpeg, isBundled, locateFfmpeg } from './ffmpeg-build';
import type { FrameSink } from './ffmpeg-decoder';
import { openCamera } from './open-camera';
import { type FailureReason, SourceFailure } from './source-failure';

const MEANING: Readonly<Record<Exclude<FailureReason, 'unusable'>, string>> = {
  'auth-failed': 'The camera refuses the user or the password.',
  'not-found': 'The camera has no such stream.',
  unreachable: 'There is no connection to the camera: it refuses, or does not answer.',
  unresolvable: 'Nobody knows the name of the host of the camera.',
  'not-a-video': 'The source of the camera is no video.',
  ended: 'The stream of the camera ended before its first picture.',
};

type Show = (picture: Uint8Array) => void;
const ignore = (): void => undefined;

const STREAM = /Stream #0:\d+[^\n]*?: Video: (\w+)([^\n]*)/;

/** What ffmpeg says of the first video stream of its input; the streams that it puts out come after it. */
export function streamIn(said: string): Pick<Seen, 'codec' | 'width' | 'height' | 'fps'> {
  const [, codec = null, more = ''] = STREAM.exec(said) ?? [];
  const [, width, height] = /, (\d{2,5})x(\d{2,5})\b/.exec(more) ?? [];
  // `tbr` is ffmpeg's guess, where the stream does not say.
  const fps = Number((/, ([\d.]+) fps\b/.exec(more) ?? /, ([\d.]+) tbr\b/.exec(more))?.[1]);
  const size = (side: string | undefined) => (side === undefined ? null : Number(side));
  // Without a rate in the stream ffmpeg takes that of its clock.
  return { codec, width: size(width), height: size(height), fps: fps > 0 && fps <= MOST_FPS ? fps : null };
}

/** More than cameras have. */
const MOST_FPS = 240;

/**
 * Takes single pictures of cameras, each by an ffmpeg of its own that has ended when the picture is there, or cannot
 * come.
 */
export class FrameGrabber {
  private known?: Promise<FfmpegBuild>;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** One JPEG; undefined when none came in time. Throws `camera.source_failed`, which shows no secret and no path. */
  async grab(source: string, withinMs: number): Promise<Uint8Array | undefined> {
    const found = await this.first(source, withinMs, (jpeg) => ({ gray: ignore, small: ignore, jpeg }));
    return found?.picture;
  }

  /**
   * The same with a small picture and what ffmpeg says of the stream. `over` is called when nothing of it runs any
   * more, which may be after the answer: a host may still be looked up.
   */
  async look(source: string, withinMs: number, over: () => void): Promise<Seen | undefined> {
    const sink = (small: Show) => ({ gray: ignore, jpeg: ignore, small });
    const found = await this.first(source, withinMs, sink, { verbose: true, over });
    return found && { jpeg: found.picture, ...streamIn(found.said) };
  }

  private async first(
    source: string,
    withinMs: number,
    sinkOf: (show: Show) => FrameSink,
    { verbose = false, over = ignore }: { readonly verbose?: boolean; readonly over?: () => void } = {},
  ): Promise<{ readonly picture: Uint8Array; readonly said: string } | undefined> {
    let show: Show = ignore;
    const picture = new Promise<Uint8Array>((resolve) => (show = resolve));
    const camera = openCamera(
      source,
      () => this.build(),
      sinkOf((jpeg) => show(jpeg)),
      { verbose },
    );
    const seen = camera.then(async ({ said }) => ({ picture: await picture, said: said() }));
    const failure = camera.then(async ({ failed }) => Promise.reject(await failed));
    try {
      return await within(withinMs, Promise.race([seen, failure]), () => undefined);
    } catch (error) {
      throw explained(error);
    } finally {
      // Not awaited: a late one may still be resolving the host.
      camera
        .then(
          (opened) => opened.close(),
          () => 'told above',
        )
        .finally(over);
    }
  }

  /** The installed ffmpeg; undefined when none runs. */
  async describe(): Promise<{ readonly version: string; readonly bundled: boolean } | undefined> {
    try {
      const { version } = await this.build();
      return { version, bundled: isBundled(locateFfmpeg(this.environment)) };
    } catch (error) {
      if (error instanceof SourceFailure) return undefined;
      throw error;
    }
  }

  /** The ffmpeg of this machine, found once; a failure is not remembered, because it may be installed later. */
  build(): Promise<FfmpegBuild> {
    this.known ??= findFfmpeg(this.environment).catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof SourceFailure)) return error;
  const { reason } = error;
  if (reason === 'unusable')
    return new Unavailable('camera.preview_unusable', 'No ffmpeg could take the picture.', 'not-started', error);
  const details = { extra: { reason: reason.replaceAll('-', '_') }, cause: error };
  return new DomainError('camera.source_failed', MEANING[reason], details);
}
