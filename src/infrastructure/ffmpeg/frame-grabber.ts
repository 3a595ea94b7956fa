import { within } from '../../application/shared/within';
import { DomainError, Unavailable } from '../../domain/shared/domain-error';
import { type FfmpegBuild, findFfmpeg, isBundled, locateFfmpeg } from './ffmpeg-build';
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

/**
 * Takes single pictures of cameras, each by an ffmpeg of its own that has ended when the picture is there, or cannot
 * come.
 */
export class FrameGrabber {
  private known?: Promise<FfmpegBuild>;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  /** One JPEG; undefined when none came in time. Throws `camera.source_failed`, which shows no secret and no path. */
  async grab(source: string, withinMs: number): Promise<Uint8Array | undefined> {
    let show: (jpeg: Uint8Array) => void = () => undefined;
    const picture = new Promise<Uint8Array>((resolve) => (show = resolve));
    const camera = openCamera(source, () => this.build(), {
      gray: () => undefined,
      small: () => undefined,
      jpeg: show,
    });
    const failure = camera.then(async ({ failed }) => Promise.reject(await failed));
    try {
      return await within(withinMs, Promise.race([picture, failure]), () => undefined);
    } catch (error) {
      throw explained(error);
    } finally {
      // Not awaited: a late one may still be resolving the host.
      camera.then(
        (opened) => opened.close(),
        () => 'told above',
      );
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

  /** The capabilities of ffmpeg are read once; a failure is not cached, because ffmpeg may be installed later. */
  /** The ffmpeg of this machine, found once. */
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
