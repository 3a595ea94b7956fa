import { spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf, messageOf } from './errors';
import type { Home } from './home-directory';
import { type NativeBinaries, buildAtomically } from './native-binaries';
import type { RunAccount } from './run-account';

/** Free of this process' own environment: PGDATA or PGPORT would reach the server, secrets would show in /proc. */
export const SERVER_ENVIRONMENT = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

export const SUPERUSER = 'postgres';
const KEPT_OUTPUT = 8_000;

/** Spawning a file that exists fails with ENOENT when its loader does not: glibc binaries on musl (Alpine). */
export function explainSpawnError(error: unknown, program: string): Error {
  const foreign = codeOf(error) === 'ENOENT' && existsSync(program);
  const reason = foreign
    ? 'the built-in PostgreSQL needs glibc, which this system does not have'
    : `${program} cannot be run: ${messageOf(error)}`;
  return new Error(`PostgreSQL did not start: ${reason}. Set DATABASE_URL to a server of your own.`, { cause: error });
}

function runInitdb(initdb: string, draft: string, account: RunAccount): Promise<void> {
  const args = ['-D', draft, '-U', SUPERUSER, '-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const child = spawn(initdb, [...args, '--auth-local=trust', '--auth-host=reject'], {
    ...account.switchTo,
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(explainSpawnError(error, initdb)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb ended with ${signal ?? `code ${code}`}: ${output.trim()}`));
    });
  });
}

function checkVersion(dataDir: string, binaries: NativeBinaries): void {
  const versionFile = path.join(dataDir, 'PG_VERSION');
  if (!existsSync(versionFile)) {
    throw new Error(
      `${dataDir} exists but is not a PostgreSQL data directory. Move it away, or choose another data directory.`,
    );
  }
  const found = readFileSync(versionFile, 'utf8').trim();
  const [offered] = binaries.version.split('.');
  if (found === offered) return;
  throw new Error(
    `The database in ${dataDir} was made by PostgreSQL ${found}, the built-in server is PostgreSQL ${offered}. ` +
      `Carry the data over with pg_dump of version ${found}, choose another data directory, ` +
      `or set DATABASE_URL to a PostgreSQL ${found} server.`,
  );
}

/** Makes the cluster when there is none. @returns whether it did; @throws Error with the words of initdb */
export async function ensureCluster(dataDir: string, home: Home, binaries: NativeBinaries): Promise<boolean> {
  const { account } = home;
  let created = false;
  if (!existsSync(path.join(dataDir, 'PG_VERSION'))) {
    try {
      created = await buildAtomically(dataDir, async (draft) => {
        if (account.switchTo.uid !== undefined) chownSync(draft, account.uid, account.switchTo.gid ?? account.uid);
        await runInitdb(path.join(binaries.dir, 'bin', 'initdb'), draft, account);
      });
    } catch (cause) {
      throw new Error(
        `Cannot create a database in ${dataDir}: ${messageOf(cause)}\n` +
          'Make room or make it writable, choose another data directory, or set DATABASE_URL to a server of your own.',
        { cause },
      );
    }
  }
  checkVersion(dataDir, binaries);
  return created;
}
