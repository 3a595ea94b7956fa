import type { FileHandle } from 'node:fs/promises';
import { sha256 } from '../../domain/shared/sha256';

const HEAD_BYTES = 1_024;
const NEWLINE = 10;

/**
 * What tells one journal file from another, whatever it is called: its inode and a hash of its first line that is not
 * blank (or of the first kilobyte of that). A renamed file is the same; a copy is another one, which is read again and
 * adds nothing. Undefined while the first line is being written.
 */
export async function identityOf(file: FileHandle): Promise<string | undefined> {
  const { ino } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  // Writers begin with the end of the line before, should it have been torn.
  const start = head.findIndex((byte) => byte !== NEWLINE);
  const end = start < 0 ? -1 : head.indexOf(NEWLINE, start);
  if (end < 0 && bytesRead < HEAD_BYTES) return undefined;
  return `${ino}-${sha256(start < 0 ? '' : head.subarray(start, end < 0 ? HEAD_BYTES : end))}`;
}

/** A hash of what stands before a place, at most a kilobyte: a file that was emptied and written anew has another. */
export async function tailBefore(file: FileHandle, position: number): Promise<string> {
  const from = Math.max(0, position - HEAD_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(position - from), 0, position - from, from);
  return sha256(buffer.subarray(0, bytesRead));
}
