import type { FileHandle } from 'node:fs/promises';
import { sha256 } from '../../domain/shared/sha256';

const HEAD_BYTES = 1_024;
const NEWLINE = 10;

/**
 * What tells one journal file from another, whatever it is called: its inode and a hash of its first line (or of the
 * first kilobyte of that). A renamed file is the same; a copy is another one, which is read again and adds nothing.
 * Undefined while the first line is being written.
 */
export async function identityOf(file: FileHandle): Promise<string | undefined> {
  const { ino } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
  if (end < 0 && bytesRead < HEAD_BYTES) return undefined;
  return `${ino}-${sha256(buffer.subarray(0, end < 0 ? HEAD_BYTES : end))}`;
}
