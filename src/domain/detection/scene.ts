import type { Box, Sighting } from './box';
import { type Track, NO_TRACKS, type Tracks, confirmedAt, followTracks, predicted } from './tracks';
import type { Zone } from './zone';
import { type ZoneFinding, NO_PEOPLE, type People, stepZones } from './zone-rules';

/** A picture as it is analysed: red, green and blue, a byte each, line by line. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** What is known of what one camera sees. Times are seconds of its pictures. */
export interface Scene {
  readonly tracks: Tracks;
  readonly people: People;
  /** Brightness of the cells of the picture before. */
  readonly cells: Uint8Array | undefined;
  readonly movedAt: number;
  readonly lookedAt: number;
}

export const EMPTY_SCENE: Scene = {
  tracks: NO_TRACKS,
  people: NO_PEOPLE,
  cells: undefined,
  movedAt: -Infinity,
  lookedAt: -Infinity,
};

/** Cells of a motion gate; a person of a fifteenth of the picture's height still covers several. */
const CELLS = { columns: 160, rows: 90 };
/** More than noise and the encoder change a cell. */
const VISIBLE = 20;
/** Looks go on for this long after the last motion or person. */
const AWAKE_S = 3;
/** A person who stands still moves nothing: now and then a calm picture is looked at, too. */
const IDLE_S = 10;

/** Whether a picture is worth a look: something moves, somebody is there, or it was calm for long. */
export function glance(before: Scene, picture: RgbPicture, now: number): { scene: Scene; isWorthALook: boolean } {
  const cells = cellsOf(picture);
  const moves = before.cells !== undefined && hasMoved(before.cells, cells);
  const scene = { ...before, cells, movedAt: moves ? now : before.movedAt };
  const lastSeen = Math.max(scene.movedAt, ...scene.tracks.list.map(({ seenAt }) => seenAt));
  return { scene, isWorthALook: now - lastSeen <= AWAKE_S || now - before.lookedAt >= IDLE_S };
}

/** The persons that a look found, followed and held against the zones. */
export function see(
  before: Scene,
  sightings: readonly Sighting[],
  now: number,
  zones: readonly Zone[],
): { scene: Scene; persons: readonly Track[]; findings: readonly ZoneFinding[] } {
  const tracks = followTracks(before.tracks, sightings, now);
  const persons = confirmedAt(tracks, now);
  const { people, findings } = stepZones(before.people, persons, now, zones);
  return { scene: { ...before, tracks, people, lookedAt: now }, persons, findings };
}

/** Where persons that are followed already are expected: they need no second opinion. */
export const expected = ({ tracks }: Scene, now: number): readonly Box[] =>
  tracks.list.map((track) => predicted(track, now));

/** The mean of the green of four pixels of each cell. */
function cellsOf({ width, height, rgb }: RgbPicture): Uint8Array {
  const cells = new Uint8Array(CELLS.columns * CELLS.rows);
  const [left, right] = [0.25, 0.75].map((share) => samples(CELLS.columns, width, share, 3));
  const [upper, lower] = [0.25, 0.75].map((share) => samples(CELLS.rows, height, share, 3 * width));
  let i = 0;
  for (let row = 0; row < CELLS.rows; row += 1)
    for (let column = 0; column < CELLS.columns; column += 1) {
      const [a, b] = [(upper?.[row] ?? 0) + 1, (lower?.[row] ?? 0) + 1];
      const [c, d] = [left?.[column] ?? 0, right?.[column] ?? 0];
      cells[i++] = ((rgb[a + c] ?? 0) + (rgb[a + d] ?? 0) + (rgb[b + c] ?? 0) + (rgb[b + d] ?? 0)) / 4;
    }
  return cells;
}

/** Offsets of the pixels at a share of each cell. */
const samples = (cells: number, pixels: number, share: number, step: number): Int32Array =>
  Int32Array.from({ length: cells }, (_, i) => Math.floor(((i + share) * pixels) / cells) * step);

/** At least three cells that touch each other changed: one of them has two changed neighbours. */
function hasMoved(before: Uint8Array, after: Uint8Array): boolean {
  const changed = (column: number, row: number): number => {
    if (column < 0 || row < 0 || column >= CELLS.columns || row >= CELLS.rows) return 0;
    const i = row * CELLS.columns + column;
    const change = (before[i] ?? 0) - (after[i] ?? 0);
    return change > VISIBLE || change < -VISIBLE ? 1 : 0;
  };
  for (let row = 0; row < CELLS.rows; row += 1)
    for (let column = 0; column < CELLS.columns; column += 1) {
      if (!changed(column, row)) continue;
      const neighbours =
        changed(column - 1, row) + changed(column + 1, row) + changed(column, row - 1) + changed(column, row + 1);
      if (neighbours >= 2) return true;
    }
  return false;
}

/** What the model for persons sees where a camera says nothing; a person must be 28 pixels high in it to be found. */
const DEFAULT_LOOK = '320x192';
/** Models need sides that can be halved five times. */
const GRID = 32;
const MOST_SIDE = 1_280;

/**
 * The size of the pictures that are decoded, of the size that the model for persons sees, as in `DETECT_SIZE`: twice as
 * wide and high, so that hands and heads can be cut out of it.
 * @throws Error for what is no size
 */
export function readLookSize(text = DEFAULT_LOOK): { readonly width: number; readonly height: number } {
  const [, width = 0, height = 0] = (/^(\d{2,4})x(\d{2,4})$/.exec(text) ?? []).map(Number);
  const fits = [width, height].every((side) => side >= GRID && side <= MOST_SIDE && side % GRID === 0);
  if (!fits)
    throw new Error(`the size must be like ${DEFAULT_LOOK}, both sides multiples of ${GRID} up to ${MOST_SIDE}`);
  return { width: width * 2, height: height * 2 };
}
