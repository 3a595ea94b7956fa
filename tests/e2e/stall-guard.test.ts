import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { CameraSite, isAlive } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { temporaryDirectory } from '../support/temporary-directory';
import { childrenOf } from '../support/worker-run';

/** How long everything stands still: longer than any patience with a worker takes 30, which CI has no time for. */
const SECONDS = Number(process.env.STALL_SECONDS ?? 8);
const IDS = ['one', 'two', 'three'];
const CAMERAS = IDS.map((id) => `  - {id: ${id}, name: n, source: 'testsrc:size=320x180,rate=10', auto_start: true}\n`);
const TIMEOUT_MS = (SECONDS + 60) * 1_000;

describe(`${SECONDS} seconds without`, () => {
  const dir = temporaryDirectory();
  let database: EmbeddedPostgres;
  let site: CameraSite;
  let pids: readonly number[];

  beforeAll(async () => {
    database = await startEmbeddedPostgres({ dir });
    site = await CameraSite.start(`cameras:\n${CAMERAS.join('')}`, { DATABASE_URL: database.url });
  }, 180_000);
  beforeEach(async () => {
    for (const id of IDS) await site.becomes(id, { state: 'running' });
    pids = await pidsOf();
  }, 180_000);
  afterAll(async () => {
    await site.remove();
    await database.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const statuses = () => Promise.all(IDS.map((id) => site.status(id)));
  const pidsOf = async () => (await statuses()).map(({ pid }) => pid);
  /** The same processes, which nobody has restarted, and which see on. */
  const goOn = async (ids = IDS) => {
    const before = await eventually(() => Promise.all(ids.map((id) => site.frames(id))), { within: 20_000 });
    await eventually(
      async () => {
        const now = await Promise.all(ids.map((id) => site.frames(id)));
        for (const [i, frames] of now.entries()) expect(frames).toBeGreaterThan((before[i] ?? 0) + 30);
      },
      { within: 20_000 },
    );
    for (const id of ids)
      expect(await site.status(id)).toMatchObject({ state: 'running', restarts: 0, pid: pids[IDS.indexOf(id)] });
  };

  it(
    'a database that answers: no worker is restarted',
    async () => {
      const processes = [database.pid, ...childrenOf(database.pid)];
      for (const pid of processes) process.kill(pid, 'SIGSTOP');
      try {
        await pause(SECONDS * 1_000);
        expect(pids.map(isAlive)).toEqual(pids.map(() => true));
      } finally {
        for (const pid of processes.filter(isAlive)) process.kill(pid, 'SIGCONT');
      }
      await goOn();
    },
    TIMEOUT_MS,
  );

  it(
    'a database: no worker is restarted, and the cameras are controlled again when it is back',
    async () => {
      await database.stop();
      await pause(SECONDS * 1_000);
      expect(pids.map(isAlive)).toEqual(pids.map(() => true));
      const { url } = database;
      database = await startEmbeddedPostgres({ dir });
      expect(database.url).toBe(url);
      await goOn();
      await eventually(
        async () => expect((await site.call('POST', '/cameras/one/stop')).body).toMatchObject({ state: 'stopped' }),
        { within: 20_000 },
      );
      await site.call('POST', '/cameras/one/start');
    },
    TIMEOUT_MS,
  );

  it(
    'the service: only the worker that died meanwhile is restarted, in the next pass',
    async () => {
      const { child } = site.service;
      child.kill('SIGSTOP');
      try {
        await pause(SECONDS * 1_000);
        process.kill(pids[2]!, 'SIGKILL');
        expect(isAlive(pids[0]!)).toBe(true);
      } finally {
        child.kill('SIGCONT');
      }
      await goOn(['one', 'two']);
      await site.becomes('three', { state: 'running', restarts: 1 });
    },
    TIMEOUT_MS,
  );
});
