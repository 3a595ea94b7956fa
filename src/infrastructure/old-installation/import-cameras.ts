import { readFile } from 'node:fs/promises';
import type { CameraConfiguration } from '../../application/cameras/camera-configuration';
import type { CamerasFormat } from '../../application/cameras/cameras-format';
import { add } from '../../application/cameras/camera-set';
import { Camera } from '../../domain/cameras/camera';
import { sameJson } from '../../domain/shared/json';
import { noneIfAbsent } from '../system/open-if-there';
import { PartReport } from './import-report';

/** Adds the cameras of an old file that there are not yet, as one change; a file with a fault gives none. */
export async function importCameras(
  path: string,
  { configuration, format, now }: { configuration: CameraConfiguration; format: CamerasFormat; now: Date },
  dryRun: boolean,
): Promise<PartReport> {
  const report = new PartReport('cameras.yaml');
  const text = await readFile(path, 'utf8').catch(noneIfAbsent);
  if (text === undefined) {
    report.leave('there is no such file', path);
    return report;
  }
  const { cameras: old, faults } = format.read(text);
  const errors = faults.filter(({ severity }) => severity === 'error');
  for (const { line, path: where, message } of errors) report.leave(message, `line ${line}, ${where}`);
  const { head } = await configuration.settle();
  const present = new Map((head?.cameras ?? []).map((camera) => [camera.id, camera]));
  const fresh: Camera[] = [];
  for (const fields of errors.length > 0 ? [] : old) {
    const camera = Camera.restore(fields, now, now);
    const there = present.get(camera.id);
    if (!there) fresh.push(camera);
    else if (sameJson(there.fields, fields)) report.known += 1;
    else report.leave('there is another camera of this id', camera.id);
  }
  if (!dryRun && fresh.length > 0) await configuration.change((all) => fresh.reduce(add, all));
  report.taken = fresh.length;
  return report;
}
