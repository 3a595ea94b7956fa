#!/usr/bin/env node
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOOKS_PER_SECOND } from '../application/detection/scene-watch';
import { type FoundInFilm, dryRun } from '../application/detection/dry-run';
import { eventTypeOf, evidenceOf, notEvaluated, zonesInFile } from '../application/detection/findings';
import { readLookSize } from '../domain/detection/scene';
import type { Zones } from '../domain/detection/zone';
import { readSettings } from '../infrastructure/environment/settings';
import { evidenceJpeg } from '../infrastructure/ffmpeg/evidence-picture';
import { type FfmpegBuild, findFfmpeg } from '../infrastructure/ffmpeg/ffmpeg-build';
import { filmPictures } from '../infrastructure/ffmpeg/film';
import { modelsOf } from '../infrastructure/onnx/model-store';
import { OnnxPersonFinder } from '../infrastructure/onnx/onnx-person-finder';
import { errorText, noneIfAbsent } from '../infrastructure/system/files';
import { table } from './table';

const HELP = `What the rules of a camera's regions find in a recording, before they may alert.

Usage: npm run detect -- clip.mp4 --camera gate
       npm run detect -- clip.mp4 --camera gate --regions config/regions.json --out report

  --camera ID      whose regions hold
  --regions FILE   the regions [REGIONS_FILE]
  --out FOLDER     where report.json and a picture of each finding are written [none is]
  --size WxH       what the model for persons sees [320x192]: a person must be 28 pixels high in it
  --json           the report on standard output, for programs

It needs no running service, and stores nothing. The camera itself gives the same findings when it sees the same.`;

interface Reported {
  readonly second: number;
  readonly event: string | null;
  readonly rule: string;
  readonly outcome: string;
  readonly zone: string;
  readonly track: number;
  readonly evidence: ReturnType<typeof evidenceOf>;
  readonly picture: string | null;
}

interface Options {
  readonly out: string | undefined;
  readonly zones: Zones;
  readonly build: FfmpegBuild;
  readonly blurHeads: boolean;
}

/** One line of the report; its picture is written where pictures are wanted. */
async function reported({ finding, watched }: FoundInFilm, n: number, options: Options): Promise<Reported> {
  const { rule, outcome, zoneId, trackId, at } = finding;
  const event = eventTypeOf(finding) ?? null;
  const picture = event === null || options.out === undefined ? null : `${String(n).padStart(3, '0')}-${event}.jpg`;
  if (picture !== null && options.out !== undefined) {
    const outline = options.zones.zones.find(({ id }) => id === zoneId)?.outline ?? [];
    const others = watched.persons.filter(({ id }) => id !== trackId).map(({ box }) => box);
    const { blurHeads, build } = options;
    const main = finding.box ? { main: finding.box } : {};
    const jpeg = await evidenceJpeg(build, watched.picture, { ...main, others, outline, blurHeads });
    await writeFile(join(options.out, picture), jpeg);
  }
  const evidence = evidenceOf(finding, watched.look.model);
  return { second: Math.round(at * 100) / 100, event, rule, outcome, zone: zoneId, track: trackId, evidence, picture };
}

async function run(film: string, values: { camera: string; regions?: string; out?: string; size: string }) {
  const settings = readSettings(process.env);
  const { width, height } = readLookSize(values.size);
  const regions = await readFile(values.regions ?? settings.regionsFile, 'utf8').catch(noneIfAbsent);
  const zones = zonesInFile(regions ?? '{"regions": []}', values.camera);
  const build = await findFfmpeg(process.env);
  const looker = await OnnxPersonFinder.open(modelsOf(settings));
  if (values.out !== undefined) await mkdir(values.out, { recursive: true });
  const options = { out: values.out, zones, build, blurHeads: settings.detectorBlurHeads };
  const list: Reported[] = [];
  const pictures = filmPictures(build, film, { width, height, perSecond: LOOKS_PER_SECOND });
  const begun = performance.now();
  const result = await dryRun(looker, zones.zones, pictures, async (found) => {
    list.push(await reported(found, list.length + 1, options));
  });
  const notes = [...zones.warnings, ...notEvaluated(zones.zones, result.labels)];
  const report = { ...result, findings: list, notes, took_seconds: Math.round(performance.now() - begun) / 1_000 };
  if (values.out !== undefined) await writeFile(join(values.out, 'report.json'), JSON.stringify(report, null, 2));
  return report;
}

function shown({ findings, notes, ...result }: Awaited<ReturnType<typeof run>>): string {
  const rows = findings.map((each) => [
    each.second.toFixed(2),
    each.event ?? `${each.rule} ${each.outcome}`,
    each.zone,
    each.track === 0 ? '' : String(each.track),
    each.picture ?? '',
  ]);
  const unknown = findings.filter(({ outcome }) => outcome === 'unknown').length;
  const { persons, seconds, looks, took_seconds: took, model } = result;
  return [
    findings.length === 0
      ? 'Nothing was found.'
      : table([['second', 'finding', 'region', 'person', 'picture'], ...rows]),
    `${persons} persons in ${Math.round(seconds)} s, ${looks.served} looks in ${took} s by ${model || 'no model'}; ${unknown} findings are unknown.`,
    ...notes,
  ].join('\n');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      camera: { type: 'string' },
      regions: { type: 'string' },
      out: { type: 'string' },
      size: { type: 'string', default: '320x192' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [film] = positionals;
  const { camera, help, json, ...more } = values;
  if (help || film === undefined || camera === undefined) {
    process.stdout.write(`${HELP}\n`);
    process.exitCode = help ? 0 : 2;
    return;
  }
  const report = await run(film, { camera, ...more });
  process.stdout.write(`${json ? JSON.stringify(report) : shown(report)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
});
