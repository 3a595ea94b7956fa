import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FileWatcher } from '../../src/infrastructure/files/file-watcher';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { TWO_CAMERAS, type TestSite, testSite } from '../support/test-site';

const WITHIN_MS = 2_000;

describe('an edit of the cameras file', () => {
  let database: TestDatabase;
  let site: TestSite;
  let watcher: FileWatcher;

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await watch();
  });
  afterEach(async () => {
    await watcher.stop();
    await site.close();
    await database.drop();
  });

  async function watch(): Promise<void> {
    const configuration = site.modules.cameras.configuration;
    await configuration.reconcile();
    watcher = new FileWatcher(site.file, async () => void (await configuration.reconcile()), site.log);
    await watcher.start();
  }

  const edited = (fps: number) => TWO_CAMERAS.replace('fps: 25', `fps: ${fps}`);
  const seen = (fps: number) =>
    eventually(async () => expect((await site.agreement()).cameras[0]).toMatchObject({ fps }), {
      within: WITHIN_MS,
      what: `fps ${fps}`,
    });

  it('in place reaches the table within two seconds', async () => {
    site.write(edited(7));
    await seen(7);
  });

  it('by rename, as most editors save, reaches the table within two seconds, again and again', async () => {
    for (const fps of [7, 8, 9]) {
      writeFileSync(`${site.file}~`, edited(fps));
      renameSync(`${site.file}~`, site.file);
      await seen(fps);
    }
  });

  it('by swapping a link on the way to it, as a ConfigMap does, reaches the table within two seconds', async () => {
    const dir = dirname(site.file);
    await watcher.stop();
    for (const [name, fps] of [
      ['v1', 25],
      ['v2', 7],
      ['v3', 8],
    ] as const) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'cameras.yaml'), edited(fps));
    }
    symlinkSync('v1', join(dir, '..data'));
    unlinkSync(site.file);
    symlinkSync('..data/cameras.yaml', site.file);
    await watch();
    for (const [name, fps] of [
      ['v2', 7],
      ['v3', 8],
    ] as const) {
      symlinkSync(name, join(dir, '..data.new'));
      renameSync(join(dir, '..data.new'), join(dir, '..data'));
      await seen(fps);
    }
    const { camera } = await site.modules.cameras.domain.update({ camera_id: 'cam1', fps: 9 });
    expect(camera).toMatchObject({ fps: 9 });
    expect(readFileSync(join(dir, 'v3/cameras.yaml'), 'utf8')).toContain('fps: 9');
  });

  it('is found even if it happens while nobody watches', async () => {
    await watcher.stop();
    site.write(edited(7));
    await watch();
    await seen(7);
  });

  it('that deletes the file is undone: the newest revision is put back', async () => {
    unlinkSync(site.file);
    await eventually(() => expect(site.text()).toBe(TWO_CAMERAS), { within: WITHIN_MS });
    await site.agreement();
  });

  it('that empties the file is a fault, not a removal of all cameras', async () => {
    site.write('');
    await eventually(
      async () => {
        const { faults } = await site.modules.cameras.configuration.reconcile();
        expect(faults).toHaveLength(1);
      },
      { within: WITHIN_MS },
    );
    expect((await site.modules.cameras.repository.all()).map((c) => c.id)).toEqual(['cam1', 'cam2']);
    site.write(TWO_CAMERAS);
    await eventually(() => site.agreement().then(() => true), { within: WITHIN_MS });
  });

  it('of comments alone is a revision, but changes no camera', async () => {
    site.write(`${TWO_CAMERAS}# nichts geändert\n`);
    await eventually(
      async () => expect((await site.agreement()).head).toMatchObject({ number: 2, origin: 'file', changes: [] }),
      { within: WITHIN_MS },
    );
  });

  it('and a change over the API keep the mode of the file', async () => {
    chmodSync(site.file, 0o640);
    await site.modules.cameras.domain.update({ camera_id: 'cam1', fps: 7 });
    expect(statSync(site.file).mode & 0o777).toBe(0o640);
  });
});
