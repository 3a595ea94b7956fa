import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { DirectoryView, FileView } from '../../application/system/system-port';

const may = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

const statOf = (path: string) => stat(path).catch(() => undefined);

/** Whether this user could put another file in the place of this one. */
export async function mayReplace(path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => path);
  return may(dirname(target), constants.W_OK | constants.X_OK);
}

/** A file by its name alone: where it lies is nobody's business. */
export async function fileView(path: string): Promise<FileView> {
  const found = await statOf(path);
  if (!found) return { exists: false, path: basename(path) };
  return {
    exists: true,
    path: basename(path),
    size: found.size,
    modified_time: found.mtime.toISOString(),
    readable: await may(path, constants.R_OK),
    writable: await may(path, constants.W_OK),
  };
}

export async function directoryView(path: string): Promise<DirectoryView> {
  const found = await statOf(path);
  return {
    exists: found !== undefined,
    is_directory: found?.isDirectory() === true,
    readable: await may(path, constants.R_OK),
    writable: await may(path, constants.W_OK),
  };
}
