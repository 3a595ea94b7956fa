import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The user PostgreSQL runs as. `switchTo` is empty when that is the user of this process. */
export interface RunAccount {
  readonly uid: number;
  readonly name: string;
  readonly switchTo: { readonly uid?: number; readonly gid?: number };
}

export const isRoot = (): boolean => process.geteuid?.() === 0;

function ownAccount(): RunAccount {
  const uid = process.geteuid?.() ?? 0;
  return { uid, name: `uid ${uid}`, switchTo: {} };
}

function findUser(name: string): RunAccount | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), name, switchTo: { uid: Number(uid), gid: Number(gid) } };
  }
  return undefined;
}

/** PostgreSQL refuses to run as root, so root needs somebody else: PG_RUN_AS, else `postgres`, else `nobody`. */
export function unprivilegedAccount(): RunAccount {
  if (!isRoot()) return ownAccount();
  const wanted = process.env.PG_RUN_AS;
  const account = wanted ? findUser(wanted) : (findUser('postgres') ?? findUser('nobody'));
  if (account && account.uid !== 0) return account;
  const problem = wanted
    ? `PG_RUN_AS=${wanted} is not an unprivileged user`
    : 'there is no user "postgres" or "nobody"';
  throw new Error(
    `PostgreSQL cannot run as root, and ${problem} in /etc/passwd. ` +
      'Name an existing unprivileged user in PG_RUN_AS, or set DATABASE_URL to a server of your own.',
  );
}

/**
 * The account that existing data belong to: PostgreSQL accepts no other, whatever account a fresh start would choose.
 * @throws Error when the data belong to an account this process cannot become
 */
export function ownerOf(dataDir: string): RunAccount {
  const { uid, gid } = statSync(dataDir);
  const me = ownAccount();
  if (isRoot() && uid !== 0) return { uid, name: `uid ${uid}`, switchTo: { uid, gid } };
  if (!isRoot() && uid === me.uid) return me;
  throw new Error(
    `The database files in ${dataDir} belong to uid ${uid}, and uid ${me.uid} cannot run PostgreSQL on them. ` +
      'Start as the user that created them, give them to the right user (chown -R), or choose another data directory.',
  );
}

/** The path itself, or the closest parent that exists. */
function nearestExisting(target: string): string {
  return existsSync(target) || target === path.dirname(target) ? target : nearestExisting(path.dirname(target));
}

/** Asks the kernel, as that account: mode bits alone would miss access lists and mounts. */
export function canEnter(account: RunAccount, target: string): boolean {
  const result = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', nearestExisting(path.resolve(target))], {
    ...account.switchTo,
    cwd: '/',
    stdio: 'ignore',
  });
  if (!result.error) return result.status === 0;
  throw new Error(
    `Cannot run a process as ${account.name} (${result.error.message}); PostgreSQL needs an unprivileged user. ` +
      'Allow it in the container, name another user in PG_RUN_AS, or set DATABASE_URL to a server of your own.',
    { cause: result.error },
  );
}
