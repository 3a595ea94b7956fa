import { type FileHandle, readdir, stat as statOf } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { JournalFile, JournalFiles, JournalLines } from '../../application/events/journal';
import { identityOf, tailBefore } from './file-identity';
import { linesOf, MOST_LINE_BYTES, TOO_LONG } from './journal-lines';
import { errorCode } from '../system/error-code';
import { noneIfAbsent, openIfThere } from '../system/open-if-there';

const CHUNK = 1_024 * 1_024;
/** A file that was put aside gets its last lines from whoever still had it open within this time. */
const CLOSED_AFTER_MS = 60_000;
const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

interface Found extends JournalFile {
  readonly changedAt: number;
}

/** The journal on disk: the file that is written, and those beside it that were put aside by whatever rotates them. */
export class DiskJournalFiles implements JournalFiles {
  /** Where reading stopped in the middle of a line that is too long, by file. */
  private readonly within = new Map<string, number>();
  private readonly looked = new Map<string, { readonly looks: string; readonly id: string }>();

  /** Files of which only the name can be seen, and the reason: they must not hold up the others. */
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

  /** A file that looks as it did at the last look is not opened again. */
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

/** Works on a file; undefined when there is none. */
async function opened<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T | undefined> {
  const handle = await openIfThere(path);
  if (!handle) return undefined;
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
