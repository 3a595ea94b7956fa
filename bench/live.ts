import { WebSocket } from 'ws';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../tests/support/eventually';
import { HttpClient } from './http-client';
import { median } from './interleaved';
import { costOf } from './process-cost';
import type { ServiceProcess } from './service-process';
import { table } from './table';
import { Workplace } from './workplace';

const EFFORT = {
  full: { samples: 100, seconds: 20, sockets: 2_000, silent: 100 },
  short: { samples: 15, seconds: 5, sockets: 200, silent: 10 },
} as const;
const TILES = 16;
const TILE_FPS = 5;
const TARGETS = { eventMs: 150, stateMs: 300, frameAgeMs: 300, tilesCore: 0.05 } as const;
const FAST = 5;
/** 200 sockets of one address are allowed. */
const OF_ONE_ADDRESS = 190;
const OPENED_AT_ONCE = 50;
const WITHIN_MS = 30_000;
const SETTLE_MS = 10_000;

type Effort = (typeof EFFORT)['full' | 'short'];

/** How soon dashboards see what happens, and what that costs. */
export async function live(length: 'full' | 'short'): Promise<string> {
  const effort = EFFORT[length];
  return Workplace.use(async (place) => {
    const { url } = await place.database('live');
    const camerasFile = path.join(place.dir, 'cameras.yaml');
    const cameras = Array.from(
      { length: TILES },
      (_, i) => `  - {id: c${i}, name: n, source: 'testsrc:size=320x180,rate=5'}\n`,
    );
    await writeFile(camerasFile, `cameras:\n${cameras.join('')}`);
    const service = await place.service(url, camerasFile);
    const http = new HttpClient();
    place.onEnd(() => http.close());
    const latencies = await latenciesOf(service, http, effort);
    const tiles = await tilesOf(service, http, effort);
    const crowd = await crowdOf(service, http, effort);
    return `${latencies}\n${tiles}\n${crowd}`;
  });
}

const socketUrl = ({ url }: ServiceProcess, where: string): string => `${url.replace('http', 'ws')}${where}`;

async function opened(service: ServiceProcess, where: string, localAddress = '127.0.0.1'): Promise<WebSocket> {
  const socket = new WebSocket(socketUrl(service, where), { localAddress });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

const follow = (socket: WebSocket, ...topics: string[]): void =>
  socket.send(JSON.stringify({ type: 'subscribe', topics }));

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

const verdict = (value: number, target: number): string => `${target} ${value <= target ? 'met' : 'MISSED'}`;

async function post(http: HttpClient, { url }: ServiceProcess, mark: string): Promise<void> {
  const event = { ts: Date.now() / 1_000, type: mark, camera_id: 'c0' };
  await http.call('POST', `${url}/api/v1/events`, { events: [event] });
}

/** Milliseconds from a moment until a message with this text comes. */
function heard(socket: WebSocket, text: string): Promise<number> {
  const from = performance.now();
  return new Promise((resolve) => {
    const listen = (data: Buffer, binary: boolean) => {
      if (binary || !String(data).includes(text)) return;
      socket.off('message', listen);
      resolve(performance.now() - from);
    };
    socket.on('message', listen);
  });
}

async function latenciesOf(service: ServiceProcess, http: HttpClient, { samples }: Effort): Promise<string> {
  const [feed, old] = [await opened(service, '/ws/live'), await opened(service, '/ws/events')];
  follow(feed, 'events', 'cameras');
  await pause(1_000);
  const [inFeed, inOld, states]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < samples; i++) {
    const mark = `BENCH_${i}_`;
    const both = [heard(feed, mark), heard(old, mark)] as const;
    await post(http, service, mark);
    inFeed.push(await both[0]);
    inOld.push(await both[1]);
    const id = `c${i % TILES}`;
    const told = heard(feed, `"id":"${id}"`);
    await http.call('POST', `${service.url}/api/v1/cameras/${id}/${i % (2 * TILES) < TILES ? 'start' : 'stop'}`);
    states.push(await told);
    await pause(37 + (i % 7) * 53);
  }
  for (const socket of [feed, old]) socket.terminate();
  const row = (name: string, times: readonly number[], target: number) => [
    name,
    median(times).toFixed(0),
    percentile(times, 0.95).toFixed(0),
    verdict(percentile(times, 0.95), target),
  ];
  return `how soon, ${samples} times each\n\n${table(
    ['', 'p50 ms', 'p95 ms', 'target p95'],
    [
      row('a posted event, at /ws/live', inFeed, TARGETS.eventMs),
      row('… at /ws/events', inOld, TARGETS.eventMs),
      row('a started or stopped camera, at /ws/live, from the request on', states, TARGETS.stateMs),
    ],
  )}`;
}

interface Wall {
  readonly ages: number[];
  readonly frames: number;
  readonly disorder: number;
}

/** Watches all tiles; a slow viewer draws each picture for a while before it asks for the next one. */
async function watching(service: ServiceProcess, seconds: number, drawMs: number): Promise<Wall> {
  const socket = await opened(service, '/ws/live');
  const ages: number[] = [];
  const last = new Map<number, number>();
  let [frames, disorder] = [0, 0];
  socket.on('message', (data: Buffer, binary) => {
    if (!binary) return;
    const [tile, takenAt, seq] = [data.readUInt16BE(0), data.readDoubleBE(2), data.readUInt32BE(10)];
    ages.push(Date.now() - takenAt);
    frames += 1;
    if (takenAt <= (last.get(tile) ?? 0)) disorder += 1;
    last.set(tile, takenAt);
    setTimeout(() => socket.send(JSON.stringify({ type: 'ack', tile, seq })), drawMs);
  });
  const tiles = Array.from({ length: TILES }, (_, i) => ({ id: `c${i}`, w: 320, fps: TILE_FPS }));
  socket.send(JSON.stringify({ type: 'watch', tiles }));
  await pause(seconds * 1_000);
  socket.terminate();
  return { ages, frames, disorder };
}

async function tilesOf(service: ServiceProcess, http: HttpClient, { seconds }: Effort): Promise<string> {
  for (let i = 0; i < TILES; i++) await http.call('POST', `${service.url}/api/v1/cameras/c${i}/start`);
  await pause(SETTLE_MS);
  const cpu = () => costOf([service.pid]).cpuSeconds;
  const [before, from] = [cpu(), performance.now()];
  await pause(seconds * 1_000);
  const [rest, watched] = [(cpu() - before) / ((performance.now() - from) / 1_000), cpu()];
  const started = performance.now();
  const wall = await watching(service, seconds, FAST);
  const busy = (cpu() - watched) / ((performance.now() - started) / 1_000);
  const slow = await watching(service, seconds, 1_000);
  const row = (name: string, { frames, ages, disorder }: Wall) => [
    name,
    (frames / seconds / TILES).toFixed(2),
    median(ages).toFixed(0),
    percentile(ages, 0.95).toFixed(0),
    String(disorder),
  ];
  return `${TILES} tiles of running cameras at ${TILE_FPS} a second, over ${seconds} s\n\n${table(
    ['viewer', 'pictures a second and tile', 'age p50 ms', 'age p95 ms', 'older ones after newer'],
    [row('draws at once', wall), row('draws for a second', slow)],
  )}\nage p95 ${verdict(percentile(wall.ages, 0.95), TARGETS.frameAgeMs)}; the service took ${(busy - rest).toFixed(3)} of a core for it (${verdict(busy - rest, TARGETS.tilesCore)}), beside ${rest.toFixed(3)} for its cameras\n`;
}

async function crowdOf(
  service: ServiceProcess,
  http: HttpClient,
  { samples, sockets, silent }: Effort,
): Promise<string> {
  const alone = await eventTimes(service, http, samples);
  const before = costOf([service.pid]).residentMb;
  const crowd: WebSocket[] = [];
  while (crowd.length < sockets) {
    const address = `127.0.0.${2 + Math.floor(crowd.length / OF_ONE_ADDRESS)}`;
    const some = Math.min(OPENED_AT_ONCE, sockets - crowd.length, OF_ONE_ADDRESS - (crowd.length % OF_ONE_ADDRESS));
    crowd.push(...(await Promise.all(Array.from({ length: some }, () => opened(service, '/ws/live', address)))));
  }
  let received = 0;
  crowd.forEach((socket, i) => {
    follow(socket, 'events', 'cameras', 'violations', 'health');
    if (i < silent) socket.pause();
    else socket.on('message', () => (received += 1));
  });
  await pause(SETTLE_MS);
  const among = await eventTimes(service, http, samples);
  const after = costOf([service.pid]).residentMb;
  await eventually(() => received > 0, { within: WITHIN_MS });
  for (const socket of crowd) socket.terminate();
  return `${sockets} sockets that follow four topics, ${silent} of them never reading\n\n${table(
    ['', 'alone', 'among them'],
    [
      [
        'a posted event, at a further socket, p95 ms',
        percentile(alone, 0.95).toFixed(0),
        percentile(among, 0.95).toFixed(0),
      ],
      ['resident MB of the service', before.toFixed(0), after.toFixed(0)],
      ['KB a socket', '', (((after - before) * 1_024) / sockets).toFixed(1)],
    ],
  )}`;
}

async function eventTimes(service: ServiceProcess, http: HttpClient, samples: number): Promise<number[]> {
  const socket = await opened(service, '/ws/live');
  follow(socket, 'events');
  await pause(500);
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    const mark = `CROWD_${i}_${Math.random()}`;
    const told = heard(socket, mark);
    await post(http, service, mark);
    times.push(await told);
    await pause(60);
  }
  socket.terminate();
  return times;
}
