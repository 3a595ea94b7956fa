import { readFile, writeFile } from 'node:fs/promises';
import { isJsonObject, parsedJson } from '../../domain/shared/json';
import { noneIfAbsent } from '../system/open-if-there';
import { PartReport } from './import-report';

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
