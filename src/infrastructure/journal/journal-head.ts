import type { FileHandle } from 'node:fs/promises';
import { sha256 } from '../../domain/shared/sha256';

const HEAD_BYTES = 1_024;
const NEWLINE = 10;

/**
 * What tells one journal file from another, whatever it is called and wherever it was copied: a hash of its first
 * line, or of the first kilobyte of that. Undefined while the first line is being written.
 */
export async function headOf(file: FileHandle): Promise<string | undefined> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
  if (end < 0 && bytesRead < HEAD_BYTES) return undefined;
  return sha256(buffer.subarray(0, end < 0 ? HEAD_BYTES : end));
}
