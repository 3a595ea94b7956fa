import { writeFileSync } from 'node:fs';
import type { ConfigStep } from '../../src/application/shared/configuration-publication';
import { effectOf } from '../../src/domain/shared/domain-error';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const CAMERAS = Array.from({ length: 8 }, (_, i) => `  - id: c${i}\n    name: n\n    source: '${i}'\n`);

const io = () => Object.assign(new Error('EIO'), { code: 'EIO' });

describe('a change of the cameras', () => {
  let database: TestDatabase;
  let site: TestSite;
  let failing: Set<ConfigStep>;
  let now: number;
  let onStep: (step: ConfigStep) => void;
  beforeEach(async () => {
    database = await createTestDatabase();
    failing = new Set();
    onStep = () => undefined;
    now = Date.now();
    site = await testSite({
      databaseUrl: database.url,
      yaml: `cameras:\n${CAMERAS.join('')}`,
      clock: () => new Date(now),
      confirmRemovalMs: 30_000,
      onStep: (step) => {
        onStep(step);
        if (failing.has(step)) throw io();
      },
    });
    await configuration().reconcile();
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });
  const configuration = () => site.modules.cameras.configuration;
  const update = (path: 'Domain' | 'Legacy', fps: number) =>
    (path === 'Domain' ? site.modules.cameras.domain : site.modules.legacy.cameras)
      .update({ camera_id: 'c1', fps })
      .then(
        () => undefined,
        (error: unknown) => error as Error,
      );
  const fps = async () => (await site.modules.cameras.repository.get('c1'))?.fields.fps;

  it('that waits behind one whose file could not be written is not begun, and says so', async () => {
    failing.add('rename.before');
    const first = await update('Domain', 11);
    expect([effectOf(first), first?.message]).toEqual(['committed', expect.stringContaining('is stored')]);
    for (const path of ['Domain', 'Legacy'] as const) {
      const next = await update(path, 12);
      expect(effectOf(next)).toBe('not-started');
      expect(next?.message).toContain('nothing of this one was made');
    }
    expect(await fps()).toBe(11);
    failing.clear();
    expect(await update('Domain', 13)).toBeUndefined();
    await site.agreement();
  });

  it('on the legacy path never claims that nothing was changed while the file has it', async () => {
    let renamed = false;
    // The rename is done, but the folder cannot be synced; from then on nothing can be written to take it back.
    onStep = (step) => {
      if (step === 'rename.after') renamed = true;
      if (renamed && (step === 'rename.after' || step === 'stage.created')) throw io();
    };
    const refused = await update('Legacy', 21);
    expect(site.text()).toContain('fps: 21');
    expect([effectOf(refused), refused?.message]).toEqual(['unknown', expect.stringContaining('may hold the change')]);
    onStep = () => undefined;
    await configuration().reconcile();
    expect(await fps()).toBe(21);
    await site.agreement();
  }, 180_000);

  it('on the legacy path that could be taken back in the end changed nothing, and says so', async () => {
    let writes = 0;
    onStep = (step) => {
      // Whatever is written fails three times after the rename.
      if (step === 'rename.after' && writes === 0) writes = 1;
      if (writes > 0 && writes < 4 && (step === 'rename.after' || step === 'stage.created')) {
        writes += 1;
        throw io();
      }
    };
    expect(effectOf(await update('Legacy', 21))).toBe('rolled-back');
    expect(site.text()).not.toContain('fps: 21');
    await site.agreement();
  }, 180_000);

  describe('by an edit of the file', () => {
    const cutTo = (count: number) => writeFileSync(site.file, `cameras:\n${CAMERAS.slice(0, count).join('')}`);
    const cameras = async () => (await site.modules.cameras.repository.all()).length;

    it('that lacks many cameras is taken in when it still does half a minute later, and is told at once', async () => {
      cutTo(5);
      const { faults } = await configuration().reconcile();
      expect(faults[0]).toMatchObject({ type: 'many_removed', message: expect.stringContaining('3 of 8') as string });
      now += 29_000;
      await configuration().reconcile();
      expect(await cameras()).toBe(8);
      expect(configuration().doubt).toEqual(faults[0]);
      expect(await update('Domain', 5)).toMatchObject({ code: 'camera_config.file_invalid' });
      now += 2_000;
      await configuration().reconcile();
      expect(await cameras()).toBe(5);
      expect(configuration().doubt).toBeUndefined();
      await site.agreement();
    });

    it('that was cut off and then written whole changes nothing', async () => {
      const whole = site.text();
      cutTo(2);
      await configuration().reconcile();
      now += 20_000;
      writeFileSync(site.file, whole);
      await configuration().reconcile();
      now += 60_000;
      await configuration().reconcile();
      expect(await cameras()).toBe(8);
      expect(configuration().doubt).toBeUndefined();
    });

    it('that goes on changing is waited with from its last change on', async () => {
      for (const count of [5, 4, 3]) {
        cutTo(count);
        await configuration().reconcile();
        now += 20_000;
      }
      await configuration().reconcile();
      expect(await cameras()).toBe(8);
      now += 11_000;
      await configuration().reconcile();
      expect(await cameras()).toBe(3);
    });

    it.each([6, 7])('that leaves %i of 8 is taken in at once', async (left) => {
      cutTo(left);
      await configuration().reconcile();
      expect(await cameras()).toBe(left);
    });
  });
});
