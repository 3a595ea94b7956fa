import { type FileHandle, readdir, stat as statOf } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { JournalFile, JournalFiles, JournalLines, UnreadableLine } from '../../application/events/journal';
import { sha256 } from '../../domain/shared/sha256';
import { errorCode, noneIfAbsent, openIfThere } from '../system/files';

export const MOST_LINE_BYTES = 65_536;
export const NEWLINE = 10;
const TOO_LONG: UnreadableLine = { why: `the line is longer than ${MOST_LINE_BYTES} bytes` };
const NOT_TEXT: UnreadableLine = { why: 'the line is not UTF-8 text' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The lines of some bytes that end with a line; a line that is not text is replaced by a marker. */
export function linesOf(bytes: Buffer): (string | UnreadableLine)[] {
  const text = decoded(bytes);
  const lines = text === undefined ? byteLines(bytes).map((line) => decoded(line) ?? NOT_TEXT) : text.split('\n');
  // The text ends with the end of its last line: there is no line after it.
  if (text !== undefined && bytes.at(-1) === NEWLINE) lines.pop();
  return lines.map((line) => (typeof line === 'string' && line.length > MOST_LINE_BYTES ? TOO_LONG : line));
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined;
    throw error;
  }
}

function byteLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

const HEAD_BYTES = 1_024;

/**
 * The identity of a journal file, whatever its name: its inode and a hash of its first line that is not blank (or of
 * the first kilobyte of that). A renamed file is the same; a copy is another one, which is read again and adds nothing.
 * Undefined while the first line is being written.
 */
async function identityOf(file: FileHandle): Promise<string | undefined> {
  const { ino } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  // Writers begin with a line end, in case the line before was torn.
  const start = head.findIndex((byte) => byte !== NEWLINE);
  const end = start < 0 ? -1 : head.indexOf(NEWLINE, start);
  if (end < 0 && bytesRead < HEAD_BYTES) return undefined;
  return `${ino}-${sha256(start < 0 ? '' : head.subarray(start, end < 0 ? HEAD_BYTES : end))}`;
}

/** A hash of the bytes before a position, at most a kilobyte: a file that was emptied and written anew has another. */
async function tailBefore(file: FileHandle, position: number): Promise<string> {
  const from = Math.max(0, position - HEAD_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(position - from), 0, position - from, from);
  return sha256(buffer.subarray(0, bytesRead));
}

const CHUNK = 1_024 * 1_024;
/** Within this time a rotated file gets its last lines from writers that still have it open. */
const CLOSED_AFTER_MS = 60_000;
const NOTHING = Buffer.alloc(0);

interface Found extends JournalFile {
  readonly changedAt: number;
}

/** The journal on disk: the present file, and the rotated ones next to it. */
export class DiskJournalFiles implements JournalFiles {
  /** Where reading stopped in the middle of a line that is too long, by file. */
  private readonly within = new Map<string, number>();
  private readonly looked = new Map<string, { readonly looks: string; readonly id: string }>();

  /** Files that cannot be opened, and why: they must not hold up the others. */
  readonly unreadable = new Map<string, string>();

  constructor(readonly path: string) {}

  async list(): Promise<readonly Found[]> {
    const paths = (await this.names()).map((name) => join(dirname(this.path), name));
    for (const path of this.unreadable.keys()) if (!paths.includes(path)) this.unreadable.delete(path);
    const found = await Promise.all(paths.map((path) => this.lookIfAllowed(path)));
    const current = (file: Found) => Number(file.path === this.path);
    return found
      .filter((file) => file !== undefined)
      .sort((a, b) => current(a) - current(b) || a.changedAt - b.changedAt);
  }

  async read(file: JournalFile, position: number): Promise<JournalLines> {
    const bytes = await opened(file.path, async (handle) => {
      // The name may belong to another file by now.
      if ((await identityOf(handle)) !== file.id) return NOTHING;
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, position);
      return buffer.subarray(0, bytesRead);
    });
    if (!bytes || bytes.length === 0) return { lines: [], next: position };
    return this.within.get(file.id) === position ? this.skip(file, position, bytes) : this.split(file, position, bytes);
  }

  async tail(file: JournalFile, position: number): Promise<string> {
    return (await opened(file.path, (handle) => tailBefore(handle, position))) ?? '';
  }

  private split(file: JournalFile, position: number, bytes: Buffer): JournalLines {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) return { lines: linesOf(bytes.subarray(0, end)), next: position + end };
    if (bytes.length > MOST_LINE_BYTES) {
      this.within.set(file.id, position + bytes.length);
      return { lines: [TOO_LONG], next: position + bytes.length };
    }
    return file.closed ? { lines: linesOf(bytes), next: position + bytes.length } : { lines: [], next: position };
  }

  private skip(file: JournalFile, position: number, bytes: Buffer): JournalLines {
    const end = bytes.indexOf(NEWLINE);
    if (end < 0) this.within.set(file.id, position + bytes.length);
    else this.within.delete(file.id);
    return { lines: [], next: position + (end < 0 ? bytes.length : end + 1) };
  }

  private async names(): Promise<string[]> {
    const stem = basename(this.path, '.jsonl');
    const names = await readdir(dirname(this.path)).catch(noneIfAbsent);
    return (names ?? []).filter((name) => name.startsWith(stem) && !name.endsWith('.gz'));
  }

  private async lookIfAllowed(path: string): Promise<Found | undefined> {
    try {
      const found = await this.look(path);
      this.unreadable.delete(path);
      return found;
    } catch (error) {
      const code = errorCode(error);
      if (code === '') throw error;
      this.unreadable.set(path, code);
      return undefined;
    }
  }

  /** A file that is unchanged since the last check is not opened again. */
  private async look(path: string): Promise<Found | undefined> {
    const stat = await statOf(path).catch(noneIfAbsent);
    if (!stat?.isFile()) return undefined;
    const looks = `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    const known = this.looked.get(path);
    const id = known?.looks === looks ? known.id : await opened(path, identityOf);
    if (id === undefined) return undefined;
    this.looked.set(path, { looks, id });
    const closed = path !== this.path && Date.now() - stat.mtimeMs > CLOSED_AFTER_MS;
    return { id, path, size: stat.size, closed, changedAt: stat.mtimeMs };
  }
}

/** Opens a file for some work; undefined when it does not exist. */
async function opened<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
  const handle = await openIfThere(path);
  if (!handle) return undefined;
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
