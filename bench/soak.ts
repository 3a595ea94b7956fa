import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient } from './http-client';
import { journalLines } from './journal-lines';
import { residentMb } from './resident-mb';
import { keepResult } from './results';
import { table } from './table';
import { Workplace } from './workplace';

const MINUTES = 10;
const LANES = 4;
/** Between two requests of a lane: some eighty a second in all, as many dashboards make them. */
const BREATH_MS = 50;
const EVENTS = 50_000;
const HEAP_EVERY_MS = 1_000;
/** Memory at the end, of that after the first minute. */
const GROWTH = 1.1;
/** The slowest minute, of the median one: a machine that others use swings, a leak or a growing table climbs. */
const SWING = 2;
const CAMERAS = ['one', 'two', 'three'].map(
  (id) => `  - {id: ${id}, name: ${id}, source: 'testsrc:size=320x180,rate=5', auto_start: true}\n`,
);

const READS = [
  '/cameras',
  '/cameras/one/status',
  '/cameras/two/stats',
  '/events/recent',
  '/statistics/realtime',
  '/statistics/summary',
  '/statistics/daily',
  '/records/violations',
  '/records/statistics/summary',
  '/alerts/rules',
  '/alerts/history-db',
];

interface Minute {
  readonly times: number[];
  readonly failures: Map<string, number>;
  /** Megabytes of objects after a collection of garbage: what would grow if something leaked. */
  leastHeap: number;
}

/** Of one minute. */
interface Figures {
  readonly requests: number;
  readonly p99: number;
  readonly resident: number;
  readonly leastHeap: number;
  readonly failures: ReadonlyMap<string, number>;
}

/** Mixed load for minutes, with workers running: whether memory grows, anything fails, or answers become slower. */
function soak(minutes: number): Promise<string> {
  return Workplace.use(async (place) => {
    const camerasFile = path.join(place.dir, 'cameras.yaml');
    await writeFile(camerasFile, `cameras:\n${CAMERAS.join('')}`);
    const { url: databaseUrl } = await place.database('soak');
    const logs = { LOG_DIR: path.join(place.dir, 'logs'), DATA_DIR: path.join(place.dir, 'data') };
    await mkdir(logs.LOG_DIR);
    await writeFile(path.join(logs.LOG_DIR, 'events_record.jsonl'), pastEvents());
    const { url, pid } = await place.service(databaseUrl, camerasFile, logs);
    const seen: Figures[] = [];
    for (let minute = 1; minute <= minutes; minute++) {
      const { times, failures, leastHeap } = await oneMinute(url);
      times.sort((a, b) => a - b);
      const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
      const figures: Figures = { requests: times.length, p99, resident: residentMb(pid), leastHeap, failures };
      seen.push(figures);
      process.stderr.write(`${lineOf(figures, minute - 1).join('  ')}\n`);
    }
    return `${table(HEAD, seen.map(lineOf))}\n${table(['', 'figure', 'target'], [...verdicts(seen), await workers(url)])}`;
  });
}

/** A week of them, in the journal, where both paths find them. */
function pastEvents(): string {
  const now = Date.now() / 1000;
  const past = journalLines(EVENTS, now).map((line) => ({ ...line, ts: now - (now - line.ts) * 24 * 7 }));
  return past.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const NOTHING: Figures = {
  requests: 0,
  p99: Number.NaN,
  resident: Number.NaN,
  leastHeap: Number.NaN,
  failures: new Map(),
};
const HEAD = ['', 'requests', 'p99 ms', 'resident MB', 'least heap MB', 'failures'];

function lineOf({ requests, p99, resident, leastHeap, failures }: Figures, nth: number): string[] {
  const failed = [...failures].map(([what, count]) => `${count} × ${what}`).join('; ');
  return [
    `minute ${nth + 1}`,
    String(requests),
    p99.toFixed(1),
    resident.toFixed(0),
    leastHeap.toFixed(0),
    failed || '0',
  ];
}

function verdicts(seen: readonly Figures[]): string[][] {
  const [first = NOTHING, last = NOTHING] = [seen[0], seen.at(-1)];
  const failures = seen.reduce((sum, m) => sum + [...m.failures.values()].reduce((a, b) => a + b, 0), 0);
  const growth = last.resident / first.resident;
  const p99s = seen.map(({ p99 }) => p99).sort((a, b) => a - b);
  const swing = (p99s.at(-1) ?? Number.NaN) / (p99s[Math.floor((p99s.length - 1) / 2)] ?? Number.NaN);
  const memory = `${first.resident.toFixed(0)} → ${last.resident.toFixed(0)} MB, ${growth.toFixed(2)} x`;
  return [
    ['resident, after the first minute and at the end', memory, met(growth <= GROWTH, `${GROWTH} x`)],
    ['failed requests', String(failures), met(failures === 0, '0')],
    ['p99 of the slowest minute, of the median one', `${swing.toFixed(2)} x`, met(swing <= SWING, `${SWING} x`)],
  ];
}

const met = (is: boolean, target: string): string => `${target} ${is ? 'met' : 'MISSED'}`;

async function workers(url: string): Promise<string[]> {
  const http = new HttpClient();
  const statuses = JSON.parse(String(await http.call('POST', `${url}/api/v1/cameras/batch-status`))) as object;
  http.close();
  const running = Object.values(statuses).filter(({ state }: { state?: string }) => state === 'running').length;
  const all = CAMERAS.length;
  return ['workers that run at the end', String(running), met(running === all, String(all))];
}

async function oneMinute(url: string): Promise<Minute> {
  const minute: Minute = { times: [], failures: new Map(), leastHeap: Infinity };
  const until = performance.now() + 60_000;
  const lanes = Array.from({ length: LANES }, (_, lane) => run(url, lane, until, minute));
  await Promise.all([...lanes, watchHeap(url, until, minute)]);
  return minute;
}

async function watchHeap(url: string, until: number, minute: Minute): Promise<void> {
  const http = new HttpClient();
  while (performance.now() < until) {
    const page = String(await http.call('GET', `${url}/metrics`));
    const used = Number(/^nodejs_heap_size_used_bytes (\S+)$/m.exec(page)?.[1]) / 1e6;
    minute.leastHeap = Math.min(minute.leastHeap, used);
    await pause(HEAP_EVERY_MS);
  }
  http.close();
}

async function run(url: string, lane: number, until: number, { times, failures }: Minute): Promise<void> {
  const http = new HttpClient();
  for (let i = lane; performance.now() < until; i++) {
    const from = performance.now();
    await ask(http, `${url}/api/v1`, i).then(
      () => times.push(performance.now() - from),
      (error: unknown) => {
        const what = String(error).slice(0, 120);
        failures.set(what, (failures.get(what) ?? 0) + 1);
      },
    );
    await pause(BREATH_MS);
  }
  http.close();
}

/** Every tenth request posts events, every fiftieth changes a camera. */
function ask(http: HttpClient, api: string, i: number): Promise<unknown> {
  if (i % 50 === 49) return http.call('PUT', `${api}/cameras/three`, { location: `hall ${i % 7}` });
  if (i % 10 === 9) return http.call('POST', `${api}/events`, journalLines(5, Date.now() / 1000));
  return http.call('GET', `${api}${READS[i % READS.length]}`);
}

async function main([asked]: readonly string[]): Promise<void> {
  const minutes = asked === undefined ? MINUTES : Number(/^--minutes=(\d{1,3})$/.exec(asked)?.[1]);
  if (!(minutes > 0))
    throw new Error(`What is ${asked}?\nnpm run soak -- [--minutes=N]     ${MINUTES} of them unless said`);
  const at = new Date();
  const text = await soak(minutes);
  process.stdout.write(text);
  keepResult({ name: 'soak', command: `npm run soak -- --minutes=${minutes}`, text, at });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
