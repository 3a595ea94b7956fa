import { acceptedTimes } from '../../domain/events/time-window';
import type { ViolationTypes } from '../../domain/shared/violation-types';
import type { Clock } from '../shared/log';
import type { EventIntake, Stretch } from './event-intake';
import type { JournalFile, JournalFiles, RejectFile } from './journal';
import { batchOf, JournalReading, type ReadLines } from './journal-batches';

/** Lines that are read without letting others have their turn. */
const AT_ONCE = 100;

export interface IngestorOptions {
  readonly violationTypes: ViolationTypes;
  readonly retentionDays: number;
}

/** What was taken in since the start of this process, and what waits. */
export interface IngestState {
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Bytes of the journal that were not taken in at the last look. */
  readonly lagBytes: number;
}

/**
 * Brings the journal into the tables: reads on from where the last transaction got to, and moves that place in the same
 * transaction, so that a crash anywhere neither loses nor doubles a line. Several services may do it at once.
 */
export class JournalIngestor {
  private readonly done = { stored: 0, duplicates: 0, rejected: 0, lagBytes: 0 };
  /** The journal as it was when there was nothing to take. */
  private seen = '';

  constructor(
    private readonly files: JournalFiles,
    private readonly intake: EventIntake,
    private readonly aside: RejectFile,
    private readonly options: IngestorOptions,
    private readonly clock: Clock,
  ) {}

  get state(): IngestState {
    return { ...this.done };
  }

  /** Takes in all there is. Answers whether there was anything. */
  async pass(): Promise<boolean> {
    const files = await this.files.list();
    const seen = files.map(({ id, size, closed }) => `${id} ${size} ${closed}`).join();
    // Nobody has written since there was nothing to take: the database need not be asked.
    if (seen === this.seen) return false;
    const took = await this.passOver(files);
    if (!took) this.seen = seen;
    return took;
  }

  private async passOver(files: readonly JournalFile[]): Promise<boolean> {
    const positions = await this.intake.positions();
    let took = false;
    this.done.lagBytes = 0;
    for (const file of files) {
      const reached = positions.get(file.id) ?? 0;
      // A file that is shorter than what was read of it was cut off by somebody who wants to start again.
      const from = reached > file.size ? 0 : reached;
      if (from === file.size) continue;
      this.done.lagBytes += file.size - from;
      took = (await this.take(file, from, reached)) || took;
    }
    return took;
  }

  private async take(file: JournalFile, start: number, reached: number): Promise<boolean> {
    let [position, stored] = [start, reached];
    let next = this.read(file, position);
    for (;;) {
      const stretch = await next;
      if (stretch.to === position) return position !== start;
      // The next lines are read while the database is busy with these.
      next = this.read(file, stretch.to);
      next.catch(() => undefined);
      if (!(await this.store(file, { from: stored, to: stretch.to }, stretch))) return true;
      this.done.lagBytes = Math.max(0, this.done.lagBytes - (stretch.to - position));
      position = stretch.to;
      stored = stretch.to;
    }
  }

  private async read(file: JournalFile, position: number): Promise<ReadLines & { readonly to: number }> {
    const times = acceptedTimes(this.clock(), this.options.retentionDays);
    const { lines, next } = await this.files.read(file, position);
    const reading = new JournalReading(times);
    for (let i = 0; i < lines.length; i += AT_ONCE) {
      reading.add(lines.slice(i, i + AT_ONCE));
      await new Promise(setImmediate);
    }
    return { ...reading.result, to: next };
  }

  /** Answers whether they were stored; they are not when somebody else has taken them in. */
  private async store(file: JournalFile, stretch: Stretch, read: ReadLines): Promise<boolean> {
    await this.aside.keep(file.path, read.rejects);
    const taken = await this.intake.store(batchOf(file, stretch, read, this.options.violationTypes));
    if (taken === 'moved') return false;
    await this.aside.keep(file.path, taken.refused);
    this.done.stored += taken.stored;
    this.done.duplicates += taken.duplicates;
    this.done.rejected += read.rejects.length + taken.refused.length;
    return true;
  }
}
