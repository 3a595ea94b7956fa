import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { errorText } from '../system/files';
import type { CameraSource } from './camera-source';
import type { Ending } from './explain-ending';
import type { FfmpegBuild } from './ffmpeg-build';
import type { NetworkSource } from './network-source';
import { FrameSplitter, JpegSplitter } from './splitters';

/** Size of the pictures that are analysed. */
const GRAY = { width: 80, height: 45 } as const;
/** File descriptors of ffmpeg on which the JPEG pictures come. */
const JPEG_PIPE = 3;
const SMALL_PIPE = 4;
const LOOK_PIPE = 5;

/** More than any camera has (8K); a larger picture can only be an attack on the memory. */
const MOST_PIXELS = 40_000_000;
/** Limit of one memory allocation. */
const MOST_BYTES = 256 << 20;
const SOCKET_TIMEOUT_US = '10000000';
/** Shrinking and packing a large picture costs a fifth of decoding a second of 1080p: one a second. */
const JPEG_EVERY_S = 0.95;
const JPEG_MAX_WIDTH = 1280;
const SMALL_EVERY_S = 0.19;
const SMALL_MAX_WIDTH = 640;

/** Containers of video. Lists of other files (concat, dash, hls from a disk, sdp) and text (tty) are not among them. */
const FILE_FORMATS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,asf,ogg,h264,hevc,m4v,mjpeg,mxf,nut,ivf,gif';
const HTTP_FORMATS = `${FILE_FORMATS},mpjpeg,jpeg_pipe`;

/** Constants only: a part of a source may contain spaces. */
const words = (text: string): string[] => text.split(' ');

/** Pictures selected by time; also when the clock of the camera jumps back. */
function pictures(everyS: number, maxWidth: number, quality: number, pipe: number): string[] {
  const pick = `isnan(prev_selected_t)+gte(t-prev_selected_t\\,${everyS})+lt(t\\,prev_selected_t)`;
  // The usual way of shrinking costs twice as much, for a difference that nobody sees in a picture of this size.
  const size = `scale=w=min(${maxWidth}\\,iw):h=-2:flags=fast_bilinear`;
  return words(`select=${pick},${size} -pix_fmt yuvj420p -q:v ${quality} -f mjpeg pipe:${pipe}`);
}

/** `address`: of the relay or stream between ffmpeg and the camera. */
function networkInput({ scheme }: NetworkSource, build: FfmpegBuild, { address = '', paced }: InputOptions): string[] {
  if (scheme === 'rtsp' || scheme === 'rtsps')
    return [
      ...words('-protocol_whitelist rtsp,rtp,tcp -rtsp_transport tcp -allowed_media_types video'),
      ...words(`${build.socketTimeout} ${SOCKET_TIMEOUT_US} -fflags nobuffer -probesize 32768 -analyzeduration 0`),
      '-i',
      address,
    ];
  return [
    ...words(`-protocol_whitelist pipe -format_whitelist ${HTTP_FORMATS} -probesize 1000000 -analyzeduration 1000000`),
    // Segments come with dozens of frames, each with its time. A stream of JPEG pictures has no time of its own.
    ...words(paced ? '-re' : '-fflags nobuffer -use_wallclock_as_timestamps 1'),
    '-i',
    address,
  ];
}

interface InputOptions {
  /** Filters that burn in the time of day, where the build can. */
  readonly clock?: boolean;
  /** What ffmpeg opens instead of a camera of the network. */
  readonly address?: string;
  /** The input comes in pieces, faster than it is to be shown. */
  readonly paced?: boolean;
  /** ffmpeg says what it finds in the input. */
  readonly verbose?: boolean;
  /** Pictures in colour are wanted, too. */
  readonly looks?: LookSize;
}

/** Pictures in which persons are looked for. */
export interface LookSize {
  readonly width: number;
  readonly height: number;
  readonly perSecond: number;
}

/** A film has a time of its own, whose pictures are evenly spaced; a camera's clock may jump, which must double none. */
const hasOwnTime = ({ kind }: CameraSource): boolean => kind === 'file' || kind === 'test';

/** `evenly`: the n-th picture is that of the second n / rate. */
function lookArguments({ width, height, perSecond }: LookSize, evenly: boolean, pipe: number): string[] {
  const pick = `isnan(prev_selected_t)+gte(t-prev_selected_t\\,${0.96 / perSecond})+lt(t\\,prev_selected_t)`;
  const rate = evenly ? `fps=${perSecond}` : `select=${pick}`;
  return words(`${rate},scale=${width}:${height}:flags=fast_bilinear -pix_fmt rgb24 -f rawvideo pipe:${pipe}`);
}

function inputArguments(source: CameraSource, build: FfmpegBuild, options: InputOptions = {}): string[] {
  switch (source.kind) {
    case 'device':
      return [...words('-protocol_whitelist file -f v4l2 -i'), source.path];
    case 'file':
      return [
        ...words(`-protocol_whitelist file -format_whitelist ${FILE_FORMATS} -re -stream_loop -1 -i`),
        `file:${source.path}`,
      ];
    case 'test': {
      const text = options.clock ? ',drawtext=text=%{localtime}:fontsize=h/10:box=1:x=8:y=h-text_h-8' : '';
      return [...words('-re -f lavfi -i'), `testsrc2=size=${source.size}:rate=${source.rate}${text}`];
    }
    case 'network':
      return networkInput(source, build, options);
  }
}

/**
 * Tiny gray frames, every one of the source, on standard output; JPEG pictures at intervals, large and small ones, on
 * two more descriptors.
 */
function outputArguments({ passthrough }: FfmpegBuild, evenly: boolean, looks?: LookSize): string[] {
  const everyFrame = ['-map', '0:v:0', '-an', ...passthrough, '-vf'];
  // Taking single pixels instead of averages keeps the noise by which a live picture differs from a frozen one.
  const gray = words(`scale=${GRAY.width}:${GRAY.height}:flags=neighbor -pix_fmt gray -f rawvideo pipe:1`);
  const large = pictures(JPEG_EVERY_S, JPEG_MAX_WIDTH, 4, JPEG_PIPE);
  const small = pictures(SMALL_EVERY_S, SMALL_MAX_WIDTH, 5, SMALL_PIPE);
  const colour = looks ? [...everyFrame, ...lookArguments(looks, evenly, LOOK_PIPE)] : [];
  return [...everyFrame, ...gray, ...everyFrame, ...large, ...everyFrame, ...small, ...colour];
}

/** What decoding may take, whatever is decoded. */
const DECODING = `-max_alloc ${MOST_BYTES} -threads 1 -max_pixels ${MOST_PIXELS}`;

export const decoderArguments = (source: CameraSource, build: FfmpegBuild, options?: InputOptions): string[] =>
  words(`-nostdin -hide_banner ${options?.verbose ? '-nostats -loglevel info' : '-loglevel error'} ${DECODING}`).concat(
    inputArguments(source, build, options),
    outputArguments(build, hasOwnTime(source), options?.looks),
  );

/** A film as fast as it can be decoded, once: only pictures in colour, evenly spaced, on standard output. */
export const filmArguments = (path: string, { passthrough }: FfmpegBuild, size: LookSize): string[] => [
  ...words(`-nostdin -hide_banner -loglevel error ${DECODING}`),
  ...words(`-protocol_whitelist file -format_whitelist ${FILE_FORMATS} -i`),
  `file:${path}`,
  '-map',
  '0:v:0',
  '-an',
  ...passthrough,
  '-vf',
  ...lookArguments(size, true, 1),
];

/** As fragmented MP4 for players in browsers: a fragment every fifth of a second, and one with each key picture. */
export const copyArguments = (source: CameraSource, build: FfmpegBuild, options?: InputOptions): string[] =>
  words(`-nostdin -hide_banner -loglevel error -max_alloc ${MOST_BYTES}`).concat(
    inputArguments(source, build, options),
    words(
      '-map 0:v:0 -an -c copy -movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 200000 -f mp4 pipe:1',
    ),
  );

export interface FrameSink {
  /** 80 × 45 bytes, one per pixel. */
  gray(frame: Buffer): void;
  /** At most 1280 pixels wide, one a second. */
  jpeg(picture: Buffer): void;
  /** At most 640 pixels wide, five a second. */
  small(picture: Buffer): void;
  /** In colour, three bytes for each pixel. `at`: seconds since the beginning of a film; absent for a camera. */
  look?(rgb: Buffer, at?: number): void;
}

/** What is decoded, beside the arguments of ffmpeg. */
interface Decoding {
  /** What ffmpeg reads from its standard input, if anything. */
  readonly stream?: Readable | undefined;
  readonly looks?: LookSize | undefined;
  readonly source?: CameraSource;
}

const STDERR_KEPT = 8_192;

/** `further`: descriptors beside standard output and error on which it writes. `isFed`: it reads its standard input. */
export function spawnFfmpeg(
  { command: [program, ...first] }: FfmpegBuild,
  args: readonly string[],
  further: readonly number[],
  isFed: boolean,
): ChildProcess {
  const { PATH, TZ, HOME } = process.env;
  // No other part of the environment: ffmpeg would take a proxy from it, and it holds the source.
  const env = Object.fromEntries(Object.entries({ PATH, TZ, HOME }).filter(([, value]) => value !== undefined));
  const stdio = [isFed ? 'pipe' : 'ignore', 'pipe', 'pipe', ...further.map(() => 'pipe' as const)] as const;
  return spawn(program, [...first, ...args], { stdio: [...stdio], env });
}

/** One ffmpeg that works on a source until it is killed or the source ends. */
export class FfmpegProcess {
  readonly ended: Promise<Ending>;
  private stderr = '';
  private frames = 0;

  private constructor(
    private readonly child: ChildProcess,
    stream?: Readable,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => this.remember(chunk.toString()));
    if (stream && child.stdin) feed(stream, child.stdin);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.remember(errorText(error)));
      child.once('close', (code, signal) => resolve({ code, signal, stderr: this.stderr, frames: this.frames }));
    });
  }

  /** Decodes the source. */
  static decode(
    build: FfmpegBuild,
    args: readonly string[],
    sink: FrameSink,
    { stream, looks, source }: Decoding = {},
  ): FfmpegProcess {
    const pipes = [JPEG_PIPE, SMALL_PIPE, ...(looks ? [LOOK_PIPE] : [])];
    const child = spawnFfmpeg(build, args, pipes, stream !== undefined);
    const ffmpeg = new FfmpegProcess(child, stream);
    const gray = new FrameSplitter(GRAY.width * GRAY.height, (frame) => {
      ffmpeg.frames += 1;
      sink.gray(frame);
    });
    child.stdout?.on('data', (chunk: Buffer) => gray.push(chunk));
    split(child, JPEG_PIPE, (picture) => sink.jpeg(picture));
    split(child, SMALL_PIPE, (picture) => sink.small(picture));
    if (looks) passLooks(child, sink, looks, source !== undefined && hasOwnTime(source));
    return ffmpeg;
  }

  /** Passes the video of the source on as it is, as fragmented MP4. */
  static copy(
    build: FfmpegBuild,
    args: readonly string[],
    take: (chunk: Buffer) => void,
    stream?: Readable,
  ): FfmpegProcess {
    const child = spawnFfmpeg(build, args, [], stream !== undefined);
    const ffmpeg = new FfmpegProcess(child, stream);
    child.stdout?.on('data', (chunk: Buffer) => {
      ffmpeg.frames += 1;
      take(chunk);
    });
    return ffmpeg;
  }

  /** Its last output. It may name the source. */
  get said(): string {
    return this.stderr;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private remember(text: string): void {
    this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
  }
}

/** Passes on every picture that comes on a descriptor of the process. */
function split(child: ChildProcess, pipe: number, pass: (picture: Buffer) => void): void {
  const splitter = new JpegSplitter(pass);
  const stream = child.stdio[pipe];
  if (stream instanceof Readable) stream.on('data', (chunk: Buffer) => splitter.push(chunk));
}

function passLooks(
  child: ChildProcess,
  sink: FrameSink,
  { width, height, perSecond }: LookSize,
  evenly: boolean,
): void {
  let count = 0;
  const splitter = new FrameSplitter(width * height * 3, (rgb) => {
    sink.look?.(rgb, evenly ? count / perSecond : undefined);
    count += 1;
  });
  // Node's type knows five descriptors.
  const stream: unknown = [...child.stdio].at(LOOK_PIPE);
  if (stream instanceof Readable) stream.on('data', (chunk: Buffer) => splitter.push(chunk));
}

/** The end of the stream, for whatever reason, is the end of the input; the end of ffmpeg is the end of the stream. */
function feed(stream: Readable, stdin: Writable): void {
  stdin.on('error', () => stream.destroy());
  stdin.once('close', () => stream.destroy());
  stream.once('error', () => stdin.end());
  stream.once('close', () => stdin.end());
  stream.pipe(stdin);
}
