import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { errorText } from '../system/error-code';
import { GRAY, JPEG_PIPE } from './decoder-arguments';
import type { Ending } from './explain-ending';
import type { FfmpegBuild } from './ffmpeg-build';
import { FrameSplitter } from './frame-splitter';
import { JpegSplitter } from './jpeg-splitter';

export interface FrameSink {
  /** 80 × 45 bytes, one per pixel. */
  gray(frame: Buffer): void;
  jpeg(picture: Buffer): void;
}

const STDERR_KEPT = 8_192;

/** One ffmpeg that decodes a source until it is killed or the source ends. */
export class FfmpegDecoder {
  readonly ended: Promise<Ending>;
  private stderr = '';
  private frames = 0;

  private constructor(
    private readonly child: ChildProcess,
    sink: FrameSink,
    stream?: Readable,
  ) {
    const gray = new FrameSplitter(GRAY.width * GRAY.height, (frame) => {
      this.frames += 1;
      sink.gray(frame);
    });
    const jpeg = new JpegSplitter((picture) => sink.jpeg(picture));
    child.stdout?.on('data', (chunk: Buffer) => gray.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.remember(chunk.toString()));
    const pictures = child.stdio[JPEG_PIPE];
    if (pictures instanceof Readable) pictures.on('data', (chunk: Buffer) => jpeg.push(chunk));
    if (stream && child.stdin) feed(stream, child.stdin);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.remember(errorText(error)));
      child.once('close', (code, signal) => resolve({ code, signal, stderr: this.stderr, frames: this.frames }));
    });
  }

  /** `stream`: what ffmpeg reads from its standard input, if anything. */
  static start(
    { command: [program, ...first] }: FfmpegBuild,
    args: readonly string[],
    sink: FrameSink,
    stream?: Readable,
  ): FfmpegDecoder {
    const { PATH, TZ, HOME } = process.env;
    // Nothing else of the environment: ffmpeg would take a proxy from it, and it holds the source.
    const env = Object.fromEntries(Object.entries({ PATH, TZ, HOME }).filter(([, value]) => value !== undefined));
    const child = spawn(program, [...first, ...args], {
      stdio: [stream ? 'pipe' : 'ignore', 'pipe', 'pipe', 'pipe'],
      env,
    });
    return new FfmpegDecoder(child, sink, stream);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private remember(text: string): void {
    this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
  }
}

/** The end of the stream, for whatever reason, is the end of the input; the end of ffmpeg is the end of the stream. */
function feed(stream: Readable, stdin: Writable): void {
  stdin.on('error', () => stream.destroy());
  stdin.once('close', () => stream.destroy());
  stream.once('error', () => stdin.end());
  stream.once('close', () => stdin.end());
  stream.pipe(stdin);
}
