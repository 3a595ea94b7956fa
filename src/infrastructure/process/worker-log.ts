import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { LogPage, LogQuery } from '../../application/camera-control/camera-control-port';
import { maskText } from '../../domain/cameras/camera-secrets';
import { DomainError } from '../../domain/shared/domain-error';
import { sha256 } from '../../domain/shared/sha256';
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
  return (await rawTail(log, lines))?.lines.map(readable);
}

interface Tail {
  readonly lines: readonly string[];
  /** Whether the last line is not finished. */
  readonly torn: boolean;
}

async function rawTail(log: string, lines: number): Promise<Tail | undefined> {
  for (let i = 1; ; i++) {
    const before = await identity(rotatedLog(log));
    const parts = [await openIfThere(rotatedLog(log)), await openIfThere(log)].filter((part) => part !== undefined);
    try {
      if (parts.length === 0) return undefined;
      const found = await tail(parts, lines);
      if (i === ROTATIONS || before === (await identity(rotatedLog(log)))) return found;
    } finally {
      await Promise.all(parts.map((part) => part.close()));
    }
  }
}

/** Lines that tell a line from others of the same text. */
const CONTEXT = 3;
/** Lines that are looked at without a pause for other tasks. */
const AT_ONCE = 2_000;

/**
 * A cursor is what stands in a line and in those before it, not its place: a rotation moves all lines. Where a log
 * repeats itself, the last place counts.
 */
const cursorOf = (lines: readonly string[], at: number): string =>
  sha256(lines.slice(Math.max(0, at - CONTEXT), at + 1).join('\n')).slice(0, 24);

async function placeOf(cursor: string | undefined, lines: readonly string[]): Promise<number | undefined> {
  if (cursor === undefined) return undefined;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    if (cursorOf(lines, at) === cursor) return at;
    if (at % AT_ONCE === 0) await new Promise(setImmediate);
  }
  return undefined;
}

/**
 * Lines of a log: the last ones, those before a cursor, or the first ones after one; of the last 16 MB. Only what is
 * shown is searched: a search must not tell whether a guess of a secret is right. Undefined when there is no log.
 */
export async function logPage(log: string, query: LogQuery): Promise<LogPage | undefined> {
  const { before, after, contains = '' } = query;
  const wanted = Math.min(MOST_LINES, Math.max(1, Math.trunc(query.lines)));
  // Who follows a log asks for its newest lines again and again: what came since is near its end.
  const near = (after === undefined ? wanted : AT_ONCE) + CONTEXT;
  for (const window of before === undefined && contains === '' ? [near, Infinity] : [Infinity]) {
    const tail = await rawTail(log, window);
    if (!tail) return undefined;
    const [start, end] = [await placeOf(after, tail.lines), await placeOf(before, tail.lines)];
    if ((after !== undefined && start === undefined) || (before !== undefined && end === undefined)) continue;
    const from = start === undefined ? 0 : start + 1;
    const range = { from, to: end ?? tail.lines.length, wanted, forward: after !== undefined };
    return pageOf(tail, await matching(tail.lines, range, contains.toLowerCase()), after);
  }
  throw new DomainError(
    'camera.log_cursor_unknown',
    'The line of the cursor is no longer in the log: ask without a cursor.',
  );
}

function pageOf({ lines, torn }: Tail, found: readonly Found[], after: string | undefined): LogPage {
  const [first, last] = [found[0], found.at(-1)];
  // A line that is not finished will be another one: it is shown again as a whole.
  const end = last && torn && last.at === lines.length - 1 ? last.at - 1 : last?.at;
  return {
    lines: found.map(({ text }) => text),
    before: first === undefined ? null : cursorOf(lines, first.at),
    after: end === undefined || end < 0 ? (after ?? null) : cursorOf(lines, end),
  };
}

interface Found {
  readonly at: number;
  readonly text: string;
}

interface Range {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  readonly wanted: number;
  /** Whether the first lines count, not the last ones. */
  readonly forward: boolean;
}

async function matching(all: readonly string[], { from, to, wanted, forward }: Range, contains: string) {
  const found: Found[] = [];
  for (let i = 0; i < to - from && found.length < wanted; i += 1) {
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise(setImmediate);
    const at = forward ? from + i : to - 1 - i;
    const line = all[at] ?? '';
    // Masking takes long: only lines that may fit are masked. A mask itself is found in none of the others.
    if (!contains.includes('*') && !line.toLowerCase().includes(contains)) continue;
    const text = readable(line);
    if (text.toLowerCase().includes(contains)) found.push({ at, text });
  }
  return forward ? found : found.reverse();
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
async function tail(parts: readonly FileHandle[], lines: number): Promise<Tail> {
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
  const torn = found.at(-1) !== '';
  if (!torn) found.pop();
  if (!whole && found.length > 1) found.shift();
  return { lines: found.slice(-lines), torn };
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
