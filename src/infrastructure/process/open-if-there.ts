import { type FileHandle, open } from 'node:fs/promises';
import { hasCode } from '../system/error-code';

/** Undefined when there is no such file. */
export async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENAMETOOLONG')) return undefined;
    throw error;
  }
}
