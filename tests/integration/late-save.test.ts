import { closeSync, ftruncateSync, openSync, readdirSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ConfigStep } from '../../src/application/shared/configuration-publication';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { TWO_CAMERAS, type TestSite, testSite } from '../support/test-site';

/** An editor that saves in place has the file open; a change over the API replaces the file under its hands. */
describe('a save in place that is under way while the file is replaced', () => {
  let database: TestDatabase;
  let site: TestSite;
  let editor: number;
  let atRename: () => void;

  beforeEach(async () => {
    database = await createTestDatabase();
    const onStep = (step: ConfigStep) => {
      if (step === 'rename.after') atRename();
    };
    site = await testSite({ databaseUrl: database.url, onStep });
    atRename = () => undefined;
    await site.modules.cameras.configuration.reconcile();
    editor = openSync(site.file, 'r+');
  });
  afterEach(async () => {
    closeSync(editor);
    await site.close();
    await database.drop();
  });

  const save = (text: string) => {
    ftruncateSync(editor);
    writeSync(editor, text, 0);
  };
  const settle = () => site.modules.cameras.configuration.reconcile();
  const update = (fps: number) => site.modules.cameras.domain.update({ camera_id: 'cam1', fps });

  it('is merged with the change over the API; neither is lost', async () => {
    atRename = () => save(TWO_CAMERAS.replace('Zwei', 'von Hand'));
    await update(7);
    await settle();
    const { cameras } = await site.agreement();
    expect(cameras).toEqual([
      expect.objectContaining({ id: 'cam1', fps: 7 }),
      expect.objectContaining({ id: 'cam2', name: 'von Hand' }),
    ]);
  });

  it('is taken in by whoever writes next', async () => {
    atRename = () => save(TWO_CAMERAS.replace('Zwei', 'von Hand'));
    await update(7);
    atRename = () => undefined;
    await update(8);
    const { cameras } = await site.agreement();
    expect(cameras.map((c) => [c.name, c.fps])).toEqual([
      ['一号', 8],
      ['von Hand', undefined],
    ]);
  });

  it('changes nothing when it is no valid file', async () => {
    atRename = () => save('cameras: [');
    await update(7);
    await settle();
    expect((await site.agreement()).cameras[0]).toMatchObject({ fps: 7 });
  });

  it('leaves at most one hidden file beside the cameras file', async () => {
    for (const fps of [1, 2, 3, 4]) await update(fps);
    expect(readdirSync(dirname(site.file)).filter((name) => name.startsWith('.'))).toHaveLength(1);
    await settle();
    await site.agreement();
  });
});
