import { type Box, type PicturePoint, type Sighting, centreOf, distance, heightOf, overlap } from './box';

/** One person as it is followed from picture to picture. Times are in seconds, of the pictures, not of the wall. */
export interface Track {
  readonly id: number;
  readonly box: Box;
  /** Of the centre, in shares of the picture per second. */
  readonly velocity: PicturePoint;
  readonly bornAt: number;
  readonly seenAt: number;
  /** Pictures in which it was seen. */
  readonly looks: number;
  /** Pictures since its birth, seen or not. */
  readonly chances: number;
  /** Whether it came over the edge of the picture, so that everything it did is known. */
  readonly fromEdge: boolean;
  /** The sighting of `seenAt`. */
  readonly last: Sighting;
}

export interface Tracks {
  readonly nextId: number;
  readonly list: readonly Track[];
}

export const NO_TRACKS: Tracks = { nextId: 1, list: [] };

/** Boxes with at least this score may begin a track; weaker ones, down to `LOW`, only continue one. */
const BIRTH = 0.35;
const HIGH = 0.3;
const LOW = 0.2;
/** A single box may be a mistake of the model. */
const LOOKS_TO_CONFIRM = 2;
const KEPT_UNSEEN_S = 2;
/** A track that was seen once is given up at the next picture but one. */
const KEPT_UNCONFIRMED_S = 0.8;
const MOST_PREDICTED_S = 1.5;
/** Weights of an alpha-beta filter: how far the place and the speed follow a new box. */
const ALPHA = 0.9;
const BETA = 0.4;
const LEAST_OVERLAP = 0.15;
/** Boxes that do not overlap may still be one person, this many body heights away. */
const REACH = 0.6;
const LEAST_LIKENESS = 0.05;
const SAME_PERSON = 0.6;
/** A box that begins within this share of the edge came over it. */
const EDGE = 0.03;
/** More persons in one picture than any model finds reliably: the assignment takes the cube of it. */
const MOST = 60;

/** Tracks that were seen in this picture, and more than once. */
export const confirmedAt = ({ list }: Tracks, now: number): readonly Track[] =>
  list.filter((track) => track.seenAt === now && track.looks >= LOOKS_TO_CONFIRM);

export const predicted = ({ box, velocity: [vx, vy], seenAt }: Track, now: number): Box => {
  const seconds = Math.min(now - seenAt, MOST_PREDICTED_S);
  const [dx, dy] = [vx * seconds, vy * seconds];
  return { x1: box.x1 + dx, y1: box.y1 + dy, x2: box.x2 + dx, y2: box.y2 + dy };
};

/**
 * Follows persons through one more picture. Two rounds, as in ByteTrack (Zhang et al., ECCV 2022): sure boxes first,
 * then weak ones, which only continue what is followed. Places are predicted with constant velocity.
 */
export function followTracks(before: Tracks, sightings: readonly Sighting[], now: number): Tracks {
  const all = sightings.toSorted((a, b) => b.score - a.score).slice(0, MOST);
  const sure = all.filter(({ score }) => score >= HIGH);
  const weak = all.filter(({ score }) => score < HIGH && score >= LOW);
  const first = matched(before.list, sure, now);
  const second = matched(first.unseen, weak, now);
  const kept = second.unseen.filter((track) => now - track.seenAt <= patienceWith(track));
  const seen = [...first.seen, ...second.seen];
  const born = first.unused
    .filter((each) => mayBegin(each, seen))
    .map((each, i) => begun(each, before.nextId + i, now));
  return {
    nextId: before.nextId + born.length,
    list: [...seen, ...kept.map((track) => ({ ...track, chances: track.chances + 1 })), ...born],
  };
}

const patienceWith = ({ looks }: Track): number => (looks >= LOOKS_TO_CONFIRM ? KEPT_UNSEEN_S : KEPT_UNCONFIRMED_S);

/** A second box on a person that is followed already is no second person. */
const mayBegin = ({ score, box, isConfirmed }: Sighting, seen: readonly Track[]): boolean =>
  score >= BIRTH && isConfirmed !== false && !seen.some((track) => overlap(track.box, box) > SAME_PERSON);

const begun = (last: Sighting, id: number, now: number): Track => ({
  id,
  box: last.box,
  velocity: [0, 0],
  bornAt: now,
  seenAt: now,
  looks: 1,
  chances: 1,
  fromEdge: isAtEdge(last.box),
  last,
});

const isAtEdge = ({ x1, y1, x2, y2 }: Box): boolean => x1 <= EDGE || y1 <= EDGE || x2 >= 1 - EDGE || y2 >= 1 - EDGE;

function matched(tracks: readonly Track[], sightings: readonly Sighting[], now: number) {
  const likeness = tracks.map((track) => {
    const place = predicted(track, now);
    return sightings.map(({ box }) => likenessOf(place, box));
  });
  const chosen = assign(likeness.map((row) => row.map((like) => (like > LEAST_LIKENESS ? 1 - like : 1e3))));
  const pairs = chosen.map((j, i) => ((likeness[i]?.[j] ?? 0) > LEAST_LIKENESS ? j : -1));
  const found = (i: number): Sighting | undefined => sightings[pairs[i] ?? -1];
  return {
    seen: tracks.flatMap((track, i) => {
      const sighting = found(i);
      return sighting ? [seenAgain(track, sighting, now)] : [];
    }),
    unseen: tracks.filter((_, i) => !found(i)),
    unused: sightings.filter((_, j) => !pairs.includes(j)),
  };
}

/** 1 for the same box, at least 0.5 for one that overlaps, less for one of like size that is near. */
function likenessOf(place: Box, box: Box): number {
  const common = overlap(place, box);
  if (common >= LEAST_OVERLAP) return 0.5 + common / 2;
  const far = distance(centreOf(place), centreOf(box)) / ((heightOf(place) + heightOf(box)) / 2);
  const ratio = heightOf(place) / heightOf(box);
  return far < REACH && ratio > 0.6 && ratio < 1 / 0.6 ? 0.5 * (1 - far / REACH) : 0;
}

function seenAgain(track: Track, last: Sighting, now: number): Track {
  const seconds = Math.max(now - track.seenAt, 1e-3);
  const [px, py] = centreOf(predicted(track, now));
  const [bx, by] = centreOf(last.box);
  const [rx, ry] = [bx - px, by - py];
  const [cx, cy] = [px + ALPHA * rx, py + ALPHA * ry];
  const mixed = (was: number, is: number) => was * (1 - ALPHA) + is * ALPHA;
  const width = mixed(track.box.x2 - track.box.x1, last.box.x2 - last.box.x1);
  const height = mixed(heightOf(track.box), heightOf(last.box));
  // The second look is the first that says anything about the speed.
  const gain = track.looks < 2 ? 1 : BETA;
  const [vx, vy] = track.velocity;
  return {
    ...track,
    box: { x1: cx - width / 2, y1: cy - height / 2, x2: cx + width / 2, y2: cy + height / 2 },
    velocity: [vx + (gain * rx) / seconds, vy + (gain * ry) / seconds],
    seenAt: now,
    looks: track.looks + 1,
    chances: track.chances + 1,
    last,
  };
}

/**
 * The assignment of rows to columns with the least sum of costs: for each row its column, -1 for none. Kuhn and
 * Munkres' algorithm with potentials, of the third power of the larger side.
 */
export function assign(costs: readonly (readonly number[])[]): number[] {
  const [rows, columns] = [costs.length, costs[0]?.length ?? 0];
  if (rows > columns) {
    const turned = assign(Array.from({ length: columns }, (_, j) => costs.map((row) => row[j] ?? 0)));
    return costs.map((_, i) => turned.indexOf(i));
  }
  const solver = new Assignment(costs, columns);
  for (let row = 1; row <= rows; row += 1) solver.add(row);
  return solver.columnsOfRows(rows);
}

/** Indices begin at 1; column 0 stands for the row that is just being added. */
class Assignment {
  private readonly u: Float64Array;
  private readonly v: Float64Array;
  private readonly rowOf: Int32Array;

  constructor(
    private readonly costs: readonly (readonly number[])[],
    private readonly columns: number,
  ) {
    this.u = new Float64Array(costs.length + 1);
    this.v = new Float64Array(columns + 1);
    this.rowOf = new Int32Array(columns + 1);
  }

  add(row: number): void {
    const least = new Float64Array(this.columns + 1).fill(Infinity);
    const from = new Int32Array(this.columns + 1);
    const used = new Uint8Array(this.columns + 1);
    this.rowOf[0] = row;
    let at = 0;
    do {
      used[at] = 1;
      at = this.nearest(at, least, from, used);
    } while (this.row(at) !== 0);
    // Along the way that was found every row moves to the next column.
    for (let column = at; column !== 0; column = from[column] ?? 0) this.rowOf[column] = this.row(from[column] ?? 0);
  }

  columnsOfRows(rows: number): number[] {
    const chosen = Array.from({ length: rows }, () => -1);
    for (let column = 1; column <= this.columns; column += 1)
      if (this.row(column) > 0) chosen[this.row(column) - 1] = column - 1;
    return chosen;
  }

  private row(column: number): number {
    return this.rowOf[column] ?? 0;
  }

  /** The unused column that is reached most cheaply; the potentials are moved so that its edge costs nothing. */
  private nearest(at: number, least: Float64Array, from: Int32Array, used: Uint8Array): number {
    const row = this.row(at);
    let [delta, next] = [Infinity, 0];
    for (let j = 1; j <= this.columns; j += 1) {
      if (used[j]) continue;
      const cost = (this.costs[row - 1]?.[j - 1] ?? 0) - (this.u[row] ?? 0) - (this.v[j] ?? 0);
      if (cost < (least[j] ?? 0)) [least[j], from[j]] = [cost, at];
      if ((least[j] ?? 0) < delta) [delta, next] = [least[j] ?? 0, j];
    }
    for (let j = 0; j <= this.columns; j += 1)
      if (used[j]) {
        this.u[this.row(j)] = (this.u[this.row(j)] ?? 0) + delta;
        this.v[j] = (this.v[j] ?? 0) - delta;
      } else least[j] = (least[j] ?? 0) - delta;
    return next;
  }
}
