import { readFile, writeFile } from 'node:fs/promises';
import type { CameraConfiguration } from '../../application/cameras/camera-configuration';
import { add } from '../../application/cameras/camera-set';
import type { CamerasFormat, CamerasReading } from '../../application/cameras/cameras-file';
import type { ConfigHead } from '../../application/cameras/configuration-publication';
import { hasErrors, quarantinedIn } from '../../application/cameras/quarantine';
import { Camera } from '../../domain/cameras/camera';
import { isJsonObject, parsedJson, sameJson } from '../../domain/shared/json';
import { noneIfAbsent } from '../system/files';
import { PartReport } from './import-report';

/** Of the examples in `config/cameras.yaml` as they are delivered: where nobody touched them, nobody misses them. */
export const EXAMPLES_SHA256 = 'c682aa3e5d84e5a3fa9919f0b3ebfcf320e56892ba3eb00c5dabb76c5784c8b1';

interface Own {
  readonly configuration: CameraConfiguration;
  readonly format: CamerasFormat;
  readonly now: Date;
}

/**
 * Where there are no cameras here but the untouched examples, the old file is taken as it stands, with its comments and
 * its faulty entries, which are quarantined. Else the cameras there are not yet are added, as one change.
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

function isUntouched(head: ConfigHead, format: CamerasFormat): boolean {
  const isEmpty = head.cameras.length + quarantinedIn(head, format).length === 0;
  return isEmpty || head.revision.sha256 === EXAMPLES_SHA256;
}

function noteAsItStands({ cameras, faulty }: CamerasReading, report: PartReport): void {
  report.taken = cameras.length;
  report.notes.push('there are no cameras of your own here yet: the file is taken as it stands');
  const [first] = faulty;
  if (!first) return;
  const places = faulty.map(({ line, column }) => `line ${line}, column ${column}`).join('; ');
  report.notes.push(`${faulty.length} quarantined: they stay in the file and run once they are corrected (${places})`);
}

async function addMissing(
  old: CamerasReading,
  head: ConfigHead,
  { configuration, now }: Own,
  report: PartReport,
  dryRun: boolean,
): Promise<void> {
  for (const { line, faults } of old.faulty) {
    const error = faults.find(({ severity }) => severity === 'error');
    report.leave(error?.message ?? 'it has faults', `line ${line}, ${error?.path ?? 'cameras'}`);
  }
  const present = new Map(head.cameras.map((camera) => [camera.id, camera]));
  const fresh: Camera[] = [];
  for (const fields of old.cameras) {
    const camera = Camera.restore(fields, now, now);
    const there = present.get(camera.id);
    if (!there) fresh.push(camera);
    else if (sameJson(there.fields, fields)) report.known += 1;
    else report.leave('there is another camera of this id', camera.id);
  }
  if (!dryRun && fresh.length > 0) await configuration.change((all) => fresh.reduce(add, all));
  report.taken = fresh.length;
}

/** Regions are read by detectors only: the file is put where cameras expect it, unless there is one. */
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
