import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Journal } from '../../application/events/journal';
import type { EventView } from '../../domain/shared/event';
import { Unavailable } from '../../domain/shared/domain-error';
import { errorCode } from '../system/error-code';

const NEWLINE = 10;

/** The journal that detectors and this service append to, one JSON line per event. */
export class DiskJournal implements Journal {
  constructor(private readonly path: string) {}

  async append(events: readonly EventView[]): Promise<void> {
    if (events.length === 0) return;
    try {
      await this.write(Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join('')));
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
    const file = await open(this.path, 'a+');
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      // A full disk may have left a piece of a line, which must not spoil the next one.
      const torn = size > 0 && buffer[0] !== NEWLINE;
      const bytes = torn ? Buffer.concat([Buffer.from('\n'), lines]) : lines;
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('written in part'), { code: 'ENOSPC' });
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
