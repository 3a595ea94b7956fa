import { createRequire } from 'node:module';
import type { Look, LookRequest, PersonFinder } from '../../application/detection/person-finder';
import { type Box, type Sighting, centreOf, heightOf, overlap } from '../../domain/detection/box';
import type { RgbPicture } from '../../domain/detection/scene';
import { hasCode } from '../system/files';
import {
  type FoundBox,
  type Layout,
  type Pose,
  type PoseHeads,
  type Tensor,
  readCenters,
  readLayout,
  readPose,
  readPosePersons,
  wristsOf,
} from './heads';

/** The part of onnxruntime-node that is used; the package itself may be missing. */
interface Runtime {
  readonly Tensor: new (type: 'uint8' | 'float32', data: Uint8Array | Float32Array, dims: number[]) => Tensor;
  readonly InferenceSession: {
    create(model: Uint8Array | string, options: object): Promise<Session>;
  };
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, Tensor>): Promise<Readonly<Record<string, Tensor>>>;
}

/** Why nobody can look at pictures on this machine; the message says what to do. */
export class NoEngine extends Error {}

const HELP =
  'Persons are not looked for: the optional package onnxruntime-node is not installed or does not run here. Install it with "npm install", on Linux with glibc, macOS (arm64) or Windows.';

function loaded<T>(load: (from: NodeJS.Require) => T): T {
  try {
    return load(createRequire(__filename));
  } catch (error) {
    if (!hasCode(error, 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED')) throw error;
    throw new NoEngine(HELP, { cause: error });
  }
}

/** Where the runtime is. @throws NoEngine */
export const findEngine = (): string => loaded((from) => from.resolve('onnxruntime-node'));

/** A second thread costs twice the CPU on a machine that has other work. */
const OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** A model of the site's own, for what persons wear. */
export interface OwnModel {
  readonly file: string;
  readonly labels: readonly string[];
  readonly layout: Layout;
  /** What it is shown: the whole picture, a person, or the upper third of a person. */
  readonly on: 'frame' | 'person' | 'head';
  /** Side of its square input, in pixels. */
  readonly size: number;
}

export interface Models {
  readonly persons: string;
  /** Absent: nobody has hands. */
  readonly pose?: string;
  readonly own?: OwnModel;
  /** What answers say of the models. */
  readonly name: string;
}

const LEAST_SCORE = 0.2;
const POSE_SIDE = 192;
/** The mean of its points for which a pose is that of a person. */
const PERSON = 0.25;
/** Closer looks cost as much as the first one; more of them than this wait for the next picture. */
const MOST_CLOSER = 3;
const SURE = 0.5;

/** Looks with models of this process, one picture after the other. */
export class OnnxPersonFinder implements PersonFinder {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly ort: Runtime,
    private readonly models: Models,
    private readonly persons: Session,
    private readonly pose: Session | undefined,
    private readonly own: Session | undefined,
  ) {}

  /** @throws NoEngine, or the error of the runtime for a file that is no model */
  static async open(models: Models): Promise<OnnxPersonFinder> {
    const ort = loaded((from) => from('onnxruntime-node') as Runtime);
    const open = (file: string) => ort.InferenceSession.create(file, OPTIONS);
    const persons = await open(models.persons);
    const pose = models.pose === undefined ? undefined : await open(models.pose);
    const own = models.own && (await open(models.own.file));
    return new OnnxPersonFinder(ort, models, persons, pose, own);
  }

  look(newest: () => LookRequest): Promise<Look> {
    const next = this.last.then(() => this.lookNow(newest()));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async lookNow(request: LookRequest): Promise<Look> {
    const found = await this.findPersons(halved(request.picture));
    const sightings: Sighting[] = found.map(({ box, score }) => ({ box, score }));
    await this.lookCloser(sightings, request);
    await this.label(sightings, request);
    return { sightings, model: this.models.name, labels: this.models.own?.labels ?? [] };
  }

  private async findPersons(picture: RgbPicture): Promise<FoundBox[]> {
    const heads = await this.persons.run({ image: this.bytes(picture) });
    const { heat, wh } = heads;
    if (heat && wh) return readCenters(heat, wh, LEAST_SCORE);
    return readPosePersons(poseHeads(heads), LEAST_SCORE);
  }

  private bytes({ rgb, width, height }: RgbPicture): Tensor {
    return new this.ort.Tensor('uint8', rgb, [1, height, width, 3]);
  }

  /** Hands where they are wanted, and a second opinion on persons who are new. */
  private async lookCloser(sightings: Sighting[], { picture, known, hands }: LookRequest): Promise<void> {
    if (!this.pose) return;
    const isNew = ({ box }: Sighting) => !known.some((each) => overlap(each, box) > 0.1);
    const wanted = sightings
      .map((each, i) => ({ each, i, hasHands: hands.some((area) => touches(area, each.box)) }))
      .filter(({ each, hasHands }) => hasHands || isNew(each))
      .sort((a, b) => Number(b.hasHands) - Number(a.hasHands) || b.each.score - a.each.score)
      .slice(0, MOST_CLOSER);
    for (const { each, i, hasHands } of wanted) {
      const pose = await this.poseIn(picture, each.box);
      const confirmed = isNew(each) ? { isConfirmed: pose.score >= PERSON } : {};
      sightings[i] = { ...each, ...confirmed, ...(hasHands ? { hands: wristsOf(pose) } : {}) };
    }
  }

  private async poseIn(picture: RgbPicture, box: Box): Promise<Pose> {
    const area = squareAround(box, picture);
    const cut = cutOut(picture, area, POSE_SIDE);
    const heads = this.pose ? await this.pose.run({ image: this.bytes(cut) }) : {};
    const { score, points } = readPose(poseHeads(heads));
    return { score, points: points.map((point) => ({ ...point, at: outOf(area, picture, point.at) })) };
  }

  private async label(sightings: Sighting[], { picture, labels: areas }: LookRequest): Promise<void> {
    const { own } = this.models;
    if (!this.own || !own) return;
    const wanted = [...sightings.entries()].filter(([, { box }]) => areas.some((area) => touches(area, box)));
    for (const [i, each] of wanted.slice(0, MOST_CLOSER)) {
      const area = own.on === 'frame' ? WHOLE : own.on === 'head' ? headOf(each.box) : each.box;
      const cut = cutOut(picture, squareAround(area, picture), own.size);
      const input = new this.ort.Tensor('float32', planes(cut), [1, 3, own.size, own.size]);
      const heads = await this.own.run({ [this.own.inputNames[0] ?? '']: input });
      const output = heads[this.own.outputNames[0] ?? ''];
      const found = output ? readLayout(output, own.layout, [own.size, own.size], LEAST_SCORE) : [];
      sightings[i] = { ...each, labels: labelsIn(found, own.labels) };
    }
  }
}

const WHOLE: Box = { x1: 0, y1: 0, x2: 1, y2: 1 };

const headOf = (box: Box): Box => ({ ...box, y2: box.y1 + heightOf(box) / 3 });

const touches = (a: Box, b: Box): boolean => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;

function poseHeads({ heat, center, reg, off }: Readonly<Record<string, Tensor>>): PoseHeads {
  if (heat && center && reg && off) return { heat, center, reg, off };
  throw new Error('The model for persons has neither the outputs heat and wh nor heat, center, reg and off');
}

/** A label that the model is not sure of is left out; `no_hairnet` is the opposite of `hairnet`. */
export function labelsIn(found: readonly FoundBox[], names: readonly string[]): Record<string, boolean> {
  const best = names.map((_, i) => Math.max(0, ...found.flatMap(({ label, score }) => (label === i ? [score] : []))));
  const scoreOf = (name: string): number => best[names.indexOf(name)] ?? 0;
  const positive = names.filter((name) => !name.startsWith('no_'));
  return Object.fromEntries(
    positive.flatMap((name): [string, boolean][] => {
      const [yes, no] = [scoreOf(name), scoreOf(`no_${name}`)];
      if (yes >= SURE && yes >= no) return [[name, true]];
      return no >= SURE || (yes < LEAST_SCORE && !names.includes(`no_${name}`)) ? [[name, false]] : [];
    }),
  );
}

/** A part of a picture, in pixels. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** A person with some room around. */
function squareAround(box: Box, { width, height }: RgbPicture): Area {
  const [cx, cy] = centreOf(box);
  const side = Math.max((box.x2 - box.x1) * width, heightOf(box) * height, 8) * 1.25;
  return { left: cx * width - side / 2, top: cy * height - side / 2, side };
}

const outOf = ({ left, top, side }: Area, { width, height }: RgbPicture, [x, y]: readonly [number, number]) =>
  [(left + x * side) / width, (top + y * side) / height] as const;

/** Half as wide and high: the mean of four pixels each. */
function halved({ width, height, rgb }: RgbPicture): RgbPicture {
  const [w, h, line] = [width >> 1, height >> 1, width * 3];
  const half = new Uint8Array(w * h * 3);
  let to = 0;
  for (let y = 0; y < h; y += 1)
    for (let from = y * 2 * line, end = from + w * 6; from < end; from += 6)
      for (let c = from; c < from + 3; c += 1)
        half[to++] = ((rgb[c] ?? 0) + (rgb[c + 3] ?? 0) + (rgb[c + line] ?? 0) + (rgb[c + line + 3] ?? 0) + 2) >> 2;
  return { width: w, height: h, rgb: half };
}

const OUTSIDE = 114;

/** A square of a picture in another size, between pixels by the mean of the four nearest; gray outside the picture. */
function cutOut({ width, height, rgb }: RgbPicture, { left, top, side }: Area, size: number): RgbPicture {
  const cut = new Uint8Array(size * size * 3).fill(OUTSIDE);
  const [step, line] = [side / size, width * 3];
  for (let j = 0; j < size; j += 1) {
    const fy = top + (j + 0.5) * step - 0.5;
    const y = Math.floor(fy);
    if (y < 0 || y + 1 >= height) continue;
    for (let i = 0; i < size; i += 1) {
      const fx = left + (i + 0.5) * step - 0.5;
      const x = Math.floor(fx);
      if (x < 0 || x + 1 >= width) continue;
      const [a, b, to] = [fx - x, fy - y, (j * size + i) * 3];
      for (let c = 0; c < 3; c += 1) {
        const at = y * line + x * 3 + c;
        const upper = (rgb[at] ?? 0) * (1 - a) + (rgb[at + 3] ?? 0) * a;
        const lower = (rgb[at + line] ?? 0) * (1 - a) + (rgb[at + line + 3] ?? 0) * a;
        cut[to + c] = upper * (1 - b) + lower * b;
      }
    }
  }
  return { width: size, height: size, rgb: cut };
}

/** A plane for each colour, from 0 to 1. */
function planes({ width, height, rgb }: RgbPicture): Float32Array {
  const count = width * height;
  const values = new Float32Array(count * 3);
  for (let i = 0; i < count; i += 1) for (let c = 0; c < 3; c += 1) values[c * count + i] = (rgb[i * 3 + c] ?? 0) / 255;
  return values;
}
