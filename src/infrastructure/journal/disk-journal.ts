import { mkdirSync, watch } from 'node:fs';
import { appendFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { EventIntake } from '../../application/events/event-intake';
import type { Journal, Reject, RejectFile } from '../../application/events/journal';
import type { Clock, Log } from '../../application/shared/log';
import { Unavailable } from '../../domain/shared/domain-error';
import type { EventView } from '../../domain/shared/event';
import { errorCode, sizeOf } from '../system/files';
import type { DiskJournalFiles } from './disk-journal-files';

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
        { reason: errorCode(error) },
      );
    }
  }

  private async write(lines: Buffer): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a');
    try {
      // The last writer may have left part of a line, which must not spoil the next one; a blank line is ignored.
      const bytes = Buffer.concat([NEWLINE, lines]);
      const { bytesWritten } = await file.write(bytes);
      if (bytesWritten < bytes.length) throw Object.assign(new Error('written in part'), { code: 'ENOSPC' });
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

const MOST_REJECT_BYTES = 10_000_000;

/**
 * Rejects, whole and with the reason, in a file of their own, from which they can be ingested again; two files of at
 * most ten megabytes are kept.
 */
export class DiskRejectFile implements RejectFile {
  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  async keep(file: string, rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    if ((await sizeOf(this.path)) > MOST_REJECT_BYTES) await rename(this.path, `${this.path}.1`);
    const at = this.clock().toISOString();
    const lines = rejects.map(({ why, line }) => JSON.stringify({ at, file: basename(file), why, line }));
    await appendFile(this.path, `${lines.join('\n')}\n`);
  }
}

const ROTATE_AT_BYTES = 128 * 1_024 * 1_024;
/** Together with the newest one they hold everything that the legacy path may have to read. */
const KEPT = 4;

/**
 * Rotates the journal once it is large and fully ingested, and deletes old rotated files. Detectors open the journal
 * for each event, so the next one makes a new file.
 */
export async function rotateJournal(path: string, files: DiskJournalFiles, intake: EventIntake): Promise<void> {
  const [all, positions] = [await files.list(), await intake.positions()];
  const taken = all.filter((file) => positions.get(file.id)?.position === file.size);
  const current = taken.find((file) => file.path === path && file.size > ROTATE_AT_BYTES);
  if (current) await rename(path, path.replace(/\.jsonl$/, `-${Date.now()}.jsonl`));
  const rotated = taken.filter((file) => file.path !== path && file.closed);
  for (const file of rotated.slice(0, Math.max(0, rotated.length - KEPT))) await rm(file.path);
}

/**
 * Calls at every change of the journal, or of a rotated file, as soon as the system reports it. Network file systems do
 * not report what others write: callers also have to check from time to time.
 */
export function watchJournal(path: string, changed: () => void, log: Log): { close(): void } {
  const stem = basename(path, '.jsonl');
  const blind = (error: unknown) =>
    log.warn('the folder of the journal cannot be watched: it is looked at every second instead', {
      folder: dirname(path),
      error,
    });
  try {
    mkdirSync(dirname(path), { recursive: true });
    const watcher = watch(dirname(path), { persistent: false }, (_, name) => {
      if (name === null || name.startsWith(stem)) changed();
    });
    watcher.on('error', blind);
    return watcher;
  } catch (error) {
    blind(error);
    return { close: () => undefined };
  }
}
