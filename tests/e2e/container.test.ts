import { chmodSync } from 'node:fs';
import path from 'node:path';
import { endOf } from '../../src/composition/service';
import { Cable } from '../support/cable';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';
import { ACCOUNTS, BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

describe('a service that is to end', () => {
  it('is cut off when something hangs, and says so by its exit code and in its log', async () => {
    jest.useFakeTimers();
    const log = rememberingLog();
    const code = endOf({ stop: () => new Promise<never>(() => undefined) }, log);
    await jest.advanceTimersByTimeAsync(24_999);
    expect(log.lines).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(await code).toBe(1);
    expect(log.lines.join()).toContain('error the end takes too long');
    expect(await endOf({ stop: async () => undefined }, log)).toBe(0);
    jest.useRealTimers();
  });

  it('ends though its database says nothing any more', async () => {
    const database: TestDatabase = await createTestDatabase();
    const cable = new Cable(database.url);
    const site = new BareSite();
    try {
      const run = site.start({ DATABASE_URL: await cable.open() });
      await run.ready();
      cable.silent = true;
      const { code, signal, output } = await run.end('SIGTERM');
      expect([[0, 1].includes(code ?? -1), signal]).toEqual([true, null]);
      expect(output).toContain('SIGTERM: finishing the requests under way');
    } finally {
      cable.close();
      await site.remove();
      await database.drop();
    }
  }, 120_000);
});

describe('a folder of the cameras file that belongs to another user', () => {
  /** Root may write anywhere. */
  const account = ACCOUNTS.find(({ uid }) => uid !== 0);

  (account ? it : it.skip)(
    'is no secret of the one who is refused a change: the health says it',
    async () => {
      const site = new BareSite(account);
      try {
        const url = await site.start().ready();
        const health = async () => (await call(url, 'GET', '/monitoring/health')).body as Record<string, unknown>;
        await eventually(async () =>
          expect(await health()).toMatchObject({ status: 'healthy', checks: { configuration: 'ok' } }),
        );
        const folder = path.dirname(site.camerasFile);
        chmodSync(folder, 0o555);
        const camera = { id: 'door', name: 'Door', source: '0' };
        expect(await call(url, 'POST', '/cameras', camera)).toMatchObject({ status: 503 });
        expect(await health()).toMatchObject({
          status: 'degraded',
          checks: { configuration: 'degraded', configuration_details: { writable: false } },
        });
        chmodSync(folder, 0o755);
        expect(await call(url, 'POST', '/cameras', camera)).toMatchObject({ status: 200 });
        expect(await health()).toMatchObject({ checks: { configuration: 'ok' } });
      } finally {
        await site.remove();
      }
    },
    120_000,
  );
});
