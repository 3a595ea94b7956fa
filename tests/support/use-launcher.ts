import { Client } from 'pg';
import { rmSync } from 'node:fs';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/infrastructure/embedded-postgres/embedded-postgres';
import { commandOf } from '../../src/infrastructure/embedded-postgres/postmaster-file';
import { eventually } from './eventually';
import { LauncherProcess, cloneLauncher } from './launcher-clone';
import { temporaryDirectory } from './temporary-directory';

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
export const isGone = (pid: number) =>
  eventually(() => commandOf(pid) === '', { within: 10_000, what: `process ${pid} has ended` });

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
