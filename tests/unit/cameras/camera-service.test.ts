import { TimesInTable } from '../../../src/application/cameras/camera-view';
import { Camera } from '../../../src/domain/cameras/camera';
import { cameraSiteInMemory } from '../../support/camera-site-in-memory';

describe('cameras on the domain path', () => {
  let site: ReturnType<typeof cameraSiteInMemory>;
  beforeEach(async () => {
    site = cameraSiteInMemory();
    await site.configuration.reconcile();
  });

  const ids = async (filter = {}) => (await site.service.list(filter)).cameras.map(({ id }) => id);

  it('are listed as the table has them, all or the active ones, secrets masked', async () => {
    expect([await ids(), await ids({ active_only: true })]).toEqual([['a', 'b'], ['a']]);
    expect(await site.service.get({ camera_id: 'b' })).toMatchObject({ source: 'rtsp://u:***@h/x', active: false });
  });

  it('are read again only when there is a newer revision', async () => {
    await site.service.list({});
    site.rows.entries = [];
    expect(await ids()).toEqual(['a', 'b']);
    await site.configuration.inspect();
    await site.service.create({ id: 'c', name: 'C', source: '1' });
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  it('are created, changed and removed, in the file as well', async () => {
    expect((await site.service.create({ id: 'c', name: 'C', source: '1' })).camera).toMatchObject({ id: 'c', fps: 25 });
    expect((await site.service.update({ camera_id: 'c', fps: 5 })).camera).toMatchObject({ fps: 5, name: 'C' });
    expect(site.file.text).toContain('fps: 5');
    await site.service.remove({ camera_id: 'c' });
    expect([await ids(), site.file.text?.includes('id: c')]).toEqual([['a', 'b'], false]);
  });

  it('are not created twice, and an unknown one is neither read nor changed nor removed', async () => {
    const exists = { kind: 'conflict', code: 'camera.exists' };
    await expect(site.service.create({ id: 'a', name: 'A', source: '1' })).rejects.toMatchObject(exists);
    const unknown = { kind: 'not-found', code: 'camera.not_found' };
    await expect(site.service.get({ camera_id: 'x' })).rejects.toMatchObject(unknown);
    await expect(site.service.update({ camera_id: 'x', fps: 1 })).rejects.toMatchObject(unknown);
    await expect(site.service.remove({ camera_id: 'x' })).rejects.toMatchObject(unknown);
    expect(await site.revisions.newest()).toBe(1);
  });

  it('are refused with every fault before anything is asked of the database', async () => {
    site.outage.away = true;
    await expect(site.service.create({ id: 'a/b', fps: 'x' })).rejects.toMatchObject({
      code: 'camera.invalid',
      details: { faults: expect.arrayContaining([expect.objectContaining({ path: ['fps'] })]) },
    });
  });

  it('are not answered from memory while the database is away', async () => {
    await site.service.list({});
    site.outage.away = true;
    await expect(site.service.list({})).rejects.toMatchObject({ code: 'database.unavailable' });
  });
});

describe('a change of a camera as it was read', () => {
  const CHANGED = { kind: 'stale', code: 'camera.changed' };

  it('is refused with what is known where its version is too old to be found, or is none', async () => {
    const site = cameraSiteInMemory();
    await site.configuration.reconcile();
    for (const if_match of ['1999-01-01T00:00:00.000Z', '1'])
      await expect(site.service.update({ camera_id: 'a', if_match, fps: 5 })).rejects.toMatchObject({
        ...CHANGED,
        details: { extra: { conflicts: [{ field: 'fps', base: null, theirs: 25, mine: 5 }] } },
      });
    await expect(site.service.remove({ camera_id: 'x', if_match: '1' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('finds a change also where the clock stood still or was set back', async () => {
    const site = cameraSiteInMemory();
    await site.configuration.reconcile();
    const { updated_at: read } = await site.service.get({ camera_id: 'a' });
    await site.service.update({ camera_id: 'a', fps: 5 });
    site.pass(-60_000);
    await site.service.update({ camera_id: 'a', fps: 6 });
    const late = site.service.update({ camera_id: 'a', if_match: String(read), fps: 7 });
    await expect(late).rejects.toMatchObject(CHANGED);
  });
});

describe('the times of cameras', () => {
  const [BORN, READ] = [new Date('2030-01-01T00:00:00Z'), new Date('2031-01-01T00:00:00Z')];
  const inFile = (id: string) => Camera.restore({ id, name: id, source: '0' }, READ, READ);

  it('are those of the table, also while it cannot be read; a camera that is not there keeps its own', async () => {
    const site = cameraSiteInMemory();
    await site.configuration.reconcile();
    const times = new TimesInTable(site.cameras);
    const created = async () => (await times.applyTo([inFile('a'), inFile('new')])).map(({ createdAt }) => createdAt);
    expect(await created()).toEqual([BORN, READ]);
    site.outage.away = true;
    expect(await created()).toEqual([BORN, READ]);
  });

  it('are not guessed where reading them fails for another reason', async () => {
    const broken = new TimesInTable({ times: () => Promise.reject(new Error('a defect')) });
    await expect(broken.applyTo([])).rejects.toThrow('a defect');
  });
});
