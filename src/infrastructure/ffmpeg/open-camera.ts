import { type CameraSource, readSource } from './camera-source';
import { checkLocalSource } from './check-local-source';
import { decoderArguments } from './decoder-arguments';
import { explainEnding } from './explain-ending';
import { FfmpegDecoder, type FrameSink } from './ffmpeg-decoder';
import { canDrawText, type FfmpegBuild } from './ffmpeg-build';
import { resolveHost } from './resolve-host';
import type { SourceFailure } from './source-failure';

export interface OpenCamera {
  /** Why no more frames come. */
  readonly failed: Promise<SourceFailure>;
  close(): void;
}

async function reachable(source: CameraSource, build: FfmpegBuild): Promise<CameraSource> {
  if (source.kind !== 'network') return source;
  const resolved = await resolveHost(source);
  return build.resolvesNames ? source : resolved;
}

/**
 * @param find the ffmpeg to use; asked for once the source has been found good
 * @throws SourceFailure when it is clear at once that no frames can come
 */
export async function openCamera(text: string, find: () => Promise<FfmpegBuild>, sink: FrameSink): Promise<OpenCamera> {
  const named = readSource(text);
  checkLocalSource(named);
  const build = await find();
  const source = await reachable(named, build);
  const clock = source.kind === 'test' && (await canDrawText(build));
  const decoder = FfmpegDecoder.start(build, decoderArguments(source, build, { clock }), sink);
  return {
    failed: decoder.ended.then((ending) => explainEnding(ending, source)),
    close: () => decoder.kill(),
  };
}
