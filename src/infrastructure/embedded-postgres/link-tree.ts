import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { errorCode } from '../system/error-code';

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
      if (!NOT_LINKABLE.has(errorCode(error))) throw error;
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
