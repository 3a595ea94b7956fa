import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { codeOf, messageOf } from './errors';
import { type RunAccount, canEnter, isRoot, ownerOf, unprivilegedAccount } from './run-account';

export interface Home {
  /** Absolute, without symbolic links: two spellings of one directory must lead to one server. */
  readonly dir: string;
  readonly account: RunAccount;
}

const SHARED_HOMES = '/var/lib/watchgate';

/** Sixteen hex digits that stand for a path, the same on every start. */
const pathDigest = (target: string): string => createHash('sha256').update(target).digest('hex').slice(0, 16);

const dataIn = (dir: string): string => path.join(dir, 'data');

function makeDirectory(dir: string): string {
  try {
    const first = mkdirSync(dir, { recursive: true });
    // A umask of 077 would lock the unprivileged account out of what root has just made for it.
    if (first && isRoot())
      for (let made = dir; made.startsWith(first); made = path.dirname(made)) chmodSync(made, 0o755);
    return realpathSync(dir);
  } catch (cause) {
    throw new Error(
      `Cannot create the data directory ${dir}: ${messageOf(cause)}. ` +
        'Choose a writable data directory, or set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}

function homeOfExistingData(dir: string): Home {
  const account = ownerOf(dataIn(dir));
  if (!isRoot() || canEnter(account, dir)) return { dir: realpathSync(dir), account };
  throw new Error(
    `The database in ${dir} belongs to ${account.name}, who can no longer reach it. ` +
      `Allow passing through its parent directories (chmod o+x), or move the database elsewhere.`,
  );
}

/** Where the data would be of root whose PostgreSQL cannot reach the requested directory. */
const elsewhereFor = (wanted: string): string => path.join(SHARED_HOMES, pathDigest(wanted));

/** Whether a database was made for this directory before. */
export function hasDatabase(requested: string): boolean {
  const wanted = path.resolve(requested);
  return [wanted, elsewhereFor(wanted)].some((dir) => existsSync(dataIn(dir)));
}

/**
 * The requested directory, or, for root, a fixed one under /var/lib when the account that PostgreSQL runs as cannot
 * reach the request (a project in /root). Existing data always win: nobody must find an empty database after a chmod.
 */
export function chooseHome(requested: string, log: (line: string) => void): Home {
  const wanted = path.resolve(requested);
  if (existsSync(dataIn(wanted))) return homeOfExistingData(wanted);
  const account = unprivilegedAccount();
  if (!isRoot()) return { dir: makeDirectory(wanted), account };

  const elsewhere = elsewhereFor(wanted);
  const settled = existsSync(dataIn(elsewhere));
  if (!settled && canEnter(account, wanted)) return { dir: makeDirectory(wanted), account };
  log(`PostgreSQL keeps its data in ${elsewhere}: user "${account.name}", which it runs as, cannot use ${wanted}`);
  return settled ? homeOfExistingData(elsewhere) : { dir: makeDirectory(elsewhere), account };
}

/** No TCP port is opened: the number only names the socket file, so it need not be free. */
export const PORT = 5432;
/** sizeof(sockaddr_un.sun_path) less its final NUL. */
const SOCKET_PATH_LIMIT = process.platform === 'darwin' ? 103 : 107;

const fits = (dir: string): boolean => Buffer.byteLength(path.join(dir, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_LIMIT;

/**
 * Everybody may write to /tmp: a directory that somebody else put there under our name would hand them every connection.
 * @throws Error when the directory is not a private one of `account`
 */
export function claimPrivateDirectory(dir: string, account: RunAccount): string {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const found = lstatSync(dir);
  const owners = [account.uid, process.geteuid?.()];
  if (!found.isDirectory() || !owners.includes(found.uid) || (found.mode & 0o077) !== 0) {
    throw new Error(
      `${dir} is not a private directory of ${account.name} (uid ${account.uid}); PostgreSQL will not put its socket there. ` +
        'Remove it after checking who made it, or choose a data directory with a shorter path.',
    );
  }
  if (found.uid !== account.uid) lchownSync(dir, account.uid, account.switchTo.gid ?? account.uid);
  return dir;
}

/** Beside the data, or in the temporary directory when that path is longer than a socket's may be. */
export function claimSocketDirectory(home: Home): string {
  const digest = pathDigest(home.dir);
  const candidates = [path.join(home.dir, 'run'), path.join(os.tmpdir(), `watchgate-${digest}`)];
  return claimPrivateDirectory(candidates.find(fits) ?? `/tmp/watchgate-${digest}`, home.account);
}
