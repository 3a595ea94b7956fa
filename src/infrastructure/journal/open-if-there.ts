import { type FileHandle, open } from 'node:fs/promises';
import { hasCode } from '../system/error-code';

/** A file to read from; undefined when there is none. */
export const openIfThere = (path: string): Promise<FileHandle | undefined> => open(path, 'r').catch(noneIfAbsent);

export function noneIfAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error;
}
