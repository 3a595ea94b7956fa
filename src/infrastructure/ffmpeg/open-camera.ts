import { Readable } from 'node:stream';
import { type CameraSource, readSource } from './camera-source';
import { checkLocalSource } from './check-local-source';
import { decoderArguments } from './decoder-arguments';
import { explainEnding } from './explain-ending';
import { FfmpegDecoder, type FrameSink } from './ffmpeg-decoder';
import { canDrawText, type FfmpegBuild } from './ffmpeg-build';
import { hlsStream, isPlaylist } from './hls-stream';
import type { NetworkSource } from './network-source';
import { resolveHost } from './resolve-host';
import { RtspRelay } from './rtsp-relay';
import { SourceFailure } from './source-failure';
import { WebCamera } from './web-camera';

export interface OpenCamera {
  /** Why no more frames come. */
  readonly failed: Promise<SourceFailure>;
  close(): void;
}

/** A connection to a camera. ffmpeg never makes one itself: it gets a stream, or the address of a relay. */
interface Feed {
  /** What ffmpeg is to open. */
  readonly address: string;
  readonly stream?: Readable;
  readonly paced?: boolean;
  /** Why it gave nothing, where it is known. */
  readonly failure: () => SourceFailure | undefined;
  close(): void;
}

const LOCAL: Feed = { address: '', failure: () => undefined, close: () => undefined };

function openFeed(source: CameraSource): Promise<Feed> | Feed {
  if (source.kind !== 'network') return LOCAL;
  return source.scheme === 'rtsp' || source.scheme === 'rtsps' ? relayed(source) : streamed(source);
}

async function relayed(source: NetworkSource): Promise<Feed> {
  const relay = await RtspRelay.open(await resolveHost(source));
  return { address: relay.address, failure: () => relay.failure, close: () => relay.close() };
}

async function streamed(source: NetworkSource): Promise<Feed> {
  const camera = new WebCamera(await resolveHost(source));
  let failure: SourceFailure | undefined;
  const first = await camera.get();
  const paced = isPlaylist(first);
  const stream = paced ? Readable.from(hlsStream(camera, first)) : first.body;
  stream.on('error', (error) => {
    if (error instanceof SourceFailure) failure ??= error;
  });
  return { address: 'pipe:0', stream, paced, failure: () => failure, close: () => camera.close() };
}

/**
 * @param find the ffmpeg to use; asked for once the source has been found good
 * @throws SourceFailure when it is clear at once that no frames can come
 */
export async function openCamera(text: string, find: () => Promise<FfmpegBuild>, sink: FrameSink): Promise<OpenCamera> {
  const source = readSource(text);
  checkLocalSource(source);
  const build = await find();
  const clock = source.kind === 'test' && (await canDrawText(build));
  const feed = await openFeed(source);
  const { address, paced = false } = feed;
  const args = decoderArguments(source, build, { clock, address, paced });
  const decoder = FfmpegDecoder.start(build, args, sink, feed.stream);
  const failed = decoder.ended.then((ending) => {
    feed.close();
    const known = ending.frames === 0 ? feed.failure() : undefined;
    return known ?? explainEnding(ending, source);
  });
  return {
    failed,
    close: () => {
      feed.close();
      decoder.kill();
    },
  };
}
