import type { Fault } from '../shared/fault';
import { type Json, isJsonObject } from '../shared/json';
import { type ValueRule, fault } from '../shared/value-rules';

/** Corners in pixels of the canvas, in the order in which the outline visits them. */
export type Point = readonly [x: number, y: number];

const FEWEST = 3;
const MOST = 200;
/** Far beyond any picture: a corner may have been dragged outside of it, but not there. */
const FARTHEST = 100_000;

/** Corners as pairs of numbers, whichever way they were written: `[x, y]`, `{"x", "y"}`, each also with numbers as text. */
export function cornersOf(corners: Json | undefined): Json | undefined {
  return Array.isArray(corners) ? corners.map(pairOf) : corners;
}

function pairOf(corner: Json): Json {
  const parts = isJsonObject(corner) ? [corner.x, corner.y] : corner;
  if (!Array.isArray(parts) || parts.length !== 2) return corner;
  return parts.map((part: Json | undefined) => (part === undefined ? null : numberOf(part)));
}

const numberOf = (value: Json): Json =>
  typeof value === 'string' && /^\s*-?\d+(\.\d+)?([eE][+-]?\d+)?\s*$/.test(value) ? Number(value) : value;

const isPoint = (value: Json): value is Json & Point =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((n: Json) => typeof n === 'number' && Math.abs(n) <= FARTHEST);

/** What every stored outline obeys. */
export const polygon: ValueRule = {
  check: (value) => {
    if (!Array.isArray(value)) return fault('type', 'must be a list of corners [x, y]');
    if (value.length > MOST) return fault('too_large', `must have at most ${MOST} corners`);
    const wrong = value.flatMap((corner: Json, i): Fault[] =>
      isPoint(corner)
        ? []
        : [{ path: [String(i)], ...fault('type', `must be [x, y], two numbers from -${FARTHEST} to ${FARTHEST}`) }],
    );
    if (wrong.length > 0) return wrong;
    const distinct = new Set(value.map(String)).size;
    return distinct < FEWEST ? fault('range', `must have at least ${FEWEST} different corners`) : undefined;
  },
  schema: {
    type: 'array',
    minItems: FEWEST,
    maxItems: MOST,
    items: {
      type: 'array',
      minItems: 2,
      maxItems: 2,
      items: { type: 'number', minimum: -FARTHEST, maximum: FARTHEST },
    },
  },
};

/**
 * What else an outline obeys that is drawn now: it encloses an area and does not cross itself, because nobody can say
 * what is inside of one that does. Those that were stored earlier stay as they are.
 */
export function faultOfNewOutline(corners: readonly Point[]): Omit<Fault, 'path'> | undefined {
  const outline = corners.filter(([x, y], i) => {
    const [px, py] = corners[(i + corners.length - 1) % corners.length] ?? [];
    return x !== px || y !== py;
  });
  if (isLine(outline)) return fault('no_area', 'encloses no area: its corners lie on one line');
  const crossing = firstCrossing(outline);
  if (!crossing) return undefined;
  const [a, b] = crossing;
  return fault('self_intersecting', `crosses itself: the side from corner ${a + 1} meets the one from corner ${b + 1}`);
}

export const isPolygon = (value: Json | undefined): value is Json & readonly Point[] =>
  Array.isArray(value) && value.every(isPoint);

/** A line that was drawn as a region: a strip along it, as the old backend made one. */
export function widened(corners: Json | undefined): Json | undefined {
  if (!isPolygon(corners) || corners.length !== 2) return corners;
  const [[x1, y1], [x2, y2]] = corners as unknown as readonly [Point, Point];
  const half = 6;
  const [dx, dy] = Math.abs(x2 - x1) >= Math.abs(y2 - y1) ? [0, half] : [half, 0];
  return [
    [x1 - dx, y1 - dy],
    [x2 - dx, y2 - dy],
    [x2 + dx, y2 + dy],
    [x1 + dx, y1 + dy],
  ];
}

function isLine([first, second, ...rest]: readonly Point[]): boolean {
  return !first || !second || rest.every((corner) => cross(first, second, corner) === 0);
}

/** Two sides that meet anywhere but in a corner they share. At most 200 sides: 20,000 pairs. */
function firstCrossing(corners: readonly Point[]): readonly [number, number] | undefined {
  const n = corners.length;
  const side = (i: number) => [corners[i % n], corners[(i + 1) % n]] as unknown as readonly [Point, Point];
  for (let i = 0; i < n; i += 1)
    for (let j = i + 1; j < n; j += 1) {
      const [[a, b], [c, d]] = [side(i), side(j)];
      const isNext = j === i + 1 || (i === 0 && j === n - 1);
      // Neighbours share a corner; they cross only where one runs back along the other.
      const [shared, before, after] = j === i + 1 ? [b, a, d] : [a, b, c];
      if (isNext ? runsBack(before, shared, after) : meet(a, b, c, d)) return [i, j];
    }
  return undefined;
}

const cross = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

function runsBack(a: Point, b: Point, c: Point): boolean {
  const along = (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]);
  return cross(a, b, c) === 0 && along > 0;
}

function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [c1, c2, c3, c4] = [cross(a, b, c), cross(a, b, d), cross(c, d, a), cross(c, d, b)].map(Math.sign) as [
    number,
    number,
    number,
    number,
  ];
  if (c1 !== c2 && c3 !== c4) return true;
  return [
    [c1, a, b, c],
    [c2, a, b, d],
    [c3, c, d, a],
    [c4, c, d, b],
  ].some(([sign, p, q, r]) => sign === 0 && isBetween(p as Point, q as Point, r as Point));
}

const isBetween = ([ax, ay]: Point, [bx, by]: Point, [x, y]: Point): boolean =>
  x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by);
