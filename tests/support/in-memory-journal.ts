import type {
  Journal,
  JournalFile,
  JournalFiles,
  JournalLines,
  Reject,
  RejectFile,
} from '../../src/application/events/journal';
import type { EventView } from '../../src/domain/shared/event';
import { sha256 } from '../../src/domain/shared/sha256';

interface Written {
  path: string;
  text: string;
  closed: boolean;
}

/** The journal without a disk: the file that is written, and those that were put aside. Its texts are plain ASCII. */
export class InMemoryJournal implements Journal, JournalFiles {
  readonly unreadable = new Map<string, string>();
  private readonly files = new Map<string, Written>();
  private last = 0;

  constructor(private readonly path: string) {}

  async append(events: readonly EventView[]): Promise<void> {
    if (events.length > 0) this.write(`\n${events.map((event) => `${JSON.stringify(event)}\n`).join('')}`);
  }

  /** A detector writes. */
  write(text: string): void {
    const current = [...this.files.values()].find(({ path }) => path === this.path);
    if (current) current.text += text;
    else this.files.set(String((this.last += 1)), { path: this.path, text, closed: false });
  }

  /** Somebody empties the file and begins it anew. */
  replace(text: string): void {
    const current = [...this.files.values()].find(({ path }) => path === this.path);
    if (current) current.text = text;
  }

  /** The file is put aside under another name; `closed`: nobody writes to it any more. */
  rotate(path: string, closed = true): void {
    for (const file of this.files.values()) if (file.path === this.path) Object.assign(file, { path, closed });
  }

  async list(): Promise<readonly JournalFile[]> {
    const all = [...this.files].map(([id, { path, text, closed }]) => ({ id, path, size: text.length, closed }));
    return all.sort((a, b) => Number(a.path === this.path) - Number(b.path === this.path));
  }

  async read({ id, closed }: JournalFile, position: number): Promise<JournalLines> {
    const rest = this.textOf(id).slice(position);
    const end = closed ? rest.length : rest.lastIndexOf('\n') + 1;
    const lines = rest.slice(0, end).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return { lines, next: position + end };
  }

  async tail({ id }: JournalFile, position: number): Promise<string> {
    return sha256(this.textOf(id).slice(0, position));
  }

  private textOf(id: string): string {
    const file = this.files.get(id);
    if (!file) throw new Error(`there is no journal file ${id}`);
    return file.text;
  }
}

/** Lines that are no events, without a disk. */
export class InMemoryRejects implements RejectFile {
  readonly kept: (Reject & { readonly file: string })[] = [];
  broken = false;

  async keep(file: string, rejects: readonly Reject[]): Promise<void> {
    if (this.broken) throw new Error('the disk is full');
    this.kept.push(...rejects.map((reject) => ({ file, ...reject })));
  }
}
