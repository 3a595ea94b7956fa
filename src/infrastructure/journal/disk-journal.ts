import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Journal } from '../../application/events/journal';
import type { EventView } from '../../domain/shared/event';
import { Unavailable } from '../../domain/shared/domain-error';
import { errorCode } from '../system/error-code';

const NEWLINE = Buffer.from('\n');

/** The journal that detectors and this service append to, one JSON line per event. */
export class DiskJournal implements Journal {
  constructor(private readonly path: string) {}

  append(events: readonly EventView[]): Promise<void> {
    return this.appendLines(events.map((event) => JSON.stringify(event)));
  }

  async appendLines(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await this.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
    } catch (error) {
      throw new Unavailable(
        'journal.unavailable',
        `The events could not be written to disk (${errorCode(error)}). Send them again: what was written counts once.`,
        'unknown',
        error,
      );
    }
  }

  private async write(lines: Buffer): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a');
    try {
      // Whatever the last writer left, at whatever moment: a piece of a line must not spoil the next one, and a blank line
      // counts for nothing.
      const bytes = Buffer.concat([NEWLINE, lines]);
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('written in part'), { code: 'ENOSPC' });
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
