import { lchownSync, lstatSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errorCode } from '../system/error-code';
import { type Home, pathDigest } from './home-directory';
import type { RunAccount } from './run-account';

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
    if (errorCode(error) !== 'EEXIST') throw error;
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
