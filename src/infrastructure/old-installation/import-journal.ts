import { copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EventIntake } from '../../application/events/event-intake';
import type { RejectFile } from '../../application/events/journal';
import { JournalIngestor, JournalReading } from '../../application/events/journal-ingestor';
import type { Clock, Log } from '../../application/shared/log';
import { acceptedTimes } from '../../domain/events/time-window';
import type { ViolationTypes } from '../../domain/shared/event';
import { DiskJournalFiles } from '../journal/disk-journal-files';
import { PartReport } from './import-report';

export interface JournalImport {
  readonly intake: EventIntake;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionDays: number;
  /** None when the old violations themselves are taken over. */
  readonly violationTypes: ViolationTypes;
  /** Where this product's own journal is. */
  readonly journal: string;
}

/** Takes in an old journal, then puts a copy beside the new one, where the legacy path looks for it. */
export async function importJournal(path: string, to: JournalImport, dryRun: boolean): Promise<PartReport> {
  const report = new PartReport('events_record.jsonl');
  const files = new DiskJournalFiles(path);
  if ((await files.list()).length === 0) {
    report.leave('there is no such file, or it is empty', path);
    return report;
  }
  if (dryRun) return look(files, to, report);
  const rejectFile: RejectFile = {
    keep: async (_, rejects) => rejects.forEach(({ why, line }) => report.leave(why, line.slice(0, 60))),
  };
  const ingestor = new JournalIngestor(files, to.intake, rejectFile, to, to.clock, to.log);
  await ingestor.pass();
  const { stored, duplicates } = ingestor.state;
  report.taken = stored;
  report.known = duplicates;
  await copyAlongside(path, dirname(to.journal));
  return report;
}

/** A copy of an earlier import is replaced as a whole: it lacks the lines that came since. */
async function copyAlongside(path: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `importing-${process.pid}.tmp`);
  await copyFile(path, unfinished);
  await rename(unfinished, join(folder, 'events_record-imported.jsonl'));
}

/** Counts what would be taken; which of it is known already only the taking tells. */
async function look(files: DiskJournalFiles, { clock, retentionDays }: JournalImport, report: PartReport) {
  for (const file of await files.list())
    for (let position = 0; ; ) {
      const { lines, next } = await files.read(file, position);
      if (next === position) break;
      const reading = new JournalReading(acceptedTimes(clock(), retentionDays));
      reading.add(lines);
      report.taken += reading.result.events.length;
      for (const { why, line } of reading.result.rejects) report.leave(why, line.slice(0, 60));
      position = next;
    }
  return report;
}
