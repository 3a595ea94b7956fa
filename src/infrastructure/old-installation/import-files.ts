import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Configuration } from '../../application/shared/configuration';
import { cameraSet } from '../../application/cameras/camera-kind';
import type { ConfigFormat, ConfigReading } from '../../application/shared/config-file';
import type { ConfigHead } from '../../application/shared/configuration-publication';
import { hasErrors, quarantinedIn } from '../../application/shared/quarantine';
import type { EventIntake } from '../../application/events/event-intake';
import type { RejectFile } from '../../application/events/journal';
import { JournalIngestor, JournalReading } from '../../application/events/journal-ingestor';
import type { Clock, Log } from '../../application/shared/log';
import { Camera } from '../../domain/cameras/camera';
import { acceptedTimes } from '../../domain/events/time-window';
import type { ViolationTypes } from '../../domain/shared/event';
import { isJsonObject, parsedJson, sameJson } from '../../domain/shared/json';
import { DiskJournalFiles } from '../journal/disk-journal-files';
import { noneIfAbsent } from '../system/files';
import { PartReport } from './import-report';

/** Ids of the examples in the delivered `config/cameras.yaml`: unchanged ones may be replaced. */
export const EXAMPLES_SHA256 = 'c682aa3e5d84e5a3fa9919f0b3ebfcf320e56892ba3eb00c5dabb76c5784c8b1';

interface Own {
  readonly configuration: Configuration<Camera>;
  readonly format: ConfigFormat;
  readonly now: Date;
}

/**
 * Where there are no cameras here but the unchanged examples, the old file is taken as it stands, with its comments and
 * its faulty entries, which are quarantined. Else the missing cameras are added, as one change.
 */
export async function importCameras(path: string, own: Own, dryRun: boolean): Promise<PartReport> {
  const report = new PartReport('cameras.yaml');
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
  const { head, faults } = await own.configuration.reconcile();
  if (!head || hasErrors(faults)) {
    report.leave('the cameras file here has faults: see GET /cameras/config, and correct it first', path);
    return report;
  }
  if (isUntouched(head, own.format)) {
    noteAsItStands(old, report);
    if (!dryRun) await own.configuration.adopt(text, head.revision);
    return report;
  }
  await addMissing(old, head, own, report, dryRun);
  return report;
}

function isUntouched(head: ConfigHead<Camera>, format: ConfigFormat): boolean {
  const isEmpty = head.entries.length + quarantinedIn(head, format).length === 0;
  return isEmpty || head.revision.sha256 === EXAMPLES_SHA256;
}

function noteAsItStands({ entries, faulty }: ConfigReading, report: PartReport): void {
  report.taken = entries.length;
  report.notes.push('there are no cameras of your own here yet: the file is taken as it stands');
  const [first] = faulty;
  if (!first) return;
  const places = faulty.map(({ line, column }) => `line ${line}, column ${column}`).join('; ');
  report.notes.push(`${faulty.length} quarantined: they stay in the file and run once they are corrected (${places})`);
}

async function addMissing(
  old: ConfigReading,
  head: ConfigHead<Camera>,
  { configuration, now }: Own,
  report: PartReport,
  dryRun: boolean,
): Promise<void> {
  for (const { line, faults } of old.faulty) {
    const error = faults.find(({ severity }) => severity === 'error');
    report.leave(error?.message ?? 'it has faults', `line ${line}, ${error?.path ?? 'cameras'}`);
  }
  const present = new Map(head.entries.map((camera) => [camera.id, camera]));
  const fresh: Camera[] = [];
  for (const fields of old.entries) {
    const camera = Camera.restore(fields, now, now);
    const there = present.get(camera.id);
    if (!there) fresh.push(camera);
    else if (sameJson(there.fields, fields)) report.known += 1;
    else report.leave('there is another camera of this id', camera.id);
  }
  if (!dryRun && fresh.length > 0)
    await configuration.change((all) => fresh.reduce((set, camera) => cameraSet.add(set, camera), all));
  report.taken = fresh.length;
}

/** Only detectors read regions: the file is copied to where cameras expect it, unless there is one. */
export async function importRegions(from: string, to: string, dryRun: boolean): Promise<PartReport> {
  const report = new PartReport('regions.json');
  const [old, present] = await Promise.all([from, to].map((path) => readFile(path, 'utf8').catch(noneIfAbsent)));
  if (old === undefined) {
    report.leave('there is no such file', from);
    return report;
  }
  const regions = regionsIn(old);
  if (regions === undefined) report.leave('it is no JSON object with a list of regions', from);
  else if (present === old) report.known = regions;
  else if (present !== undefined) report.leave('there is another file of this name already', to);
  else {
    if (!dryRun) await writeFile(to, old, { flag: 'wx' });
    report.taken = regions;
  }
  return report;
}

function regionsIn(text: string): number | undefined {
  const value = parsedJson(text);
  return isJsonObject(value) && Array.isArray(value.regions) ? value.regions.length : undefined;
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
