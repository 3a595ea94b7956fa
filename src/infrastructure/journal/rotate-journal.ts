import { rename, rm } from 'node:fs/promises';
import type { EventIntake } from '../../application/events/event-intake';
import type { DiskJournalFiles } from './disk-journal-files';

const MOST_BYTES = 128 * 1_024 * 1_024;
/** Together with the newest one they hold whatever the legacy path may be asked for. */
const KEPT = 4;

/**
 * Puts the journal aside once it is large and wholly taken in, and deletes what was put aside long ago. Detectors open
 * the journal for each event, so the next one makes a new file.
 */
export async function rotateJournal(path: string, files: DiskJournalFiles, intake: EventIntake): Promise<void> {
  const [all, positions] = [await files.list(), await intake.positions()];
  const taken = all.filter((file) => positions.get(file.id)?.position === file.size);
  const current = taken.find((file) => file.path === path && file.size > MOST_BYTES);
  if (current) await rename(path, path.replace(/\.jsonl$/, `-${Date.now()}.jsonl`));
  const aside = taken.filter((file) => file.path !== path && file.closed);
  for (const file of aside.slice(0, Math.max(0, aside.length - KEPT))) await rm(file.path);
}
