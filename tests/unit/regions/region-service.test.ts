import { regionKind } from '../../../src/application/regions/region-kind';
import { EntryEdits } from '../../../src/application/shared/entry-set';
import { Region } from '../../../src/domain/regions/region';
import type { Json } from '../../../src/domain/shared/json';
import { regionSiteInMemory } from '../../support/region-site-in-memory';

const TRIANGLE = [
  [0, 0],
  [4, 0],
  [0, 3],
];
const region = (id: string, more: object = {}) => ({
  region_id: id,
  region_type: 'custom',
  polygon: TRIANGLE,
  ...more,
});
const OLD = `{
  "regions": [
    {"region_id": "a", "region_type": "handwash", "polygon": [[0, 0], [4, 0], [0, 3]], "description": "kept", "stats": {"violations": 7}},
    {"region_id": "b", "region_type": "custom", "polygon": [[0, 0], [4, 0], [0, 3]], "camera_id": "cam1"},
    {"region_id": "broken", "region_type": "roof", "polygon": []}
  ],
  "meta": {"canvas_size": {"width": 800, "height": 600}}
}`;

describe('the regions', () => {
  const site = () => regionSiteInMemory(OLD);
  const refused = (code: string) => expect.objectContaining({ code });
  const inFile = ({ file }: ReturnType<typeof regionSiteInMemory>) =>
    (JSON.parse(file.text ?? '') as { regions: { region_id: string }[]; meta?: object }) ?? {};

  it('are listed with every setting in force; for a camera its own and those of the site', async () => {
    const { service, configuration } = site();
    await configuration.reconcile();
    const ids = async (camera_id?: string) =>
      (await service.list(camera_id === undefined ? {} : { camera_id })).map((one) => one.region_id);
    expect(await ids()).toEqual(['a', 'b']);
    expect(await ids('undefined')).toEqual(['a', 'b']);
    expect(await ids('cam1')).toEqual(['a', 'b']);
    expect(await ids('cam2')).toEqual(['a']);
    expect(await service.get({ region: 'a' })).toMatchObject({
      name: 'handwash_a',
      is_active: true,
      description: 'kept',
      rules: { max_occupancy: -1 },
      stats: { violations: 7, total_entries: 0 },
    });
  });

  it('are created once: a second one of an id is a conflict, and so is a quarantined one', async () => {
    const one = site();
    const made = await one.service.create(region('c', { is_active: false }));
    expect(made).toMatchObject({ status: 'success', region_id: 'c', polygon: TRIANGLE, is_active: false });
    await expect(one.service.create(region('c'))).rejects.toEqual(refused('region.exists'));
    await expect(one.service.create(region('broken'))).rejects.toEqual(refused('region.exists'));
    expect(inFile(one).regions.map((r) => r.region_id)).toEqual(['a', 'b', 'broken', 'c']);
  });

  it('are changed in part, and keep what they had', async () => {
    const one = site();
    const changed = await one.service.update({ region: 'a', is_active: false });
    expect(changed).toMatchObject({
      status: 'success',
      region_id: 'a',
      is_active: false,
      description: 'kept',
      stats: { violations: 7 },
    });
    await expect(one.service.update({ region: 'none', is_active: false })).rejects.toEqual(refused('region.not_found'));
    await expect(one.service.update({ region: '$meta', fit_mode: 'x' })).rejects.toEqual(refused('region.not_found'));
    const mended = await one.service.update({ region: 'broken', region_type: 'entrance', polygon: TRIANGLE });
    expect(mended).toMatchObject({ region_id: 'broken', region_type: 'entrance' });
    expect(inFile(one).regions.map((r) => r.region_id)).toEqual(['a', 'b', 'broken']);
  });

  it('are removed if they are there', async () => {
    const one = site();
    await one.service.remove({ region: 'a' });
    await expect(one.service.remove({ region: 'a' })).rejects.toEqual(refused('region.not_found'));
    await expect(one.service.remove({ region: '$meta' })).rejects.toEqual(refused('region.not_found'));
    expect(await one.service.clear({})).toEqual({ status: 'success', removed: 1 });
    expect(inFile(one)).toEqual({ regions: [], meta: { canvas_size: { width: 800, height: 600 } } });
  });

  it('are saved together or not at all; those that are not named stay', async () => {
    const one = site();
    await one.configuration.reconcile();
    const before = one.file.text;
    const bad = [region('c'), { ...region('d'), polygon: [] }, region('c')];
    await expect(one.service.saveAll({ regions: bad })).rejects.toMatchObject({
      code: 'region.invalid',
      details: { faults: [{ path: ['regions', 1, 'polygon'] }, { path: ['regions', 2, 'region_id'] }] },
    });
    expect(one.file.text).toBe(before);
    const saved = await one.service.saveAll({ regions: [region('c'), { region_id: 'a', is_active: false }] });
    expect(saved).toMatchObject({
      created: 1,
      updated: 1,
      regions: [{ region_id: 'a', description: 'kept' }, { region_id: 'c' }],
    });
    expect(one.rows.entries.map(({ id }) => id)).toEqual(['a', 'b', 'c', '$meta']);
  });

  it('are replaced as a whole by the page of the old backend, with lines made strips, but not by nothing', async () => {
    const one = site();
    await expect(one.service.replaceAll({ regions: [] })).rejects.toEqual(refused('region.invalid'));
    const list: Json[] = [
      {
        id: 'line',
        type: 'custom',
        points: [
          { x: 0, y: 50 },
          { x: 100, y: 50 },
        ],
        name: 'Line',
        isActive: true,
      },
      {
        id: 'a',
        type: 'handwash',
        points: [
          { x: 0, y: 0 },
          { x: 9, y: 0 },
          { x: 0, y: 9 },
        ],
      },
    ];
    expect(await one.service.replaceAll({ regions: list, meta: { fit_mode: 'cover' } })).toEqual({
      status: 'success',
      created: 1,
      updated: 1,
      removed: 1,
    });
    const { regions, canvas_size } = await one.service.plain({});
    expect(canvas_size).toEqual({ width: 800, height: 600 });
    expect(regions).toMatchObject([
      {
        id: 'a',
        description: 'kept',
        points: [
          [0, 0],
          [9, 0],
          [0, 9],
        ],
        color: '#007bff',
      },
      {
        id: 'line',
        points: [
          [0, 44],
          [100, 44],
          [100, 56],
          [0, 56],
        ],
      },
    ]);
    expect((await one.service.get({ region: 'a' })).stats).toMatchObject({ violations: 7 });
  });

  it('are measured on a canvas that an empty request does not erase', async () => {
    const one = site();
    const known = { canvas_size: { width: 800, height: 600 }, background_size: null, fit_mode: null, ref_size: null };
    expect(await one.service.setCanvas({})).toEqual({ status: 'success', meta: known });
    expect(await one.service.setCanvas({ ref_size: '8x6' })).toEqual({
      status: 'success',
      meta: { ...known, ref_size: '8x6' },
    });
    await one.service.setCanvas({ ref_size: null, canvas_size: null });
    expect(inFile(one).meta).toBeNull();
  });

  it('of a broken file are those of before, and no change is made', async () => {
    const one = site();
    await one.configuration.reconcile();
    one.file.edit('{"regions": [');
    await expect(one.service.create(region('c'))).rejects.toMatchObject({
      code: 'region_config.file_invalid',
      message: expect.stringContaining('line 1, column 14'),
    });
    expect(one.rows.entries).toHaveLength(3);
  });
});

it('a change of a region that the file changed, too, is a conflict with both values', () => {
  const edits = new EntryEdits(regionKind);
  const now = new Date(0);
  const there = Region.register(region('a', { name: 'file' }), now);
  const unseen = [{ id: 'a', kind: 'changed' as const, fields: [{ field: 'name', before: 'old', after: 'file' }] }];
  const set = { entries: [there], quarantined: [] };
  const rename = () => edits.replace(set, 'a', (entry) => (entry as Region).change({ name: 'api' }, now), unseen);
  expect(rename).toThrow(expect.objectContaining({ code: 'region.conflict' }));
});
