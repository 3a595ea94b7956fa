import { type FileHandle, open } from 'node:fs/promises';
import { hasCode } from './error-code';

/** Undefined when there is no such file. */
export const openIfThere = (file: string): Promise<FileHandle | undefined> => open(file, 'r').catch(noneIfAbsent);

/** For a `catch` where nothing being there is an answer, not an error. */
export function noneIfAbsent(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT', 'ENAMETOOLONG')) throw error;
}
