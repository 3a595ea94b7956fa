import type { Client } from 'pg';
import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventLine, write } from '../tests/support/events';
import { eventually } from '../tests/support/eventually';
import { propagationTimes } from './alerts';
import { HttpClient } from './http-client';
import { median } from './interleaved';
import { costOf } from './process-cost';
import { StatementCounter } from './statement-counter';
import { table } from './table';
import { Workplace } from './workplace';

const STATEMENTS_TARGET = 3;
const CPU_TARGET_PERCENT = 0.5;
/** `settleMs`: after its start a service takes in, decides and compares; within some 80 s V8 gives back the memory of the start. */
const EFFORT = {
  full: { settleMs: 90_000, seconds: 60, samples: 20 },
  short: { settleMs: 12_000, seconds: 10, samples: 10 },
} as const;
const READY_MS = 12_000;
const LOOK_MS = 2;
const WITHIN_MS = 30_000;
/** Between two samples, so that they do not keep step with anything that is repeated. */
const PAUSES_MS = [130, 470, 790, 310, 640, 910, 260, 570];
const SHOWN = 6;
const SHOWN_LENGTH = 66;
const SHIPPED = path.resolve(__dirname, '../../config/cameras.yaml');
const DETECTOR = path.resolve(__dirname, '../tests/support/fake-detector.js');
const KNOWN = ['c0', 'c1', 'c2'];

/** What a service costs while nothing happens, and how soon it does what happens then. */
export async function idle(length: 'full' | 'short'): Promise<string> {
  const effort = EFFORT[length];
  const quiet = await Workplace.use((place) => restOf(place, effort));
  const latencies = await Workplace.use((place) => latenciesOf(place, effort.samples));
  return `${quiet}\n${latencies}`;
}

/** With the configuration that is shipped, its demo camera running, and with no camera at all. */
async function restOf(place: Workplace, { settleMs, seconds }: (typeof EFFORT)['full' | 'short']): Promise<string> {
  const shipped = path.join(place.dir, 'shipped.yaml');
  await copyFile(SHIPPED, shipped);
  const none = path.join(place.dir, 'none.yaml');
  await writeFile(none, 'cameras: []\n');
  const services = [await observed(place, 'shipped', shipped), await observed(place, 'none', none)];
  await pause(settleMs);
  const rests = await Promise.all(services.map((service) => rest(service, seconds)));
  const rows = rests.map(({ statements, cpuPercent }, i) => [
    ['the shipped configuration', 'no camera'][i] ?? '',
    statements.toFixed(2),
    verdict(statements, STATEMENTS_TARGET),
    cpuPercent.toFixed(2),
    verdict(cpuPercent, CPU_TARGET_PERCENT),
  ]);
  const most = [...(rests[0]?.texts ?? [])].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  return [
    `an idle service over ${seconds} s; every statement it sends on any connection, BEGIN and COMMIT included, as counted on the way\n\n`,
    table(['', 'statements a second', 'target', 'CPU % of a core', 'target'], rows),
    '\n',
    table(
      ['most of them, with the shipped configuration', 'a second'],
      most.map(([text, count]) => [shortened(text), (count / seconds).toFixed(2)]),
    ),
  ].join('');
}

const verdict = (value: number, target: number) => `${target} ${value <= target ? 'met' : 'MISSED'}`;

const shortened = (sql: string): string => sql.replaceAll(/\s+/g, ' ').slice(0, SHOWN_LENGTH);

async function observed(place: Workplace, name: string, camerasFile: string) {
  const counter = new StatementCounter((await place.database(name)).url);
  place.onEnd(() => counter.close());
  return { counter, service: await place.service(await counter.open(), camerasFile) };
}

async function rest({ counter, service: { pid } }: Awaited<ReturnType<typeof observed>>, seconds: number) {
  counter.reset();
  const before = costOf([pid]).cpuSeconds;
  await pause(seconds * 1_000);
  const cpuSeconds = costOf([pid]).cpuSeconds - before;
  return {
    statements: counter.total / seconds,
    cpuPercent: (cpuSeconds / seconds) * 100,
    texts: new Map(counter.texts),
  };
}

/** Two services of one site; the first controls the cameras and evaluates. */
async function latenciesOf(place: Workplace, samples: number): Promise<string> {
  const { url, client } = await place.database('latencies');
  const camerasFile = path.join(place.dir, 'cameras.yaml');
  const cameras = KNOWN.map((id) => `  - {id: ${id}, name: n, source: 'testsrc:rate=5'}\n`).join('');
  await writeFile(camerasFile, `cameras:\n${cameras}`);
  const settings = { DETECTOR_COMMAND: `${process.execPath} ${DETECTOR}`, LOG_DIR: path.join(place.dir, 'logs') };
  const [first, second] = [
    await place.service(url, camerasFile, settings),
    await place.service(url, camerasFile, settings),
  ];
  const http = new HttpClient();
  place.onEnd(() => http.close());
  const api = `${first.url}/api/v1`;
  await pause(READY_MS);
  const timings = [
    await timed(
      'a line of the journal, until its alert is in the history',
      samples,
      await alerting(place, client, api),
    ),
    await timed('a started camera, until its process runs, at the service that controls', samples, (i) =>
      starting(http, api, KNOWN[i % KNOWN.length] ?? ''),
    ),
    await timed('… at the other service', samples, (i) =>
      starting(http, `${second.url}/api/v1`, KNOWN[i % KNOWN.length] ?? ''),
    ),
    await timed('a new camera that starts by itself, until its process runs', samples, (i) =>
      adding(http, api, `n${i}`),
    ),
    { name: 'a changed rule, until it is in force on both of two services', times: await propagationTimes(samples) },
  ];
  const rows = timings.map(({ name, times }) => [name, median(times).toFixed(1), Math.max(...times).toFixed(1)]);
  return `how soon something happens, ${samples} times each, two services\n\n${table(['', 'median ms', 'slowest ms'], rows)}`;
}

async function timed(name: string, samples: number, once: (i: number) => Promise<number>) {
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    await pause(PAUSES_MS[i % PAUSES_MS.length]);
    times.push(await once(i));
  }
  return { name, times };
}

/** Each event is of a camera of its own, so that each is an alert. */
async function alerting(place: Workplace, client: Client, api: string): Promise<(i: number) => Promise<number>> {
  const http = new HttpClient();
  const conditions = { threshold: 1 };
  await http.call('POST', `${api}/alerts/rules`, { name: 'r', rule_type: 'violation', conditions });
  http.close();
  await pause(1_000);
  const journal = path.join(place.dir, 'logs', 'events_record.jsonl');
  return async (i) => {
    const camera_id = `event${i}`;
    const from = performance.now();
    write(journal, eventLine({ ts: Date.now() / 1_000, type: 'NO_HAIRNET_AT_SINK', camera_id, track_id: 1 }));
    await until(
      async () => (await client.query('SELECT FROM alert_history WHERE camera_id = $1', [camera_id])).rowCount,
    );
    return performance.now() - from;
  };
}

async function starting(http: HttpClient, api: string, id: string): Promise<number> {
  const from = performance.now();
  await http.call('POST', `${api}/cameras/${id}/start`);
  await until(() => runs(http, api, id));
  const took = performance.now() - from;
  await http.call('POST', `${api}/cameras/${id}/stop`);
  return took;
}

async function adding(http: HttpClient, api: string, id: string): Promise<number> {
  const from = performance.now();
  await http.call('POST', `${api}/cameras`, { id, name: 'n', source: 'testsrc:rate=5', auto_start: true });
  await until(() => runs(http, api, id));
  const took = performance.now() - from;
  await http.call('DELETE', `${api}/cameras/${id}`);
  return took;
}

async function runs(http: HttpClient, api: string, id: string): Promise<boolean> {
  const { pid } = JSON.parse((await http.call('GET', `${api}/cameras/${id}/status`)).toString()) as { pid: number };
  return pid > 0;
}

const until = (check: () => Promise<unknown>): Promise<unknown> =>
  eventually(async () => Boolean(await check()), { every: LOOK_MS, within: WITHIN_MS });
