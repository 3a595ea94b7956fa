import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LookRequest } from '../src/application/detection/person-finder';
import { LookClient } from '../src/infrastructure/looks/look-client';
import { modelsOf } from '../src/infrastructure/onnx/model-store';
import { OnnxPersonFinder } from '../src/infrastructure/onnx/onnx-person-finder';
import { blobModel, drawn } from '../tests/support/blob-model';
import { DetectorRun } from '../tests/support/detector-run';
import { FILMS, drawFilm } from '../tests/support/drawn-films';
import { eventually } from '../tests/support/eventually';
import { median } from './interleaved';
import { table } from './table';

const EFFORT = { full: { looks: 40, seconds: 20 }, short: { looks: 8, seconds: 4 } } as const;
const CLI = path.resolve(__dirname, '../src/cli/detect.js');
/** Bars that need footage or machines that are not here; what is not measured is said. */
const NOT_HERE =
  'not measured here: recall and precision on real pictures, tracks on a street, an empty night, a CPU with AVX2 alone (no footage and no such machine)\n';

type Row = readonly [bar: string, goal: string, measured: string, verdict: string];

/** The bars of the detector: its cost, films whose truth is exact, fair turns, and how soon its death is noticed. */
export async function detector(length: 'full' | 'short'): Promise<string> {
  const effort = EFFORT[length];
  const dir = await mkdtemp(path.join(tmpdir(), 'bench-detector-'));
  try {
    await writeFile(path.join(dir, 'blob.onnx'), blobModel());
    const rows = [
      ...(await costs(dir, effort.looks)),
      await films(dir),
      ...(await turns(dir, effort.seconds)),
      ...(await deaths(dir)),
    ];
    return `persons looked for by one process on one thread\n\n${table(['', 'goal', 'measured', ''], rows)}\n${NOT_HERE}`;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const met = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');
/** Somebody who is followed already: a new person costs a second look, by the model of poses. */
const KNOWN = { x1: 100 / 640, y1: 120 / 384, x2: 148 / 640, y2: 216 / 384 };
const choice = (dataDir: string, detectorPersons: string) => ({
  dataDir,
  detectorPersons,
  detectorModel: '',
  detectorModelLabels: [],
  detectorModelLayout: 'rows' as const,
  detectorModelOn: 'person' as const,
  detectorModelSize: 64,
});

const request = (more: Partial<LookRequest> = {}): LookRequest => ({
  picture: drawn([[100, 120]]),
  known: [KNOWN],
  hands: [],
  labels: [],
  weight: 1,
  ...more,
});

async function costs(dir: string, looks: number): Promise<Row[]> {
  const finder = await OnnxPersonFinder.open(modelsOf(choice(dir, 'centernet')));
  const plain = request();
  await finder.look(() => plain);
  const cpu: number[] = [];
  for (let i = 0; i < looks; i += 1) {
    const before = process.cpuUsage();
    await finder.look(() => plain);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1_000);
  }
  const [middle, least] = [median(cpu), Math.min(...cpu)];
  const measured = `${middle.toFixed(1)} ms, at least ${least.toFixed(1)}`;
  return [
    ['a look at 320x192, CPU, with halving the picture', '<= 12 ms (25 without AVX-512)', measured, met(middle <= 25)],
  ];
}

async function films(dir: string): Promise<Row> {
  let [expected, exact] = [0, 0];
  for (const { seconds, people, posts, regions, found } of FILMS) {
    const [film, file] = [path.join(dir, 'film.avi'), path.join(dir, 'regions.json')];
    drawFilm(film, seconds, people, posts);
    await writeFile(file, JSON.stringify(regions));
    const env = { ...process.env, DETECTOR_PERSONS: path.join(dir, 'blob.onnx'), DATA_DIR: dir };
    const args = [CLI, film, '--camera', 'gate', '--regions', file, '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const { findings } = JSON.parse(stdout) as {
      findings: { rule: string; outcome: string; zone: string; second: number }[];
    };
    expected += Math.max(found.length, findings.length);
    exact += findings.filter((each, i) => {
      const [what, second] = found[i] ?? ['', 0];
      return `${each.rule} ${each.outcome} ${each.zone}` === what && Math.abs(each.second - second) <= 0.4;
    }).length;
  }
  return [
    'films that are drawn: findings right, to one look',
    'all, none false',
    `${exact} of ${expected}`,
    met(exact === expected),
  ];
}

interface Served {
  readonly ages: number[];
  readonly perCamera: number[];
}

/** Cameras that want so many looks a second, each always with a newest picture. */
async function load(socket: string, cameras: number, perSecond: number, moving: number, seconds: number) {
  const served: Served = { ages: [], perCamera: Array.from({ length: cameras }, () => 0) };
  const picture = drawn([[100, 120]]);
  const end = performance.now() + seconds * 1_000;
  const camera = async (i: number) => {
    const client = new LookClient(socket);
    await eventually(() => client.isAlive, { what: 'a detector' });
    const begun = performance.now() + (i / cameras) * (1_000 / perSecond);
    let taken = 0;
    while (performance.now() < end) {
      // The newest picture is the one of the last moment at which the camera gave one.
      const age = () => (performance.now() - begun) % (1_000 / perSecond);
      await client.look(() => {
        taken = performance.now() - Math.max(0, age());
        return request({ picture, weight: i < moving ? 4 : 1 });
      });
      served.ages.push(performance.now() - taken);
      served.perCamera[i] = (served.perCamera[i] ?? 0) + 1;
      await pause(Math.max(0, 1_000 / perSecond - Math.max(0, age())));
    }
    client.close();
  };
  await Promise.all(served.perCamera.map((_, i) => camera(i)));
  return served;
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

async function turns(dir: string, seconds: number): Promise<Row[]> {
  const run = new DetectorRun(dir, { detectorPersons: 'centernet' });
  await run.start();
  try {
    const rows: Row[] = [];
    for (const [cameras, perSecond, moving, limit] of [
      [40, 2, 8, 500],
      [60, 5, 10, 500],
    ] as const) {
      const { ages, perCamera } = await load(run.socket, cameras, perSecond, moving, seconds);
      const least = Math.min(...perCamera) / seconds;
      const p95 = at(ages, 0.95);
      const measured = `${at(ages, 0.5).toFixed(0)} / ${p95.toFixed(0)} ms, least ${least.toFixed(2)}/s`;
      rows.push([
        `${cameras} cameras x ${perSecond}/s, ${moving} of weight 4: age p50 / p95 when answered`,
        `p95 <= ${limit} ms, none starved`,
        `${measured}, ${(ages.length / seconds).toFixed(0)}/s in all`,
        met(p95 <= limit && least > 0),
      ]);
    }
    const { rss_mb: rss } = run.status();
    return [...rows, ['memory of the process', '<= 180 MB', `${rss} MB`, met(rss <= 180)]];
  } finally {
    await run.end();
  }
}

async function deaths(dir: string): Promise<Row[]> {
  const run = new DetectorRun(dir);
  await run.start();
  const client = new LookClient(run.socket);
  const noticed = async (signal: 'SIGKILL' | 'SIGSTOP'): Promise<number> => {
    await eventually(() => client.isAlive, { what: 'a detector' });
    const from = performance.now();
    run.signal(signal);
    await eventually(() => !client.isAlive, { every: 5 });
    return performance.now() - from;
  };
  try {
    const stopped = await noticed('SIGSTOP');
    run.signal('SIGCONT');
    const killed = await noticed('SIGKILL');
    await run.end();
    const from = performance.now();
    await run.start();
    await eventually(() => client.isAlive, { every: 5 });
    const back = performance.now() - from;
    const shown = (ms: number) => `${ms.toFixed(0)} ms`;
    return [
      ['killed: a camera goes on with motion alone after', '<= 1,000 ms', shown(killed), met(killed <= 1_000)],
      ['stands still: the same', '<= 1,000 ms', shown(stopped), met(stopped <= 1_000)],
      ['used again after it is started', '<= 5,000 ms', shown(back), met(back <= 5_000)],
    ];
  } finally {
    client.close();
    await run.end();
  }
}
