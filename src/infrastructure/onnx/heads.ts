import type { Box, Hand, PicturePoint } from '../../domain/detection/box';
import { overlap } from '../../domain/detection/box';

/** Numbers as a model puts them out, by rows; `dims` begins with the batch, which is 1. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What a model found: a box in shares of its input. */
export interface FoundBox {
  readonly box: Box;
  /** 0 to 1. */
  readonly score: number;
  /** The number of its class. */
  readonly label: number;
}

const MOST = 50;
/** Of a box that overlaps a better one of its class this much. */
const SAME = 0.5;

const bestFirst = (boxes: readonly FoundBox[]): FoundBox[] => boxes.toSorted((a, b) => b.score - a.score);

/** Drops each box that overlaps a better one of its class. */
export function distinct(boxes: readonly FoundBox[]): FoundBox[] {
  const kept: FoundBox[] = [];
  for (const each of bestFirst(boxes)) {
    if (kept.length === MOST) break;
    if (!kept.some(({ box, label }) => label === each.label && overlap(box, each.box) > SAME)) kept.push(each);
  }
  return kept;
}

/** One plane of a tensor [1, channels, height, width]. */
class Plane {
  readonly width: number;
  readonly height: number;
  private readonly from: number;

  constructor(
    private readonly tensor: Tensor,
    channel: number,
  ) {
    const [, , height = 0, width = 0] = tensor.dims;
    [this.width, this.height, this.from] = [width, height, channel * width * height];
  }

  at(x: number, y: number): number {
    return this.tensor.data[this.from + y * this.width + x] ?? 0;
  }

  /** Whether no neighbour is larger; of equal ones the first counts. */
  isPeak(x: number, y: number): boolean {
    const value = this.at(x, y);
    for (let j = Math.max(0, y - 1); j <= Math.min(this.height - 1, y + 1); j += 1)
      for (let i = Math.max(0, x - 1); i <= Math.min(this.width - 1, x + 1); i += 1)
        if (this.at(i, j) > value || (this.at(i, j) === value && (j < y || (j === y && i < x)))) return false;
    return true;
  }

  peaks(least: number): (readonly [x: number, y: number])[] {
    const found: (readonly [number, number])[] = [];
    for (let y = 0; y < this.height; y += 1)
      for (let x = 0; x < this.width; x += 1) if (this.at(x, y) >= least && this.isPeak(x, y)) found.push([x, y]);
    return found;
  }

  /** The place of the largest value, weighed down by its distance from a place. */
  nearest(x: number, y: number): readonly [x: number, y: number] {
    let [best, bx, by] = [-1, 0, 0];
    for (let j = 0; j < this.height; j += 1)
      for (let i = 0; i < this.width; i += 1) {
        const value = this.at(i, j) / (Math.hypot(j - y, i - x) + NEAR);
        if (value > best) [best, bx, by] = [value, i, j];
      }
    return [bx, by];
  }
}

/** Cells within which the distance hardly counts; the value of the graph that comes with MoveNet. */
const NEAR = 1.8;
/** Pixels of the input for each cell of a heat map. */
const STRIDE = 4;

/**
 * Heads in the manner of CenterNet (Zhou et al., "Objects as Points", 2019): `heat` [1, classes, h, w] has a peak at
 * the middle of each object, `wh` [1, 4, h, w] the distances from there to the left, upper, right and lower side, in
 * pixels of the input.
 */
export function readCenters(heat: Tensor, wh: Tensor, least: number): FoundBox[] {
  const plane = new Plane(heat, 0);
  const [left, top, right, bottom] = [0, 1, 2, 3].map((channel) => new Plane(wh, channel));
  const [width, height] = [plane.width * STRIDE, plane.height * STRIDE];
  const found = plane.peaks(least).map(([x, y]): FoundBox => {
    const [cx, cy] = [x * STRIDE, y * STRIDE];
    const box = {
      x1: (cx - (left?.at(x, y) ?? 0)) / width,
      y1: (cy - (top?.at(x, y) ?? 0)) / height,
      x2: (cx + (right?.at(x, y) ?? 0)) / width,
      y2: (cy + (bottom?.at(x, y) ?? 0)) / height,
    };
    return { box, score: plane.at(x, y), label: 0 };
  });
  return bestFirst(found).slice(0, MOST);
}

/** The heads of MoveNet: heat maps of 17 points, of the middle of persons, and where its points are from there. */
export interface PoseHeads {
  readonly heat: Tensor;
  readonly center: Tensor;
  readonly reg: Tensor;
  readonly off: Tensor;
}

const POINTS = 17;
const WRISTS = [9, 10] as const;
/** Points with at least this score show how far a person reaches. */
const SEEN_POINT = 0.2;

export interface Pose {
  /** Mean of the scores of all points. */
  readonly score: number;
  readonly points: readonly Hand[];
}

/** The person nearest to the middle of the picture; places in shares of it. */
export const readPose = (heads: PoseHeads): Pose => {
  const center = new Plane(heads.center, 0);
  return poseAt(heads, ...center.nearest(center.width / 2, center.height / 2));
};

export const wristsOf = ({ points }: Pose): Hand[] => WRISTS.flatMap((i) => points[i] ?? []);

/** All persons in a picture; each box reaches around the points that are seen, and over the head. */
export function readPosePersons(heads: PoseHeads, least: number): FoundBox[] {
  const center = new Plane(heads.center, 0);
  const found = center.peaks(least).flatMap(([x, y]): FoundBox[] => {
    const { score, points } = poseAt(heads, x, y);
    const seen = points.filter((point) => point.score >= SEEN_POINT).map(({ at }) => at);
    return seen.length < 4 ? [] : [{ box: around(seen), score: Math.min(1, score * 1.5), label: 0 }];
  });
  return distinct(found.filter(({ score }) => score >= least));
}

function around(points: readonly PicturePoint[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x1, x2, y1, y2] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [width, height] = [x2 - x1, y2 - y1];
  return { x1: x1 - width * 0.1, x2: x2 + width * 0.1, y1: y1 - height * 0.1, y2: y2 + height * 0.04 };
}

function poseAt({ heat, reg, off }: PoseHeads, cx: number, cy: number): Pose {
  const points = Array.from({ length: POINTS }, (_, k): Hand => {
    const plane = new Plane(heat, k);
    const [ry, rx] = [new Plane(reg, 2 * k).at(cx, cy), new Plane(reg, 2 * k + 1).at(cx, cy)];
    const [x, y] = plane.nearest(cx + rx, cy + ry);
    const [oy, ox] = [new Plane(off, 2 * k).at(x, y), new Plane(off, 2 * k + 1).at(x, y)];
    return { at: [(x + ox) / plane.width, (y + oy) / plane.height], score: plane.at(x, y) };
  });
  return { points, score: points.reduce((sum, { score }) => sum + score, 0) / POINTS };
}

export type Layout = 'columns' | 'rows';

/**
 * The boxes of any detector by the shape of its output. `columns`: [1, 4 + classes, n], each column the middle, width
 * and height and a score for each class. `rows`: [1, n, 6], each row two corners, score and class. Lengths are in
 * pixels of the input; with values up to 2 only they are shares already.
 */
export function readLayout(output: Tensor, layout: Layout, [width, height]: readonly [number, number], least: number) {
  const found = layout === 'columns' ? columns(output, least) : rows(output, least);
  const isShares = found.every(({ box }) => Math.max(box.x2, box.y2) <= 2);
  const [w, h] = isShares ? [1, 1] : [width, height];
  return distinct(
    found.map((each) => ({
      ...each,
      box: { x1: each.box.x1 / w, y1: each.box.y1 / h, x2: each.box.x2 / w, y2: each.box.y2 / h },
    })),
  );
}

function columns({ dims, data }: Tensor, least: number): FoundBox[] {
  const [, channels = 0, count = 0] = dims;
  const at = (channel: number, i: number): number => data[channel * count + i] ?? 0;
  const found: FoundBox[] = [];
  for (let i = 0; i < count; i += 1) {
    let label = 0;
    for (let k = 1; k < channels - 4; k += 1) if (at(4 + k, i) > at(4 + label, i)) label = k;
    const score = at(4 + label, i);
    if (!(score >= least)) continue;
    const [x, y, w, h] = [at(0, i), at(1, i), at(2, i) / 2, at(3, i) / 2];
    found.push({ box: { x1: x - w, y1: y - h, x2: x + w, y2: y + h }, score, label });
  }
  return found;
}

function rows({ dims, data }: Tensor, least: number): FoundBox[] {
  const [, count = 0, size = 6] = dims;
  return Array.from({ length: count }, (_, i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0, label = 0] = Array.from(
      { length: 6 },
      (__, k) => data[i * size + k] ?? 0,
    );
    return { box: { x1, y1, x2, y2 }, score, label };
  }).filter(({ score }) => score >= least);
}
