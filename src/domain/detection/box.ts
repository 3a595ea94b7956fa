/** A rectangle in shares of the picture's width and height: 0 is left and top. It may reach outside. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A place in a picture, both in shares of it, 0 to 1. */
export type PicturePoint = readonly [x: number, y: number];

/** A hand as a model sees it. A hidden one has a low score: *unknown*, which is not *no hand*. */
export interface Hand {
  readonly at: PicturePoint;
  /** 0 to 1. */
  readonly score: number;
}

/** A person in one picture, before it is known who it is. */
export interface Sighting {
  readonly box: Box;
  /** 0 to 1. */
  readonly score: number;
  /** Both wrists; undefined where they were not looked for. */
  readonly hands?: readonly Hand[];
  /** What a model of the site's own says of the person, as `{"hairnet": true}`; a label that it is not sure of is left out. */
  readonly labels?: Readonly<Record<string, boolean>>;
  /** Whether a second model agrees that this is a person; undefined where it was not consulted. */
  readonly isConfirmed?: boolean;
}

/** Most cameras have pictures of this shape; distances are measured in heights of the picture. */
const ASPECT = 16 / 9;

export const heightOf = ({ y1, y2 }: Box): number => y2 - y1;

export const centreOf = ({ x1, y1, x2, y2 }: Box): PicturePoint => [(x1 + x2) / 2, (y1 + y2) / 2];

/** Where a person stands: a little above the lower edge, which shadows and reflections pull down. */
export const footOf = (box: Box): PicturePoint => [(box.x1 + box.x2) / 2, box.y2 - 0.04 * heightOf(box)];

/** In heights of the picture. */
export const distance = ([ax, ay]: PicturePoint, [bx, by]: PicturePoint): number =>
  Math.hypot((ax - bx) * ASPECT, ay - by);

/** Intersection over union: 1 for the same box, 0 for boxes that do not touch. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  return common / (areaOf(a) + areaOf(b) - common);
}

const areaOf = ({ x1, y1, x2, y2 }: Box): number => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

/** Whether a point lies inside an outline: a ray to the right crosses its sides an odd number of times. */
export function isInside([x, y]: PicturePoint, outline: readonly PicturePoint[]): boolean {
  let inside = false;
  for (const [[ax, ay], [bx, by]] of sidesOf(outline))
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  return inside;
}

/** How far a point is from the nearest side of an outline, in heights of the picture. */
export function distanceToBorder(point: PicturePoint, outline: readonly PicturePoint[]): number {
  return Math.min(...sidesOf(outline).map(([a, b]) => distance(point, nearestOn(a, b, point))));
}

function nearestOn(a: PicturePoint, b: PicturePoint, [x, y]: PicturePoint): PicturePoint {
  const [dx, dy] = [(b[0] - a[0]) * ASPECT, b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - a[0]) * ASPECT * dx + (y - a[1]) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
}

const sidesOf = (outline: readonly PicturePoint[]): (readonly [PicturePoint, PicturePoint])[] =>
  outline.map((corner, i) => [outline.at(i - 1) ?? corner, corner]);
