import { createDecipheriv } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { type Stats, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../../application/shared/within';
import { errorCode, errorText } from '../system/files';
import { type CameraSource, readSource } from './camera-source';
import { explainEnding } from './explain-ending';
import { type FfmpegBuild, canDrawText } from './ffmpeg-build';
import { FfmpegProcess, type FrameSink, type LookSize, copyArguments, decoderArguments } from './ffmpeg-decoder';
import type { NetworkSource } from './network-source';
import { RtspRelay } from './rtsp-relay';
import { SourceFailure } from './source-failure';
import { type WebAnswer, WebCamera } from './web-camera';

const MOST_PLAYLIST_BYTES = 1 << 20;
/** A live stream begins this many segments before its end. */
const LIVE_SEGMENTS = 3;
const KEY_BYTES = 16;
/** A live playlist may stay unchanged for this many segment lengths. */
const PATIENCE = 4;

const isPlaylist = ({ body, url }: WebAnswer): boolean =>
  /mpegurl/i.test(body.headers['content-type'] ?? '') || url.pathname.toLowerCase().endsWith('.m3u8');

interface Segment {
  readonly number: number;
  readonly uri: string;
  readonly map?: string;
  readonly key?: { readonly uri: string; readonly iv?: string };
}

interface Playlist {
  readonly url: URL;
  readonly variants: readonly { readonly uri: string; readonly bandwidth: number }[];
  readonly segments: readonly Segment[];
  readonly seconds: number;
  readonly ended: boolean;
}

const bad = (why: string) => new SourceFailure('not-a-video', `the playlist of the camera ${why}`);

/**
 * The segments of an HTTP live stream (RFC 8216), one after the other. It is read here and not by ffmpeg, which would
 * fetch whatever a playlist names, from anywhere.
 */
async function* hlsStream(camera: WebCamera, first: WebAnswer): AsyncGenerator<Buffer> {
  let playlist = await read(camera, first);
  const best = [...playlist.variants].sort((a, b) => b.bandwidth - a.bandwidth)[0];
  if (best) playlist = await read(camera, await camera.get(best.uri, playlist.url));
  if (playlist.variants.length > 0) throw bad('names no segments');
  const keys = new Map<string, Buffer>();
  let next = playlist.ended ? 0 : (playlist.segments.at(-LIVE_SEGMENTS)?.number ?? 0);
  let map: string | undefined;
  for (let idle = 0; ; ) {
    const fresh = playlist.segments.filter(({ number }) => number >= next);
    for (const segment of fresh) {
      if (segment.map !== undefined && segment.map !== map) yield* bytesOf(camera, playlist.url, segment.map);
      map = segment.map;
      const bytes = bytesOf(camera, playlist.url, segment.uri);
      yield* segment.key ? decrypted(bytes, await keyOf(camera, playlist.url, segment, keys), segment) : bytes;
      next = segment.number + 1;
    }
    if (playlist.ended) return;
    idle = fresh.length > 0 ? 0 : idle + 1;
    if (idle > PATIENCE * 2) throw new SourceFailure('ended', 'the playlist of the camera does not go on');
    await pause(playlist.seconds * (fresh.length > 0 ? 1_000 : 500));
    playlist = await read(camera, await camera.get(playlist.url.href, playlist.url));
  }
}

async function* bytesOf(camera: WebCamera, from: URL, uri: string): AsyncGenerator<Buffer> {
  const { body } = await camera.get(uri, from);
  for await (const chunk of body as AsyncIterable<Buffer>) yield chunk;
}

async function keyOf(camera: WebCamera, from: URL, { key }: Segment, known: Map<string, Buffer>): Promise<Buffer> {
  const uri = key?.uri ?? '';
  const found = known.get(uri) ?? (await camera.text(await camera.get(uri, from), KEY_BYTES));
  if (found.length !== KEY_BYTES) throw bad('names a key that is none');
  known.clear();
  known.set(uri, found);
  return found;
}

async function* decrypted(bytes: AsyncIterable<Buffer>, key: Buffer, { key: said, number }: Segment) {
  const hex = said?.iv?.replace(/^0x/i, '') ?? number.toString(16);
  if (!/^[0-9a-f]{1,32}$/i.test(hex)) throw bad('is encrypted in a way that is not known');
  const decipher = createDecipheriv('aes-128-cbc', key, Buffer.from(hex.padStart(32, '0'), 'hex'));
  for await (const chunk of bytes) yield decipher.update(chunk);
  yield decipher.final();
}

async function read(camera: WebCamera, answer: WebAnswer): Promise<Playlist> {
  const text = (await camera.text(answer, MOST_PLAYLIST_BYTES)).toString('utf8');
  if (!text.trimStart().startsWith('#EXTM3U')) throw bad('is none');
  return parse(text, answer.url);
}

const attribute = (line: string, name: string): string | undefined => {
  const [, quoted, bare] = new RegExp(`[:,]${name}=(?:"([^"]*)"|([^,]*))`).exec(line) ?? [];
  return quoted ?? bare;
};

function parse(text: string, url: URL): Playlist {
  const [variants, segments]: [{ uri: string; bandwidth: number }[], Segment[]] = [[], []];
  let [number, seconds, ended] = [0, 6, false];
  let bandwidth: number | undefined;
  let [map, key]: [string | undefined, Segment['key']] = [undefined, undefined];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) number = Number(line.slice(22)) || 0;
    else if (line.startsWith('#EXT-X-TARGETDURATION:'))
      seconds = Math.min(60, Math.max(1, Number(line.slice(22)) || 6));
    else if (line.startsWith('#EXT-X-STREAM-INF:')) bandwidth = Number(attribute(line, 'BANDWIDTH')) || 0;
    else if (line.startsWith('#EXT-X-ENDLIST')) ended = true;
    else if (line.startsWith('#EXT-X-BYTERANGE')) throw bad('names parts of files, which are not read');
    else if (line.startsWith('#EXT-X-MAP:')) map = attribute(line, 'URI');
    else if (line.startsWith('#EXT-X-KEY:')) key = readKey(line);
    else if (line === '' || line.startsWith('#')) continue;
    else if (bandwidth !== undefined) {
      variants.push({ uri: line, bandwidth });
      bandwidth = undefined;
    } else {
      segments.push({ number, uri: line, ...(map === undefined ? {} : { map }), ...(key ? { key } : {}) });
      number += 1;
    }
  }
  return { url, variants, segments, seconds, ended };
}

function readKey(line: string): Segment['key'] {
  const [method, uri, iv] = [attribute(line, 'METHOD'), attribute(line, 'URI'), attribute(line, 'IV')];
  if (method === 'NONE') return undefined;
  if (method !== 'AES-128' || uri === undefined) throw bad('is encrypted in a way that is not known');
  return { uri, ...(iv === undefined ? {} : { iv }) };
}

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
  { verbose = false, looks }: { readonly verbose?: boolean; readonly looks?: LookSize } = {},
): Promise<OpenCamera> {
  const source = readSource(text);
  checkLocalSource(source);
  const build = await find();
  const clock = source.kind === 'test' && (await canDrawText(build));
  const feed = await openFeed(source);
  const { address, paced = false } = feed;
  const args = decoderArguments(source, build, { clock, address, paced, verbose, ...(looks ? { looks } : {}) });
  const decoding = { stream: feed.stream, looks, source };
  return opened(source, feed, FfmpegProcess.decode(build, args, sink, decoding));
}

/**
 * The video of a camera as its own pictures come, as fragmented MP4. `take` is called with its bytes; an error that it
 * throws ends it.
 * @throws SourceFailure when it is clear at once that none can come
 */
export async function openVideo(
  text: string,
  find: () => Promise<FfmpegBuild>,
  take: (chunk: Buffer) => void,
): Promise<OpenCamera> {
  const source = readSource(text);
  if (source.kind === 'test')
    throw new SourceFailure(
      'not-a-video',
      'A test picture is made anew for each picture: there is no video to pass on.',
    );
  checkLocalSource(source);
  const build = await find();
  const feed = await openFeed(source);
  const args = copyArguments(source, build, { address: feed.address, paced: feed.paced ?? false });
  return opened(source, feed, FfmpegProcess.copy(build, args, take, feed.stream));
}

/** What runs on a connection to a camera: both end together. */
function opened(source: CameraSource, feed: Feed, process: FfmpegProcess): OpenCamera {
  const failed = process.ended.then((ending) => {
    feed.close();
    const known = ending.frames === 0 ? feed.failure() : undefined;
    return known ?? explainEnding(ending, source);
  });
  return {
    failed,
    said: () => process.said,
    close: () => {
      feed.close();
      process.kill();
    },
  };
}
