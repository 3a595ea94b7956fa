import type { JsonObject } from '../../../src/domain/shared/json';
import { zonesOf } from '../../../src/domain/detection/zone';

const region = (more: JsonObject = {}): JsonObject => ({
  id: 'r1',
  region_type: 'work_area',
  polygon: [
    [0, 0],
    [400, 0],
    [400, 300],
  ],
  ...more,
});
const CANVAS = { canvas_size: { width: 800, height: 600 } };
const only = (more: JsonObject, canvas: JsonObject = CANVAS) => zonesOf([region(more)], canvas, 'gate').zones[0];

describe('a zone', () => {
  it('has corners in shares of the picture', () => {
    expect(only({})?.outline).toEqual([
      [0, 0],
      [0.5, 0],
      [0.5, 0.5],
    ]);
  });

  it('is where the picture was within its canvas', () => {
    const canvas = { ...CANVAS, background_size: { width: 1600, height: 900 } };
    // 1600 × 900 fits as 800 × 450, with 75 above and below.
    const at = [
      [0, 75],
      [800, 75],
      [800, 525],
    ];
    expect(only({ polygon: at }, { ...canvas, fit_mode: 'contain' })?.outline).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
    expect(only({ polygon: at }, { ...canvas, fit_mode: 'stretch' })?.outline[0]).toEqual([0, 0.125]);
    // Filling it takes 1066.7 × 600.
    expect(only({ polygon: at }, { ...canvas, fit_mode: 'cover' })?.outline[0]?.[0]).toBeCloseTo(0.125, 5);
  });

  it('may be drawn on a size that is said as a text, or in shares', () => {
    expect(only({}, { ref_size: '400x300' })?.outline[2]).toEqual([1, 1]);
    const shares = [
      [0.1, 0.1],
      [0.9, 0.1],
      [0.9, 0.9],
    ];
    expect(only({ polygon: shares }, {})?.outline).toEqual(shares);
  });

  it('is none when nobody knows on what it was drawn, which is said', () => {
    const { zones, warnings } = zonesOf([region()], {}, 'gate');
    expect(zones).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('"r1" is not watched')]);
  });

  it('holds for its own camera, or for all', () => {
    expect(only({ camera_id: 'other' })).toBeUndefined();
    expect(only({ camera_id: 'gate' })).toBeDefined();
    expect(only({ is_active: false })).toBeUndefined();
  });

  it.each([
    [{ region_type: 'handwash' }, 'wash'],
    [{ region_type: 'sanitize' }, 'dry'],
    [{ region_type: 'custom', name: 'Dryer' }, 'dry'],
    [{ region_type: 'custom', name: 'sink' }, 'wash'],
    [{ region_type: 'custom', name: 'constructor' }, 'monitoring'],
    [{ region_type: 'monitoring', rules: { role: 'ignore' } }, 'ignore'],
  ])('has the role of its type, name or rule: %j', (more, role) => {
    expect(only(more)?.role).toBe(role);
  });

  it('has the limits that are limits', () => {
    expect(only({ rules: { min_duration: 0, max_duration: -1, max_occupancy: -1 } })?.rules).toEqual({
      after: [],
      labels: [],
    });
    const rules = {
      min_duration: 3,
      max_duration: 60,
      max_occupancy: 2,
      required_behaviors: ['handwash', 'sanitize', 'hairnet'],
    };
    expect(only({ rules })?.rules).toEqual({
      leastSeconds: 3,
      mostSeconds: 60,
      mostPersons: 2,
      after: ['wash', 'dry'],
      labels: ['hairnet'],
    });
  });

  it('is none for corners that are no numbers', () => {
    expect(
      only({
        polygon: [
          [0, 0],
          ['a', 1],
          [1, 1],
          [2, 2],
        ],
      }),
    ).toBeUndefined();
    expect(only({ polygon: 'x' })).toBeUndefined();
  });
});
