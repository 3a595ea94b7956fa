import { once } from 'node:events';
import { EVIDENCE_SIZE } from '../../application/detection/findings';
import type { Box, PicturePoint } from '../../domain/detection/box';
import type { RgbPicture } from '../../domain/detection/scene';
import { errorText } from '../system/files';
import type { FfmpegBuild } from './ffmpeg-build';
import { spawnFfmpeg } from './ffmpeg-decoder';

/** What is drawn into a picture: the person the finding is about, others, and the zone. */
export interface Marks {
  readonly main?: Box;
  readonly others: readonly Box[];
  readonly outline: readonly PicturePoint[];
  /** Heads of all boxes are made unrecognisable. */
  readonly blurHeads: boolean;
}

type Colour = readonly [red: number, green: number, blue: number];
const RED: Colour = [255, 64, 64];
const YELLOW: Colour = [255, 214, 64];
const BLUE: Colour = [64, 160, 255];
/** Pictures are squeezed into the shape of the model's input; most cameras have this one. */
const SHAPE = `scale=${EVIDENCE_SIZE.width}:${EVIDENCE_SIZE.height}:flags=fast_bilinear`;

/** The picture that was looked at, with its boxes and the zone, as JPEG. @throws Error when ffmpeg makes none */
export async function evidenceJpeg(build: FfmpegBuild, picture: RgbPicture, marks: Marks): Promise<Buffer> {
  const { width, height } = picture;
  const input = `-nostdin -loglevel error -f rawvideo -pix_fmt rgb24 -video_size ${width}x${height} -i pipe:0`;
  const output = `-frames:v 1 -vf ${SHAPE} -pix_fmt yuvj420p -q:v 4 -f mjpeg pipe:1`;
  const child = spawnFfmpeg(build, `${input} ${output}`.split(' '), [], true);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  // It may have ended before it took the picture; its exit says so.
  child.stdin?.on('error', () => undefined);
  const ended = once(child, 'close').catch((error: unknown) => [errorText(error)]);
  child.stdin?.end(marked(picture, marks));
  const [code] = await ended;
  if (code !== 0 || chunks.length === 0) throw new Error(`ffmpeg made no picture (${String(code)})`);
  return Buffer.concat(chunks);
}

function marked({ width, height, rgb }: RgbPicture, { main, others, outline, blurHeads }: Marks): Buffer {
  const canvas = new Canvas(width, height, Buffer.from(rgb));
  const boxes = [...others, ...(main ? [main] : [])];
  if (blurHeads) for (const box of boxes) canvas.blur(headOf(box));
  canvas.polygon(outline, BLUE);
  for (const box of others) canvas.box(box, YELLOW);
  if (main) canvas.box(main, RED);
  return canvas.pixels;
}

/** The upper sixth of a person, a little wider than the face. */
const headOf = ({ x1, y1, x2, y2 }: Box): Box => ({ x1, y1: y1 - (y2 - y1) * 0.03, x2, y2: y1 + (y2 - y1) / 5 });

const THICK = 2;
const BLOCK = 12;

class Canvas {
  constructor(
    private readonly width: number,
    private readonly height: number,
    readonly pixels: Buffer,
  ) {}

  box({ x1, y1, x2, y2 }: Box, colour: Colour): void {
    this.polygon(
      [
        [x1, y1],
        [x2, y1],
        [x2, y2],
        [x1, y2],
      ],
      colour,
    );
  }

  polygon(corners: readonly PicturePoint[], colour: Colour): void {
    for (const [i, to] of corners.entries()) this.line(corners.at(i - 1) ?? to, to, colour);
  }

  /** Squares of one colour each. */
  blur({ x1, y1, x2, y2 }: Box): void {
    for (let y = Math.floor(y1 * this.height); y < y2 * this.height; y += BLOCK)
      for (let x = Math.floor(x1 * this.width); x < x2 * this.width; x += BLOCK) {
        const at = (Math.max(0, y) * this.width + Math.max(0, x)) * 3;
        const colour = [0, 1, 2].map((c) => this.pixels[at + c] ?? 0) as unknown as Colour;
        this.fill(x, y, BLOCK, colour);
      }
  }

  private line([ax, ay]: PicturePoint, [bx, by]: PicturePoint, colour: Colour): void {
    // A corner may lie far outside of the picture.
    const [x1, y1, x2, y2] = [this.x(ax), this.y(ay), this.x(bx), this.y(by)];
    const steps = Math.max(1, Math.abs(x2 - x1), Math.abs(y2 - y1));
    for (let i = 0; i <= steps; i += 1)
      this.fill(Math.round(x1 + ((x2 - x1) * i) / steps), Math.round(y1 + ((y2 - y1) * i) / steps), THICK, colour);
  }

  private readonly x = (share: number): number => Math.min(this.width, Math.max(-THICK, share * this.width));
  private readonly y = (share: number): number => Math.min(this.height, Math.max(-THICK, share * this.height));

  private fill(left: number, top: number, side: number, [red, green, blue]: Colour): void {
    for (let y = Math.max(0, top); y < Math.min(this.height, top + side); y += 1)
      for (let x = Math.max(0, left); x < Math.min(this.width, left + side); x += 1) {
        const at = (y * this.width + x) * 3;
        [this.pixels[at], this.pixels[at + 1], this.pixels[at + 2]] = [red, green, blue];
      }
  }
}
