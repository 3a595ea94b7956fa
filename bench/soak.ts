import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient } from './http-client';
import { journalLines } from './journal-lines';
import { residentMb } from './resident-mb';
import { seed } from './seeding';
import { table } from './table';
import { Workplace } from './workplace';

const MINUTES = 10;
const LANES = 4;
/** Between two requests of a lane: some eighty a second in all, as many dashboards make them. */
const BREATH_MS = 50;
const EVENTS = 50_000;
const GROWTH = 1.1;
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
}

/** Mixed load for minutes, with workers running: whether memory grows, anything fails, or answers become slower. */
export function soak(minutes: number): Promise<string> {
  return Workplace.use(async (place) => {
    const camerasFile = path.join(place.dir, 'cameras.yaml');
    await writeFile(camerasFile, `cameras:\n${CAMERAS.join('')}`);
    const { url: databaseUrl, client } = await place.database('soak');
    const logs = { LOG_DIR: path.join(place.dir, 'logs'), DATA_DIR: path.join(place.dir, 'data') };
    const { url, pid } = await place.service(databaseUrl, camerasFile, logs);
    await seed(client, { events: EVENTS, cameras: 3, days: 7 }, new Date());
    const lines: string[][] = [];
    const memory: number[] = [];
    for (let minute = 1; minute <= minutes; minute++) {
      const { times, failures } = await oneMinute(url);
      times.sort((a, b) => a - b);
      const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
      memory.push(residentMb(pid));
      const failed = [...failures].map(([what, count]) => `${count} × ${what}`).join('; ');
      lines.push([
        `minute ${minute}`,
        String(times.length),
        p99.toFixed(1),
        (memory.at(-1) ?? 0).toFixed(0),
        failed || '0',
      ]);
      process.stderr.write(`${lines.at(-1)?.join('  ')}\n`);
    }
    const growth = (memory.at(-1) ?? Number.NaN) / (memory[0] ?? Number.NaN);
    const verdict = growth <= GROWTH ? 'met' : 'MISSED';
    return `${table(['', 'requests', 'p99 ms', 'resident MB', 'failures'], lines)}\nresident at the end / after the first minute: ${growth.toFixed(2)} (${GROWTH} ${verdict})\n`;
  });
}

async function oneMinute(url: string): Promise<Minute> {
  const minute: Minute = { times: [], failures: new Map() };
  const until = performance.now() + 60_000;
  await Promise.all(Array.from({ length: LANES }, (_, lane) => run(url, lane, until, minute)));
  return minute;
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

if (require.main === module) {
  const [asked] = process.argv.slice(2);
  const minutes = asked === undefined ? MINUTES : Number(/^--minutes=(\d{1,3})$/.exec(asked)?.[1]);
  soak(minutes).then(
    (report) => process.stdout.write(report),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}
