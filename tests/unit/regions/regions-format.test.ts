import { CANVAS_ID } from '../../../src/domain/regions/region';
import { JsonRegionsFormat } from '../../../src/infrastructure/yaml/json-regions-format';

const TEXT = `{
  "version": 7,
  "regions": [
    {"region_id": "a", "region_type": "custom", "polygon": [[0, 0], [4, 0], [0, 3]], "stats": {"violations": 2}},
    {
      "id": "b",
      "type": "entrance",
      "points": [{"x": "0", "y": 0}, {"x": 4, "y": 0}, {"x": 0, "y": 3}],
      "isActive": false
    }
  ],
  "meta": {"canvas_size": {"width": 800, "height": 600}, "fit_mode": null}
}
`;
const TRIANGLE = [
  [0, 0],
  [4, 0],
  [0, 3],
];
const format = new JsonRegionsFormat();
const places = (text: string) =>
  format.read(text).faults.map((f) => `${f.line}:${f.column} ${f.path} ${f.type} ${f.severity}`);

describe('a regions file', () => {
  it('is read under one name for each setting, corners as pairs, with its meta as the last entry', () => {
    expect(format.read(TEXT).faults).toEqual([]);
    expect(format.read(TEXT).entries).toEqual([
      { id: 'a', region_type: 'custom', polygon: TRIANGLE, stats: { violations: 2 } },
      { id: 'b', region_type: 'entrance', polygon: TRIANGLE, is_active: false },
      { id: CANVAS_ID, canvas_size: { width: 800, height: 600 } },
    ]);
    expect(format.read('\uFEFF{"regions": []}')).toEqual({ entries: [], faulty: [], readable: true, faults: [] });
  });

  it.each([
    ['{"regions": [', '1:14  syntax error'],
    ['{"regions": [\n  {"region_id": "a",}\n]}', '2:21  syntax error'],
    ['[]', '1:1  type error'],
    ['{"areas": []}', '1:1 regions missing error'],
    ['{"regions": [],\n "regions": []}', '2:2 regions duplicate_key error'],
    ['{"regions": [],\n "meta": {"fit_mode":\n "x"}}', '3:2 meta.fit_mode enum error'],
  ])('that cannot be used is refused with the place: %s', (text, place) => {
    expect(places(text)).toEqual([place]);
    expect(format.read(text).readable).toBe(false);
  });

  it('has faulty entries with their places, under the names of the file', () => {
    const text = TEXT.replace('{"x": 4, "y": 0}', '{"x": 4}').replace('"custom"', '"roof"');
    expect(places(text)).toEqual(['4:39 regions[0].region_type enum error', '8:38 regions[1].points[1] type error']);
    const { faulty, readable, entries } = format.read(text);
    expect([faulty.map(({ id }) => id), readable, entries.length]).toEqual([['a', 'b'], true, 1]);
  });

  it('warns of an outline that crosses itself, and of two regions one is faulty', () => {
    const crossing = TEXT.replace('[[0, 0], [4, 0], [0, 3]]', '[[0, 0], [10, 10], [10, 0], [0, 10]]');
    expect(places(crossing)).toEqual(['4:60 regions[0].polygon self_intersecting warning']);
    expect(places(TEXT.replace('"id": "b"', '"id": "a"'))).toEqual(['6:13 regions[1].id duplicate_id error']);
  });

  it('keeps every byte but those of what is changed', () => {
    const set = format.edit(TEXT, [{ kind: 'set', id: 'b', fields: { is_active: true, name: 'B' } }]);
    expect(set.startsWith(TEXT.slice(0, TEXT.indexOf('{\n      "id": "b"')))).toBe(true);
    expect(set.endsWith(TEXT.slice(TEXT.indexOf('\n  ],\n  "meta"')))).toBe(true);
    expect(set).toContain('        [4, 0],\n');
    expect(format.read(set).entries[1]).toEqual({
      id: 'b',
      region_type: 'entrance',
      polygon: TRIANGLE,
      is_active: true,
      name: 'B',
    });
    expect(JSON.parse(set)).toMatchObject({ version: 7, regions: [{ region_id: 'a' }, { region_id: 'b' }] });
  });

  it('takes in new regions, loses removed ones, and changes its meta', () => {
    const edited = format.edit(TEXT, [
      { kind: 'remove', id: 'a' },
      { kind: 'add', fields: { id: '门', region_type: 'custom', polygon: TRIANGLE } },
      { kind: 'set', id: CANVAS_ID, fields: { canvas_size: undefined, ref_size: '8x6' } },
    ]);
    expect(format.read(edited).entries.map(({ id }) => id)).toEqual(['b', '门', CANVAS_ID]);
    expect(JSON.parse(edited)).toMatchObject({ meta: { ref_size: '8x6', fit_mode: null } });
    const empty = format.edit(
      edited,
      ['b', '门', CANVAS_ID].map((id) => ({ kind: 'remove' as const, id })),
    );
    expect(format.read(empty).entries).toEqual([]);
    const again = format.edit('{"regions": []}', [
      { kind: 'add', fields: { id: 'a', region_type: 'custom', polygon: TRIANGLE } },
      { kind: 'add', fields: { id: CANVAS_ID, fit_mode: 'cover' } },
    ]);
    expect(JSON.parse(again)).toEqual({
      meta: { fit_mode: 'cover' },
      regions: [{ region_id: 'a', region_type: 'custom', polygon: TRIANGLE }],
    });
  });

  it('keeps faulty entries where they are; one of them is corrected in its place', () => {
    const faulty = TEXT.replace('"custom"', '"roof"');
    const edited = format.edit(faulty, [{ kind: 'set', id: 'b', fields: { name: 'B' } }]);
    expect(edited).toContain('"roof"');
    const corrected = format.edit(faulty, [
      { kind: 'add', fields: { id: 'a', region_type: 'custom', polygon: TRIANGLE } },
    ]);
    expect(format.read(corrected).entries.map(({ id }) => id)).toEqual(['a', 'b', CANVAS_ID]);
  });

  it('with faults around its entries is not edited', () => {
    expect(() => format.edit('{"regions": [', [{ kind: 'remove', id: 'a' }])).toThrow('correct these first');
  });
});
