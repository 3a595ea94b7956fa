import { spawnSync } from 'node:child_process';
import { rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '../src/embedded-postgres';
import { eventually, expectNote, query, temporaryDirectory, writeNote } from './support/use-launcher';

const PACE = { lookEveryMs: 50, silentMs: 3_000, backoffMs: [50, 500] as const };
const WITHIN = 50_000;

describe('the embedded PostgreSQL', () => {
  let dir: string;
  const said: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  beforeEach(() => {
    dir = temporaryDirectory();
    said.length = 0;
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const start = async () => {
    const server = await startEmbeddedPostgres({ dir, alarm: (line) => said.push(line), pace: PACE });
    stops.push(() => server.stop());
    return server;
  };
  const answers = (server: { url: string }) =>
    query(server, 'SELECT 1')
      .then(() => true)
      .catch(() => false);

  it('that is killed again and again is started again, with everything that was stored', async () => {
    const server = await start();
    await writeNote(server);
    for (let i = 0; i < 3; i++) {
      const { pid } = server;
      process.kill(pid, 'SIGKILL');
      await eventually(async () => server.pid !== pid && (await answers(server)), WITHIN);
      await expectNote(server);
    }
    expect(said.filter((line) => line.includes('runs again'))).toHaveLength(3);
    expect(said[0]).toContain('ended with SIGKILL');
  }, 180_000);

  it('that hangs is ended and started again', async () => {
    const server = await start();
    const { pid } = server;
    process.kill(pid, 'SIGSTOP');
    await eventually(async () => server.pid !== pid && (await answers(server)), WITHIN);
    expect(said[0]).toContain('does not answer');
  }, 180_000);

  it('is started again by another process that shares it when its own one has ended', async () => {
    const owner = await start();
    const other = await start();
    expect(other.pid).toBe(owner.pid);
    const { pid } = owner;
    await owner.stop();
    await eventually(async () => other.pid !== pid && (await answers(other)), WITHIN);
  }, 180_000);

  it('is not started again once it was stopped', async () => {
    const server = await start();
    await server.stop();
    await eventually(async () => !(await answers(server)));
    expect(said).toEqual([]);
  });

  it('has its backup in a copy of its folder that was made while it was stopped', async () => {
    const server = await start();
    await writeNote(server);
    await server.stop();
    const copy = `${dir}-copy`;
    expect(spawnSync('cp', ['-a', dir, copy]).status).toBe(0);
    stops.push(async () => rmSync(copy, { recursive: true, force: true }));
    const restored = await startEmbeddedPostgres({ dir: copy, pace: PACE });
    stops.push(() => restored.stop());
    await expectNote(restored);
  });

  it('has a log that is turned over while it runs', async () => {
    const server = await start();
    const log = path.join(dir, 'postgres.log');
    truncateSync(log, 11_000_000);
    await eventually(() => expect(statSync(`${log}.1`).size).toBe(11_000_000), WITHIN);
    expect(statSync(log).size).toBeLessThan(1_000_000);
    await query(server, 'SELECT 1');
  });
});
