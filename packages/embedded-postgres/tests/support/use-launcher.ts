import { Client } from 'pg';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres';
import { commandOf } from '../../src/postmaster-file';
import { LauncherProcess, cloneLauncher } from './launcher-clone';

/** Open to other users: tests run by root start PostgreSQL as one of them. */
export function temporaryDirectory(): string {
  const dir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'embedded-postgres-test-')));
  chmodSync(dir, 0o755);
  return dir;
}

/** Looks again and again until `check` gives something truthy or, made of `expect`, does not throw. */
export async function eventually(check: () => unknown, within = 30_000): Promise<void> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      const value = await check();
      if (value || value === undefined) return;
      if (Date.now() >= deadline) throw new Error(`Not within ${within} ms`);
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
    await sleep(20);
  }
}

const undoings: (() => Promise<void> | void)[] = [];

/** Done after the test, last registered first. */
export const cleanUp = (undo: () => Promise<void> | void): void => void undoings.push(undo);

export function freshDirectory(): string {
  const dir = temporaryDirectory();
  cleanUp(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function start(dir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dir });
  cleanUp(() => server.stop());
  return server;
}

export function startProcess(clone: string, dir: string, options = {}): LauncherProcess {
  const launcher = LauncherProcess.start(clone, dir, options);
  cleanUp(() => launcher.kill('SIGKILL'));
  return launcher;
}

export async function query(server: { url: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

export const writeNote = (server: { url: string }) =>
  query(server, `CREATE TABLE note AS SELECT 'kept'::text AS words`);

export const expectNote = async (server: { url: string }) =>
  expect(await query(server, 'SELECT words FROM note')).toEqual([{ words: 'kept' }]);

/** A process that nobody has collected yet counts as gone: its number is there, its command line is not. */
export const isGone = (pid: number) => eventually(() => expect(commandOf(pid)).toBe(''));

/** For a test file: a healthy clone that its tests share, and the clean-up after each. */
export function useLauncher(): { readonly clone: string } {
  let clone = '';
  beforeAll(() => {
    clone = temporaryDirectory();
    cloneLauncher(clone);
  });
  afterEach(async () => {
    for (const undo of undoings.splice(0).reverse()) await undo();
  });
  afterAll(() => rmSync(clone, { recursive: true, force: true }));
  return {
    get clone() {
      return clone;
    },
  };
}
