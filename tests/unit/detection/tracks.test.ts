import fc from 'fast-check';
import type { Sighting } from '../../../src/domain/detection/box';
import { NO_TRACKS, type Tracks, assign, confirmedAt, followTracks } from '../../../src/domain/detection/tracks';
import { person } from './people';

function followed(pictures: readonly (readonly Sighting[])[], perSecond = 3): Tracks {
  return pictures.reduce((tracks, sightings, i) => followTracks(tracks, sightings, i / perSecond), NO_TRACKS);
}

const at = (n: number, x: (i: number) => number) => Array.from({ length: n }, (_, i) => person(x(i)));
const ids = ({ list }: Tracks) => list.map(({ id }) => id).toSorted((a, b) => a - b);

describe('the assignment', () => {
  /** All ways to give each row a column of its own. */
  function least(costs: readonly (readonly number[])[], row = 0, used: readonly number[] = []): number {
    if (row === costs.length) return 0;
    const free = (costs[row] ?? []).flatMap((cost, j) => (used.includes(j) ? [] : [[cost, j] as const]));
    return Math.min(...free.map(([cost, j]) => cost + least(costs, row + 1, [...used, j])));
  }

  it('is the cheapest of all, for every square or wide matrix', () => {
    const matrices = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 })).chain(([rows, more]) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: rows + more, maxLength: rows + more }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
    fc.assert(
      fc.property(matrices, (costs) => {
        const chosen = assign(costs);
        expect(new Set(chosen).size).toBe(costs.length);
        expect(chosen.reduce((sum, j, i) => sum + costs[i]![j]!, 0)).toBe(least(costs));
      }),
    );
  });

  it('leaves rows out where there are fewer columns', () => {
    expect(assign([[5], [1], [9]])).toEqual([-1, 0, -1]);
    expect(assign([])).toEqual([]);
    expect(assign([[], []])).toEqual([-1, -1]);
  });
});

describe('a track', () => {
  it('is one person who walks', () => {
    const { list } = followed(at(20, (i) => 0.1 + i * 0.03).map((each) => [each]));
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ id: 1, looks: 20, chances: 20 });
  });

  it('stays that of its person when two pass each other', () => {
    const [right, left] = [at(20, (i) => 0.1 + i * 0.04), at(20, (i) => 0.9 - i * 0.04)];
    const tracks = followed(right.map((each, i) => [each, left[i]!]));
    const first = tracks.list.find(({ id }) => id === 1);
    expect(ids(tracks)).toEqual([1, 2]);
    expect(first?.box.x1).toBeGreaterThan(0.7);
  });

  it('goes on behind a post of a second and a half', () => {
    const path = at(20, (i) => 0.1 + i * 0.03).map((each, i) => (i >= 8 && i < 12 ? [] : [each]));
    expect(ids(followed(path))).toEqual([1]);
  });

  it('ends two seconds after it was seen last, and a new one begins', () => {
    const path = at(20, () => 0.4).map((each, i) => (i >= 6 && i < 14 ? [] : [each]));
    expect(ids(followed(path))).toEqual([2]);
  });

  it('counts from its second look', () => {
    expect(confirmedAt(followed([[person(0.3)]]), 0)).toEqual([]);
    expect(confirmedAt(followed([[person(0.3)], [person(0.31)]]), 1 / 3)).toHaveLength(1);
  });

  it('is begun by a sure box only, and continued by a weak one', () => {
    const weak = (x: number) => person(x, 0.6, { score: 0.22 });
    expect(ids(followed([[weak(0.3)], [weak(0.3)]]))).toEqual([]);
    expect(followed([[person(0.3)], [weak(0.31)], [weak(0.32)]]).list[0]).toMatchObject({ looks: 3 });
  });

  it('is not begun by what a second model calls no person', () => {
    expect(ids(followed([[person(0.3, 0.6, { isConfirmed: false })]]))).toEqual([]);
  });

  it('is not doubled by a second box on the same person', () => {
    expect(ids(followed([[person(0.3)], [person(0.3), person(0.305, 0.6, { score: 0.7 })]]))).toEqual([1]);
  });

  it('knows whether it came over the edge of the picture', () => {
    expect(followed([[person(0.04)]]).list[0]?.fromEdge).toBe(true);
    expect(followed([[person(0.4)]]).list[0]?.fromEdge).toBe(false);
  });

  it('is bounded in number, whatever a model says', () => {
    const crowd = Array.from({ length: 500 }, (_, i) => person((i % 25) / 25, 0.3 + Math.floor(i / 25) / 30));
    expect(followed([crowd, crowd]).list.length).toBeLessThanOrEqual(60);
  });
});
