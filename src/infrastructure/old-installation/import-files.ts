import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Configuration } from '../../application/shared/configuration';
import type { ConfigFile, ConfigFormat, ConfigKind, ConfigReading } from '../../application/shared/config-file';
import type { EntryEdits } from '../../application/shared/entry-set';
import type { ConfigHead } from '../../application/shared/configuration-publication';
import { hasErrors, quarantinedIn } from '../../application/shared/quarantine';
import type { EventIntake } from '../../application/events/event-intake';
import type { RejectFile } from '../../application/events/journal';
import { JournalIngestor, JournalReading } from '../../application/events/journal-ingestor';
import type { Clock, Log } from '../../application/shared/log';
import { acceptedTimes } from '../../domain/events/time-window';
import type { ConfigEntry } from '../../domain/shared/entry-changes';
import type { ViolationTypes } from '../../domain/shared/event';
import { sameJson } from '../../domain/shared/json';
import { DiskJournalFiles } from '../journal/disk-journal-files';
import { noneIfAbsent } from '../system/files';
import { PartReport } from './import-report';

/** Ids of the examples in the delivered `config/cameras.yaml`: unchanged ones may be replaced. */
export const EXAMPLES_SHA256 = 'c682aa3e5d84e5a3fa9919f0b3ebfcf320e56892ba3eb00c5dabb76c5784c8b1';

interface Own<E extends ConfigEntry<E>> {
  readonly kind: ConfigKind<E>;
  readonly edits: EntryEdits<E>;
  readonly configuration: Configuration<E>;
  readonly file: ConfigFile;
  readonly format: ConfigFormat;
  readonly now: Date;
}

/**
 * Where there is nothing here but the unchanged examples, the old file is taken as it stands, with its comments and its
 * faulty entries, which are quarantined. Else the missing entries are added, as one change.
 */
export async function importConfiguration<E extends ConfigEntry<E>>(
  path: string,
  own: Own<E>,
  dryRun: boolean,
): Promise<PartReport> {
  const report = new PartReport(basename(path));
  const text = await readFile(path, 'utf8').catch(noneIfAbsent);
  if (text === undefined) {
    report.leave('there is no such file', path);
    return report;
  }
  const old = own.format.read(text);
  if (!old.readable) {
    for (const { line, path: where, message, severity } of old.faults)
      if (severity === 'error') report.leave(message, `line ${line}, ${where}`);
    return report;
  }
  // A dry run makes no file.
  if (dryRun && !(await own.file.read())) {
    noteAsItStands(old, own, report);
    return report;
  }
  const { head, faults } = await own.configuration.reconcile();
  if (!head || hasErrors(faults)) {
    report.leave(`the ${own.kind.noun}s file here has faults: correct it first`, path);
    return report;
  }
  if (isUntouched(head, own.format)) {
    noteAsItStands(old, own, report);
    if (!dryRun) await own.configuration.adopt(text, head.revision);
    return report;
  }
  await addMissing(old, head, own, report, dryRun);
  return report;
}

function isUntouched<E extends ConfigEntry<E>>(head: ConfigHead<E>, format: ConfigFormat): boolean {
  const isEmpty = head.entries.length + quarantinedIn(head, format).length === 0;
  return isEmpty || head.revision.sha256 === EXAMPLES_SHA256;
}

function noteAsItStands<E extends ConfigEntry<E>>(
  { entries, faulty }: ConfigReading,
  { kind }: Own<E>,
  report: PartReport,
): void {
  report.taken = entries.length;
  report.notes.push(`there are no ${kind.noun}s of your own here yet: the file is taken as it stands`);
  const [first] = faulty;
  if (!first) return;
  const places = faulty.map(({ line, column }) => `line ${line}, column ${column}`).join('; ');
  report.notes.push(`${faulty.length} quarantined: they stay in the file and run once they are corrected (${places})`);
}

async function addMissing<E extends ConfigEntry<E>>(
  old: ConfigReading,
  head: ConfigHead<E>,
  { kind, edits, configuration, now }: Own<E>,
  report: PartReport,
  dryRun: boolean,
): Promise<void> {
  for (const { line, faults } of old.faulty) {
    const error = faults.find(({ severity }) => severity === 'error');
    report.leave(error?.message ?? 'it has faults', `line ${line}, ${error?.path ?? `${kind.noun}s`}`);
  }
  const present = new Map(head.entries.map((entry) => [entry.id, entry]));
  const fresh: E[] = [];
  for (const fields of old.entries) {
    const entry = kind.restore(fields, now, now);
    const there = present.get(entry.id);
    if (!there) fresh.push(entry);
    else if (sameJson(there.fields, fields)) report.known += 1;
    else report.leave(`there is another ${kind.noun} of this id`, entry.id);
  }
  if (!dryRun && fresh.length > 0)
    await configuration.change((all) => fresh.reduce((set, entry) => edits.add(set, entry), all));
  report.taken = fresh.length;
}

interface JournalImport {
  readonly intake: EventIntake;
  readonly clock: Clock;
  readonly log: Log;
  readonly retentionDays: number;
  /** No violations when the old violations themselves are imported. */
  readonly violationTypes: ViolationTypes;
  /** Path of this product's own journal. */
  readonly journal: string;
}

/** Ingests an old journal, then puts a copy next to the new one, where the legacy path reads it. */
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

/** The copy of an earlier import is replaced as a whole: it lacks the lines that came since. */
async function copyAlongside(path: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `importing-${process.pid}.tmp`);
  await copyFile(path, unfinished);
  await rename(unfinished, join(folder, 'events_record-imported.jsonl'));
}

/** Counts what would be imported; which of it is known already only the import itself shows. */
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
