import { acceptedTimes } from '../../domain/events/time-window';
import type { ViolationTypes } from '../../domain/shared/violation-types';
import type { Clock } from '../shared/log';
import type { EventIntake, Stretch } from './event-intake';
import type { JournalFile, JournalFiles, JournalLines, RejectFile } from './journal';
import { batchOf, readLines } from './journal-batches';

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
    const [files, positions] = await Promise.all([this.files.list(), this.intake.positions()]);
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
    let stored = reached;
    let position = start;
    let reading = this.files.read(file, position);
    for (;;) {
      const { lines, next } = await reading;
      if (next === position) return position !== start;
      // The next lines are read while the database is busy with these.
      reading = this.files.read(file, next);
      reading.catch(() => undefined);
      const moved = await this.store(file, { from: stored, to: next }, lines);
      if (moved) return true;
      this.done.lagBytes = Math.max(0, this.done.lagBytes - (next - position));
      position = next;
      stored = next;
    }
  }

  /** Answers whether somebody else had taken these lines in. */
  private async store(file: JournalFile, stretch: Stretch, lines: JournalLines['lines']): Promise<boolean> {
    const { violationTypes, retentionDays } = this.options;
    const read = readLines(lines, acceptedTimes(this.clock(), retentionDays));
    await this.aside.keep(file.path, read.rejects);
    const taken = await this.intake.store(batchOf(file, stretch, read, violationTypes));
    if (taken === 'moved') return true;
    await this.aside.keep(file.path, taken.refused);
    this.done.stored += taken.stored;
    this.done.duplicates += taken.duplicates;
    this.done.rejected += read.rejects.length + taken.refused.length;
    return false;
  }
}
