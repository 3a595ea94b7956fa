import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { maskText } from '../../domain/cameras/camera-secrets';
import { openIfThere, sizeOf } from '../system/files';

const COPY_CHUNK = 1 << 20;

/** The file with the part of a log before its last rotation. */
export const rotatedLog = (log: string): string => `${log}.1`;

/**
 * Keeps a log and its predecessor together below `cap` bytes. The worker holds the file itself, so that it can continue
 * when this program dies; the file can therefore not be replaced, only copied and emptied. A worker appends, so its
 * next line lands at the start. What is written between the last byte copied and the truncation, some microseconds
 * later, is lost; so is the older part of a log that outgrew a quarter of the cap between two checks.
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

/** Copies without blocking other tasks; answers up to which byte. */
async function copyTail(from: string, to: string, start: number, end: number): Promise<number> {
  const [source, target] = await Promise.all([open(from, 'r'), open(to, 'w', 0o600)]);
  try {
    const buffer = Buffer.alloc(COPY_CHUNK);
    let at = start;
    while (at < end) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(COPY_CHUNK, end - at), at);
      if (bytesRead === 0) break;
      await target.write(buffer, 0, bytesRead);
      at += bytesRead;
    }
    return at;
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

/** Copies the rest and truncates, without any other work of this program in between. */
function appendRest(log: string, to: string, from: number, most: number): void {
  const [source, target] = [openSync(log, 'r+'), openSync(to, 'a')];
  try {
    const buffer = Buffer.alloc(COPY_CHUNK);
    let at = Math.max(from, fstatSync(source).size - most);
    for (let n = COPY_CHUNK; n > 0; at += n) {
      n = readSync(source, buffer, 0, COPY_CHUNK, at);
      writeSync(target, buffer, 0, n);
    }
    ftruncateSync(source, 0);
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

const READ_CHUNK = 1 << 16;
const MOST_BYTES = 16 << 20;
const MOST_LINES = 10_000;
/** Longer lines are cut: people do not read them, and masking them takes time. */
const LONGEST_LINE = 4_096;
const ROTATIONS = 3;

/**
 * The last lines of a log, oldest first and without secrets, however long the log is; a rotation in between has no
 * effect. At most 16 MB are read. Undefined when there is no log.
 */
export async function lastLines(log: string, wanted: number): Promise<string[] | undefined> {
  const lines = Math.min(MOST_LINES, Math.max(1, Math.trunc(wanted)));
  for (let i = 1; ; i++) {
    const before = await identity(rotatedLog(log));
    const parts = [await openIfThere(rotatedLog(log)), await openIfThere(log)].filter((part) => part !== undefined);
    try {
      if (parts.length === 0) return undefined;
      const found = await tail(parts, lines);
      if (i === ROTATIONS || before === (await identity(rotatedLog(log)))) return found.map(readable);
    } finally {
      await Promise.all(parts.map((part) => part.close()));
    }
  }
}

/** A rotation between two readings shows as a new file. */
async function identity(file: string): Promise<number | undefined> {
  const part = await openIfThere(file);
  try {
    return (await part?.stat())?.ino;
  } finally {
    await part?.close();
  }
}

/** The parts are joined, so that a line torn by the rotation is whole again. */
async function tail(parts: readonly FileHandle[], lines: number): Promise<string[]> {
  const chunks: Buffer[] = [];
  let [breaks, bytes, whole] = [0, 0, true];
  for await (const chunk of backwards(parts)) {
    if (breaks > lines || bytes >= MOST_BYTES) {
      whole = false;
      break;
    }
    chunks.unshift(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) breaks += 1;
  }
  const found = Buffer.concat(chunks).toString('utf8').split('\n');
  if (found.at(-1) === '') found.pop();
  if (!whole && found.length > 1) found.shift();
  return found.slice(-lines);
}

async function* backwards(parts: readonly FileHandle[]): AsyncGenerator<Buffer> {
  for (const part of [...parts].reverse()) {
    for (let end = (await part.stat()).size; end > 0; ) {
      const start = Math.max(0, end - READ_CHUNK);
      const { buffer, bytesRead } = await part.read(Buffer.alloc(end - start), 0, end - start, start);
      yield buffer.subarray(0, bytesRead);
      end = start;
    }
  }
}

function readable(line: string): string {
  const text = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
  const cut = text.endsWith('\r') ? text.slice(0, -1) : text;
  return maskText(cut);
}

/** Reads what a log gets, from its last lines on. */
export class LogFollower {
  private at: number | undefined;
  private torn = '';

  /** `first`: how many lines of before the first answer has. */
  constructor(
    private readonly log: string,
    private readonly first: number,
  ) {}

  /** The lines since the last call, without secrets; of very many only the last ones. */
  async next(): Promise<readonly string[]> {
    const size = await sizeOf(this.log);
    if (this.at === undefined) {
      this.at = size;
      return (await lastLines(this.log, this.first)) ?? [];
    }
    // A rotation empties the file.
    if (size < this.at) this.at = 0;
    if (size === this.at) return [];
    const from = Math.max(this.at, size - READ_CHUNK);
    const file = await openIfThere(this.log);
    try {
      if (!file) return [];
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      this.at = from + bytesRead;
      const lines = (this.torn + buffer.toString('utf8', 0, bytesRead)).split('\n');
      this.torn = (lines.pop() ?? '').slice(-LONGEST_LINE);
      return lines.map(readable);
    } finally {
      await file?.close();
    }
  }
}
