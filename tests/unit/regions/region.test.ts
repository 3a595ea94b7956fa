import { Region, RegionCanvas } from '../../../src/domain/regions/region';
import { faultOfNewOutline } from '../../../src/domain/regions/polygon';
import type { JsonObject } from '../../../src/domain/shared/json';

const NOW = new Date('2030-01-01T00:00:00Z');
const LATER = new Date('2030-01-02T00:00:00Z');
const SQUARE = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
];
const sink = (more: JsonObject = {}) =>
  Region.register({ region_id: 'sink', region_type: 'handwash', polygon: SQUARE, ...more }, NOW);

const faultsOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { details: { faults: { path: unknown[]; type: string }[] } }).details.faults.map(
      ({ path, type }) => `${path.join('.')} ${type}`,
    );
  }
  return [];
};

describe('a region', () => {
  it.each([
    ['pairs', SQUARE],
    ['points', SQUARE.map(([x, y]) => ({ x: x ?? 0, y: y ?? 0 }))],
    ['pairs of texts', SQUARE.map((pair) => pair.map(String))],
    ['points of texts', SQUARE.map(([x, y]) => ({ x: String(x), y: String(y) }))],
  ])('has its corners as pairs of numbers, given as %s', (_, polygon) => {
    expect(sink({ polygon }).fields.polygon).toEqual(SQUARE);
  });

  it('understands the names of every dashboard, and is of the type custom, too', () => {
    const region = Region.register({ id: 'a', type: 'custom', points: SQUARE, enabled: false }, NOW);
    expect(region.fields).toEqual({ id: 'a', region_type: 'custom', polygon: SQUARE, is_active: false });
  });

  it.each<[string, JsonObject, string[]]>([
    [
      'nothing',
      { region_id: null, region_type: null, polygon: null },
      ['region_id missing', 'region_type missing', 'polygon missing'],
    ],
    ['a type that is none', { region_type: 'roof' }, ['region_type enum']],
    [
      'two corners',
      {
        polygon: [
          [0, 0],
          [1, 1],
        ],
      },
      ['polygon range'],
    ],
    [
      'the same corner three times',
      {
        polygon: [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
      },
      ['polygon range'],
    ],
    ['a corner that is no number', { polygon: [...SQUARE, [1, 'a']] }, ['polygon.4 type']],
    ['a corner beyond measure', { polygon: [...SQUARE, [1e308, 0]] }, ['polygon.4 type']],
    ['201 corners', { polygon: Array.from({ length: 201 }, (_, i) => [i, i * i]) }, ['polygon too_large']],
    [
      'an outline that crosses itself',
      {
        polygon: [
          [0, 0],
          [10, 10],
          [10, 0],
          [0, 10],
        ],
      },
      ['polygon self_intersecting'],
    ],
    [
      'corners on one line',
      {
        polygon: [
          [0, 0],
          [5, 5],
          [10, 10],
        ],
      },
      ['polygon no_area'],
    ],
    ['a rule that is none', { rules: { max_occupancy: 'many' } }, ['rules.max_occupancy type']],
    ['a misspelt name', { is_actve: true }, ['is_actve unknown_field']],
    ['a camera that cannot be', { camera_id: '../etc' }, ['camera_id pattern']],
  ])('is refused with %s', (_, more, faults) => {
    expect(faultsOf(() => sink(more))).toEqual(faults);
  });

  it('changes what is named and keeps the rest: description, rules, counts', () => {
    const before = Region.restore(
      {
        ...sink({ description: 'left', rules: { max_occupancy: 3, requireHairnet: true } }).fields,
        stats: { violations: 7 },
      },
      NOW,
      NOW,
    );
    const after = before.change({ enabled: false, rules: { max_occupancy: 4 } }, LATER);
    expect(after.fields).toEqual({
      ...before.fields,
      is_active: false,
      rules: { max_occupancy: 4, requireHairnet: true },
    });
    expect([after.createdAt, after.updatedAt]).toEqual([NOW, LATER]);
    expect(before.change({ description: null }, LATER).fields).not.toHaveProperty('description');
    expect(before.change({ region_type: 'handwash' }, LATER)).toBe(before);
  });

  it('cannot be renamed, and an outline stored earlier stays though it crosses itself', () => {
    expect(faultsOf(() => sink().change({ region_id: 'other' }, LATER))).toEqual(['region_id mismatch']);
    const crossing = [
      [0, 0],
      [10, 10],
      [10, 0],
      [0, 10],
    ];
    const old = Region.restore({ ...sink().fields, polygon: crossing }, NOW, NOW);
    expect(old.change({ polygon: crossing, name: 'old' }, LATER).fields.name).toBe('old');
  });
});

describe('an outline', () => {
  it.each<[string, [number, number][], string | undefined]>([
    [
      'a triangle',
      [
        [0, 0],
        [4, 0],
        [0, 3],
      ],
      undefined,
    ],
    [
      'one that is not convex',
      [
        [0, 0],
        [10, 0],
        [10, 10],
        [5, 2],
        [0, 10],
      ],
      undefined,
    ],
    [
      'a closed one',
      [
        [0, 0],
        [4, 0],
        [0, 3],
        [0, 0],
      ],
      undefined,
    ],
    [
      'a corner on the way',
      [
        [0, 0],
        [2, 0],
        [4, 0],
        [0, 3],
      ],
      undefined,
    ],
    [
      'a spike',
      [
        [0, 0],
        [8, 0],
        [4, 0],
        [4, 4],
      ],
      'self_intersecting',
    ],
    [
      'a corner that touches another side',
      [
        [0, 0],
        [10, 0],
        [10, 10],
        [5, 0],
        [0, 10],
      ],
      'self_intersecting',
    ],
  ])('%s: %s', (_, corners, type) => {
    expect(faultOfNewOutline(corners)?.type).toBe(type);
  });
});

describe('the canvas', () => {
  const canvas = RegionCanvas.restore({ canvas_size: { width: 800, height: 450 } }, NOW, NOW);

  it('keeps what is not named, loses what is null, and takes sizes as texts', () => {
    expect(canvas.change({}, LATER)).toBe(canvas);
    const fitted = canvas.change({ fit_mode: 'cover', background_size: { width: '1920', height: 1080.5 } }, LATER);
    expect(fitted.fields).toMatchObject({
      canvas_size: { width: 800, height: 450 },
      background_size: { width: 1920, height: 1080 },
      fit_mode: 'cover',
    });
    expect(canvas.change({ canvas_size: null }, LATER).isEmpty).toBe(true);
  });

  it('is refused where a size is no size', () => {
    expect(faultsOf(() => canvas.change({ canvas_size: { width: 'wide', height: 1 } }, LATER))).toEqual([
      'canvas_size type',
    ]);
    expect(faultsOf(() => canvas.change({ fit_mode: 'tile' }, LATER))).toEqual(['fit_mode enum']);
  });
});
