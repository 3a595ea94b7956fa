import type { CamerasPort } from '../../src/application/cameras/cameras-port';
import { runInCall } from '../../src/application/shared/call-context';
import type { DomainError } from '../../src/domain/shared/domain-error';
import type { Site } from '../../src/composition/site';
import { type SharedFile, oldBackendOnFile } from '../support/old-backend-on-file';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const refusal = (kind: string, code: string) => expect.objectContaining({ kind, code });
const faultAt = (...path: string[]) => expect.objectContaining({ path });

interface Implementation {
  readonly name: string;
  readonly port: (site: Site) => CamerasPort;
  /** Whether an old backend, on the same file, is the legacy path. */
  readonly remote?: true;
  /** An old backend writes the whole file anew, which loses comments, and can set a key to its default but not remove it. */
  readonly editsInPlace: boolean;
}

const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: 'CameraService', port: (site: Site) => site.cameras.domain, editsInPlace: true },
  { name: 'LegacyCameras', port: (site: Site) => site.legacy.cameras, editsInPlace: true },
  { name: 'RemoteCameras', port: (site: Site) => site.legacy.cameras, editsInPlace: false, remote: true },
];

describe.each(IMPLEMENTATIONS)('CamerasPort by $name', ({ port, remote, editsInPlace }) => {
  let database: TestDatabase;
  let old: SharedFile | undefined;
  let site: TestSite;
  let cameras: CamerasPort;

  beforeEach(async () => {
    database = await createTestDatabase();
    old = remote && (await oldBackendOnFile());
    site = await testSite({ databaseUrl: database.url, ...old?.site });
    await site.modules.cameras.configuration.reconcile();
    cameras = port(site.modules);
  });
  afterEach(async () => {
    await site.agreement();
    await site.close();
    await old?.close();
    await database.drop();
  });

  it('lists cameras in the order of the file, every setting in force, credentials masked', async () => {
    const { cameras: all } = await cameras.list({});
    expect(all.map((c) => c.id)).toEqual(['cam1', 'cam2']);
    expect(all[0]).toEqual({
      id: 'cam1',
      name: '一号',
      source: 'rtsp://user:***@10.0.0.1/live',
      active: true,
      enabled: true,
      is_active: true,
      status: 'active',
      location: 'unknown',
      camera_type: 'fixed',
      resolution: '1920x1080',
      fps: 25,
      region_id: null,
      auto_start: false,
      regions_file: 'config/regions.json',
      profile: 'accurate',
      device: 'auto',
      imgsz: 'auto',
      auto_tune: false,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
    expect(all[1]).toMatchObject({ active: false, enabled: false, is_active: false, status: 'inactive' });
  });

  it('answers when each camera was made and changed, as the table says, whatever became of the others', async () => {
    const before = await cameras.get({ camera_id: 'cam1' });
    await cameras.update({ camera_id: 'cam2', name: 'Zwo' });
    const inTable = await site.modules.cameras.repository.times();
    const { cameras: all } = await cameras.list({});
    expect(all).toHaveLength(2);
    for (const { id, created_at, updated_at } of all) {
      const times = inTable.get(id);
      expect([created_at, updated_at]).toEqual([times?.createdAt.toISOString(), times?.updatedAt.toISOString()]);
    }
    expect(await cameras.get({ camera_id: 'cam1' })).toEqual(before);
  });

  it('lists only active cameras when asked to', async () => {
    const { cameras: active } = await cameras.list({ active_only: true });
    expect(active.map((c) => c.id)).toEqual(['cam1']);
  });

  it('answers one camera, and not-found for an unknown one', async () => {
    expect(await cameras.get({ camera_id: 'cam2' })).toMatchObject({ id: 'cam2', source: '0' });
    await expect(cameras.get({ camera_id: 'nope' })).rejects.toEqual(refusal('not-found', 'camera.not_found'));
  });

  it('creates a camera at the end of the file, in the file before it answers', async () => {
    const { ok, camera } = await cameras.create({ id: 'cam3', name: 'Drei', source: '1', fps: 5, env: { K: 'v' } });
    expect(ok).toBe(true);
    expect(camera).toMatchObject({ id: 'cam3', fps: 5, active: true, env: { K: '***' } });
    expect(site.text()).toContain('id: cam3');
    expect((await cameras.list({})).cameras.map((c) => c.id)).toEqual(['cam1', 'cam2', 'cam3']);
  });

  it('takes blank and null optional fields of the old form as not given', async () => {
    const { camera } = await cameras.create({
      id: 'c',
      name: 'C',
      source: '1',
      resolution: '',
      fps: null,
      regions_file: '',
    });
    expect(camera).toMatchObject({ resolution: '1920x1080', fps: 25, regions_file: 'config/regions.json' });
  });

  it('refuses a second camera of the same id', async () => {
    const again = cameras.create({ id: 'cam1', name: 'x', source: '1' });
    await expect(again).rejects.toEqual(refusal('conflict', 'camera.exists'));
  });

  it('names every fault of a new camera at once and stores nothing', async () => {
    const before = site.text();
    const bad = { id: 'a/b', fps: 'x', resolution: '0x1', fsp: 1, env: { LD_PRELOAD: 'x' } };
    await expect(cameras.create(bad)).rejects.toMatchObject({
      kind: 'invalid',
      details: {
        faults: expect.arrayContaining([
          faultAt('id'),
          faultAt('name'),
          faultAt('source'),
          faultAt('fps'),
          faultAt('resolution'),
          faultAt('env', 'LD_PRELOAD'),
          expect.objectContaining({ path: ['fsp'], suggestion: 'fps' }),
        ]),
      },
    });
    expect(site.text()).toBe(before);
  });

  it('changes only what is sent', async () => {
    const { status, camera } = await cameras.update({ camera_id: 'cam1', fps: 7 });
    expect(status).toBe('success');
    expect(camera).toMatchObject({ fps: 7, name: '一号', source: 'rtsp://user:***@10.0.0.1/live' });
    expect(site.text()).toContain('rtsp://user:geheim@10.0.0.1/live');
    expect(site.text()).toContain('fps: 7');
  });

  it('takes an answer sent back as no change, masked secrets included', async () => {
    const before = site.text();
    const {
      cameras: [first],
    } = await cameras.list({});
    await cameras.update({ camera_id: 'cam1', ...first });
    expect(site.text()).toBe(before);
  });

  it('keeps the stored password when only the path of an address changes, but not for another host', async () => {
    await cameras.update({ camera_id: 'cam1', source: 'rtsp://user:***@10.0.0.1/other' });
    expect(site.text()).toContain('rtsp://user:geheim@10.0.0.1/other');
    const elsewhere = cameras.update({ camera_id: 'cam1', source: 'rtsp://user:***@evil.example/other' });
    await expect(elsewhere).rejects.toMatchObject({ kind: 'invalid', details: { faults: [faultAt('source')] } });
  });

  it('takes a field back to its default with null', async () => {
    await cameras.update({ camera_id: 'cam1', fps: null });
    expect(await cameras.get({ camera_id: 'cam1' })).toMatchObject({ fps: 25 });
    if (editsInPlace) expect(site.text()).not.toContain('fps');
  });

  it('understands the old name of active, and a null of it as the default', async () => {
    expect((await cameras.update({ camera_id: 'cam2', enabled: true })).camera).toMatchObject({
      active: true,
      enabled: true,
    });
    expect((await cameras.update({ camera_id: 'cam2', active: false })).camera).toMatchObject({ active: false });
    expect((await cameras.update({ camera_id: 'cam2', active: null })).camera).toMatchObject({ active: true });
  });

  it('refuses to rename a camera, and to change an unknown one', async () => {
    const renamed = cameras.update({ camera_id: 'cam1', id: 'cam9' });
    await expect(renamed).rejects.toMatchObject({ kind: 'invalid', details: { faults: [faultAt('id')] } });
    await expect(cameras.update({ camera_id: 'nope', fps: 1 })).rejects.toEqual(
      refusal('not-found', 'camera.not_found'),
    );
  });

  describe('changes and removes a camera only as it was read', () => {
    const read = async (camera_id: string) => String((await cameras.get({ camera_id })).updated_at);

    it('while nobody changed it, whatever became of the others', async () => {
      const version = await read('cam1');
      await cameras.update({ camera_id: 'cam2', name: 'Zwo' });
      const { camera } = await cameras.update({ camera_id: 'cam1', if_match: version, fps: 7 });
      expect(camera).toMatchObject({ fps: 7 });
      expect(Date.parse(String(camera.updated_at))).toBeGreaterThan(Date.parse(version));
      await cameras.remove({ camera_id: 'cam1', if_match: String(camera.updated_at) });
    });

    it('and says who changed which fields, secrets masked, where somebody did', async () => {
      const version = await read('cam1');
      const by = { requestId: 'r', actor: 'wang' };
      await runInCall(by, () => cameras.update({ camera_id: 'cam1', fps: 8, source: 'rtsp://user:neu@10.0.0.1/live' }));
      const late = cameras.update({ camera_id: 'cam1', if_match: version, fps: 10, name: 'Eins' });
      const refused = await late.then(
        () => undefined,
        (error: DomainError) => error,
      );
      expect(refused).toMatchObject({
        kind: 'stale',
        code: 'camera.changed',
        details: {
          extra: {
            updated_at: await read('cam1'),
            changed_by: { author: 'wang', at: expect.stringMatching(/Z$/), revision: 2, origin: expect.any(String) },
            conflicts: expect.arrayContaining([
              { field: 'fps', base: 25, theirs: 8, mine: 10 },
              { field: 'name', base: '一号', theirs: '一号', mine: 'Eins' },
              {
                field: 'source',
                base: 'rtsp://user:***@10.0.0.1/live',
                theirs: 'rtsp://user:***@10.0.0.1/live',
                mine: 'rtsp://user:***@10.0.0.1/live',
              },
            ]),
          },
        },
      });
      expect(JSON.stringify(refused?.details)).not.toMatch(/geheim|neu@/);
      await expect(cameras.remove({ camera_id: 'cam1', if_match: version })).rejects.toMatchObject({
        code: 'camera.changed',
      });
      expect(await cameras.get({ camera_id: 'cam1' })).toMatchObject({ fps: 8, name: '一号' });
    });

    it('also where a person edited the file', async () => {
      const version = await read('cam1');
      site.write(site.text().replace('fps: 25', 'fps: 9'));
      const change = () => cameras.update({ camera_id: 'cam1', if_match: version, name: 'x' });
      await expect(runInCall({ requestId: 'r', actor: 'li' }, change)).rejects.toMatchObject({
        code: 'camera.changed',
        details: { extra: { changed_by: { author: null, origin: 'file' } } },
      });
    });
  });

  it('removes a camera, once', async () => {
    expect(await cameras.remove({ camera_id: 'cam1' })).toEqual({ status: 'success' });
    expect((await cameras.list({})).cameras.map((c) => c.id)).toEqual(['cam2']);
    await expect(cameras.remove({ camera_id: 'cam1' })).rejects.toEqual(refusal('not-found', 'camera.not_found'));
  });

  it('keeps keys it does not know, answers them, and lets them be changed but not invented', async () => {
    site.write(site.text().replace('    fps: 25', '    fps: 25\n    mounted_by: Ali'));
    expect((await cameras.update({ camera_id: 'cam1', fps: 9 })).camera).toMatchObject({ mounted_by: 'Ali', fps: 9 });
    expect((await cameras.update({ camera_id: 'cam1', mounted_by: 'Bo' })).camera).toMatchObject({ mounted_by: 'Bo' });
    const invented = cameras.update({ camera_id: 'cam1', painted_by: 'Cy' });
    await expect(invented).rejects.toMatchObject({ details: { faults: [faultAt('painted_by')] } });
  });

  it('refuses to write over a file with faults, and goes on answering the last good configuration', async () => {
    const good = site.text();
    site.write(`${good}  - id: cam1\n    name: again\n    source: '1'\n`);
    const write = cameras.update({ camera_id: 'cam1', fps: 3 });
    await expect(write).rejects.toEqual(refusal('conflict', 'camera_config.file_invalid'));
    expect((await cameras.list({})).cameras).toHaveLength(2);
    site.write(good);
  });

  it('answers 409 with both values when the file changed the same field unseen, and takes in the edit', async () => {
    site.write(site.text().replace('fps: 25', 'fps: 9'));
    const clash = cameras.update({ camera_id: 'cam1', fps: 7 });
    await expect(clash).rejects.toMatchObject({
      kind: 'conflict',
      code: 'camera.conflict',
      details: { extra: { conflicts: [{ field: 'fps', common: 25, file: 9, api: 7 }] } },
    });
    expect(await cameras.get({ camera_id: 'cam1' })).toMatchObject({ fps: 9 });
  });

  it('merges an unseen edit of the file with a change of another field', async () => {
    site.write(site.text().replace('"一号"', '"新名"  # renamed by hand'));
    const { camera } = await cameras.update({ camera_id: 'cam1', fps: 7 });
    expect(camera).toMatchObject({ name: '新名', fps: 7 });
    if (editsInPlace) expect(site.text()).toContain('# renamed by hand');
  });
});
