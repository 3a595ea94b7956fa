import { lookup } from 'node:dns/promises';
import { type Stats, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { within } from '../../application/shared/within';
import { errorCode, errorText } from '../system/files';
import { type CameraSource, readSource } from './camera-source';
import { explainEnding } from './explain-ending';
import { type FfmpegBuild, canDrawText } from './ffmpeg-build';
import { FfmpegDecoder, type FrameSink, decoderArguments } from './ffmpeg-decoder';
import { hlsStream, isPlaylist } from './hls-stream';
import type { NetworkSource } from './network-source';
import { RtspRelay } from './rtsp-relay';
import { SourceFailure } from './source-failure';
import { WebCamera } from './web-camera';

/**
 * A pipe would hang ffmpeg and a device other than a camera is no video, so that both are refused with directories.
 * @throws SourceFailure
 */
function checkLocalSource(source: CameraSource): void {
  if (source.kind !== 'file' && source.kind !== 'device') return;
  const found = stat(source.path);
  const fits = source.kind === 'file' ? found.isFile() : found.isCharacterDevice();
  if (!fits)
    throw new SourceFailure('not-a-video', `${source.path} is no ${source.kind === 'file' ? 'file' : 'camera'}`);
}

function stat(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new SourceFailure('not-a-video', `${path} cannot be opened: ${errorCode(cause)}`, { cause });
  }
}

type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const PATIENCE_MS = 5_000;

const systemLookup: Lookup = (host) => lookup(host, { all: true });

/**
 * The source with its host name replaced by an address.
 * @throws SourceFailure when the name cannot be resolved
 */
export async function resolveHost(source: NetworkSource, find: Lookup = systemLookup): Promise<NetworkSource> {
  if (isIP(source.host.replaceAll(/[[\]]/g, ''))) return source;
  const unknown = (why: string, cause?: unknown) =>
    new SourceFailure('unresolvable', `the host ${source.host} is unknown: ${why}`, { cause });
  try {
    const found = await within(PATIENCE_MS, find(source.host), () => {
      throw unknown(`no answer within ${PATIENCE_MS / 1_000} s`);
    });
    const address = found.find(({ family }) => family === 4) ?? found[0];
    if (!address) throw unknown('it has no address');
    const host = address.family === 6 ? `[${address.address}]` : address.address;
    return { ...source, host, nameOfHost: source.host };
  } catch (error) {
    throw error instanceof SourceFailure ? error : unknown(errorText(error), error);
  }
}

export interface OpenCamera {
  /** Why the frames end. */
  readonly failed: Promise<SourceFailure>;
  /** What ffmpeg said until now. It may name the source. */
  readonly said: () => string;
  close(): void;
}

/** A connection to a camera. ffmpeg never makes one itself: it gets a stream, or the address of a relay. */
interface Feed {
  /** The input of ffmpeg. */
  readonly address: string;
  readonly stream?: Readable;
  readonly paced?: boolean;
  /** The reason for a missing picture, where it is known. */
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
 * @param find the ffmpeg to use; called once the source has been checked
 * @throws SourceFailure when it is clear at once that no frames can come
 */
export async function openCamera(
  text: string,
  find: () => Promise<FfmpegBuild>,
  sink: FrameSink,
  { verbose = false }: { readonly verbose?: boolean } = {},
): Promise<OpenCamera> {
  const source = readSource(text);
  checkLocalSource(source);
  const build = await find();
  const clock = source.kind === 'test' && (await canDrawText(build));
  const feed = await openFeed(source);
  const { address, paced = false } = feed;
  const args = decoderArguments(source, build, { clock, address, paced, verbose });
  const decoder = FfmpegDecoder.start(build, args, sink, feed.stream);
  const failed = decoder.ended.then((ending) => {
    feed.close();
    const known = ending.frames === 0 ? feed.failure() : undefined;
    return known ?? explainEnding(ending, source);
  });
  return {
    failed,
    said: () => decoder.said,
    close: () => {
      feed.close();
      decoder.kill();
    },
  };
}
