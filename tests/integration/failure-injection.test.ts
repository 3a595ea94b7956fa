import { Client } from 'pg';
import { chmodSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CONFIG_STEPS, type ConfigStep } from '../../src/application/shared/configuration-publication';
import type { Site } from '../../src/composition/site';
import { effectOf } from '../../src/domain/shared/domain-error';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const systemError = (code: string) => Object.assign(new Error(`${code}: injected`), { code });

/** Until COMMIT a fault must leave both sides as they were; the steps after it are the crash trials' business. */
const BEFORE_COMMIT = CONFIG_STEPS.slice(0, CONFIG_STEPS.indexOf('commit.after'));
const ON_DISK = BEFORE_COMMIT.filter((step) => step.startsWith('stage.'));

describe('when something fails in the middle of a change', () => {
  let database: TestDatabase;
  let site: TestSite;
  let failAt: { step: ConfigStep; how: () => void | Promise<void> } | undefined;

  beforeEach(async () => {
    database = await createTestDatabase();
    failAt = undefined;
    const onStep = async (step: ConfigStep) => {
      if (failAt?.step !== step) return;
      const { how } = failAt;
      failAt = undefined;
      await how();
    };
    site = await testSite({ databaseUrl: database.url, onStep });
    await site.modules.cameras.configuration.reconcile();
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  const paths = { domain: (site: Site) => site.cameras.domain, legacy: (site: Site) => site.legacy.cameras };

  async function expectNothingChanged(attempt: Promise<unknown>, before: string): Promise<void> {
    const error: unknown = await attempt.then(
      () => 'it succeeded',
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/nothing was changed/i) });
    expect(['not-started', 'rolled-back']).toContain(effectOf(error));
    expect(site.text()).toBe(before);
    const { head } = await site.agreement();
    expect(head.number).toBe(1);
    expect(readdirSync(dirname(site.file)).filter((name) => !name.endsWith('.previous') && name !== 'node-id')).toEqual(
      ['cameras.yaml'],
    );
  }

  describe.each(['domain', 'legacy'] as const)('on the %s path', (path) => {
    it.each(ON_DISK.flatMap((step) => ['ENOSPC', 'EROFS', 'EIO'].map((code) => [step, code] as const)))(
      '%s failing with %s is a clear 503 and changes nothing',
      async (step, code) => {
        const before = site.text();
        failAt = {
          step,
          how: () => {
            throw systemError(code);
          },
        };
        await expectNothingChanged(paths[path](site.modules).update({ camera_id: 'cam1', fps: 7 }), before);
        expect((await paths[path](site.modules).update({ camera_id: 'cam1', fps: 8 })).camera).toMatchObject({
          fps: 8,
        });
      },
    );

    it.each(BEFORE_COMMIT.filter((step) => step !== 'absorb.before' && step !== 'lock.before'))(
      'losing the database at %s is a clear 503 and changes nothing',
      async (step) => {
        const before = site.text();
        failAt = { step, how: () => endAllSessions(database.url) };
        const attempt = paths[path](site.modules).create({ id: 'cam3', name: 'Drei', source: '1' });
        await expectNothingChanged(attempt, before);
        const again = await paths[path](site.modules).create({ id: 'cam3', name: 'Drei', source: '1' });
        expect(again.ok).toBe(true);
        await site.agreement();
      },
    );
  });

  it('losing the database right after COMMIT still answers truthfully: the change is there', async () => {
    failAt = { step: 'commit.after', how: () => endAllSessions(database.url) };
    const { camera } = await site.modules.cameras.domain.update({ camera_id: 'cam1', fps: 7 });
    expect(camera).toMatchObject({ fps: 7 });
    await site.modules.cameras.configuration.reconcile();
    expect((await site.agreement()).cameras[0]).toMatchObject({ fps: 7 });
  });

  it('a COMMIT whose answer is lost is looked up, and answered as what it was', async () => {
    const { writes } = site.modules.platform.database;
    const create = writes.createQueryRunner.bind(writes);
    let lost = false;
    jest.spyOn(writes, 'createQueryRunner').mockImplementation((mode) => {
      const runner = create(mode);
      const commit = runner.commitTransaction.bind(runner);
      runner.commitTransaction = async () => {
        await commit();
        if (lost) return;
        lost = true;
        throw systemError('ECONNRESET');
      };
      return runner;
    });
    const { camera } = await site.modules.cameras.domain.update({ camera_id: 'cam1', fps: 7 });
    expect(lost).toBe(true);
    expect(camera).toMatchObject({ fps: 7 });
    expect((await site.agreement()).head.number).toBe(2);
  });

  it('a file that cannot be replaced after COMMIT is said to be stale, and follows by itself', async () => {
    failAt = {
      step: 'rename.before',
      how: () => {
        throw systemError('EBUSY');
      },
    };
    const error: unknown = await site.modules.cameras.domain
      .update({ camera_id: 'cam1', fps: 7 })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'camera_config.file_stale', effect: 'committed' });
    await site.modules.cameras.configuration.reconcile();
    expect((await site.agreement()).cameras[0]).toMatchObject({ fps: 7 });
  });

  it('a folder without write permission is a clear 503', async () => {
    if (process.getuid?.() === 0)
      failAt = {
        step: 'stage.created',
        how: () => {
          throw systemError('EACCES');
        },
      };
    else chmodSync(dirname(site.file), 0o555);
    const before = site.text();
    const attempt = site.modules.cameras.domain.remove({ camera_id: 'cam1' });
    await expect(attempt).rejects.toMatchObject({ kind: 'unavailable', code: 'camera_config.file_unwritable' });
    chmodSync(dirname(site.file), 0o755);
    expect(site.text()).toBe(before);
    await site.agreement();
  });
});

/** As a restart of the server does it: every connection of the database ends at once. */
async function endAllSessions(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    'SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await client.end();
}
