import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { sizeOf } from '../system/size-of';

const CHUNK = 1 << 20;

/** The file that holds what was in a log before its last rotation. */
export const rotatedLog = (log: string): string => `${log}.1`;

/**
 * Keeps a log and its predecessor together below `cap` bytes. The worker holds the file itself, so that it can go on
 * when this program dies; the file can therefore not be replaced, only copied and emptied. A worker appends, so its
 * next line lands at the start. What is written between the last byte copied and the truncation, some microseconds
 * later, is lost; so is the older part of a log that outgrew a quarter of the cap between two looks.
 */
export async function rotateLog(log: string, cap: number): Promise<boolean> {
  const keep = Math.floor(cap / 4);
  const size = await sizeOf(log);
  if (size < keep) return false;
  const staged = `${rotatedLog(log)}.tmp`;
  try {
    const copied = await copyTail(log, staged, Math.max(0, size - keep), size);
    appendRest(log, staged, copied, keep);
    await rename(staged, rotatedLog(log));
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  return true;
}

/** Copies without holding up anybody; answers up to which byte. */
async function copyTail(from: string, to: string, start: number, end: number): Promise<number> {
  const [source, target] = await Promise.all([open(from, 'r'), open(to, 'w', 0o600)]);
  try {
    const buffer = Buffer.alloc(CHUNK);
    let at = start;
    while (at < end) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(CHUNK, end - at), at);
      if (bytesRead === 0) break;
      await target.write(buffer, 0, bytesRead);
      at += bytesRead;
    }
    return at;
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

/** What came meanwhile, then the truncation, with nothing of this program in between. */
function appendRest(log: string, to: string, from: number, most: number): void {
  const [source, target] = [openSync(log, 'r+'), openSync(to, 'a')];
  try {
    const buffer = Buffer.alloc(CHUNK);
    let at = Math.max(from, fstatSync(source).size - most);
    for (let n = CHUNK; n > 0; at += n) {
      n = readSync(source, buffer, 0, CHUNK, at);
      writeSync(target, buffer, 0, n);
    }
    ftruncateSync(source, 0);
  } finally {
    closeSync(source);
    closeSync(target);
  }
}
