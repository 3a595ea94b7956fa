import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessStatus } from '../src/application/camera-control/camera-control-port';
import { eventually } from '../tests/support/eventually';
import { RtspPublisher } from '../tests/support/rtsp-publisher';
import { RtspServer } from '../tests/support/rtsp-server';
import { HttpClient } from './http-client';
import { type Cost, costOf, withChildren } from './process-cost';
import type { ServiceProcess } from './service-process';
import { table } from './table';
import { Workplace } from './workplace';

const PATH = '/live/1';
const EFFORT = { full: { cameras: 60, seconds: 30 }, short: { cameras: 6, seconds: 8 } } as const;
const STARTED_WITHIN_MS = 240_000;

/** What the control of real RTSP cameras costs the service itself, beside the same service without any, and what their workers cost. */
export function control(length: 'full' | 'short'): Promise<string> {
  return Workplace.use(async (place) => {
    const { cameras, seconds } = EFFORT[length];
    const address = await streaming(place);
    const idle = await measured(await serviceOf(place, 'idle', 'cameras: []\n'), [], seconds);
    const from = performance.now();
    const service = await serviceOf(place, 'busy', manyStreams(cameras, address));
    const workers = await running(place, service, cameras);
    const startedIn = (performance.now() - from) / 1_000;
    const busy = await measured(service, withChildren(workers), seconds);
    const line = (what: string, { cpuSeconds, residentMb }: Cost, of = 1) => [
      what,
      (cpuSeconds / seconds / of).toFixed(4),
      (residentMb / of).toFixed(1),
    ];
    const added = {
      cpuSeconds: busy.service.cpuSeconds - idle.service.cpuSeconds,
      residentMb: busy.service.residentMb - idle.service.residentMb,
    };
    const rows = [
      line('the service, no cameras', idle.service),
      line(`the service, ${cameras} cameras`, busy.service),
      line('… its own cost per camera', added, cameras),
      line(`${cameras} workers with their ffmpeg`, busy.workers),
      line('… per camera', busy.workers, cameras),
    ];
    return [
      `${cameras} RTSP cameras of 320x180 at 10 frames per second, all running after ${startedIn.toFixed(1)} s, over ${seconds} s\n\n`,
      table(['', 'CPU s per s', 'resident MB'], rows),
    ].join('');
  });
}

async function streaming(place: Workplace): Promise<string> {
  const server = await RtspServer.start();
  place.onEnd(() => server.stop());
  const publisher = await RtspPublisher.start(server, PATH);
  place.onEnd(() => publisher.stop());
  return server.url(PATH);
}

const manyStreams = (count: number, address: string): string =>
  `cameras:\n${Array.from({ length: count }, (_, i) => `  - {id: c${i}, name: n, source: '${address}', auto_start: true}\n`).join('')}`;

async function serviceOf(place: Workplace, name: string, cameras: string): Promise<ServiceProcess> {
  const file = path.join(place.dir, `${name}.yaml`);
  await writeFile(file, cameras);
  return place.service((await place.database(name)).url, file);
}

/** Once all see frames; answers their pids. */
function running(place: Workplace, { url }: ServiceProcess, count: number): Promise<number[]> {
  const client = new HttpClient();
  place.onEnd(() => client.close());
  const look = async () => {
    const answer = await client.call('POST', `${url}/api/v1/cameras/batch-status`, {});
    const all = Object.values(JSON.parse(answer.toString()) as Record<string, ProcessStatus>);
    return all.length === count && all.every(({ state }) => state === 'running') && all.map(({ pid }) => pid);
  };
  return eventually(look, { within: STARTED_WITHIN_MS, every: 200, what: `${count} running cameras` }) as Promise<
    number[]
  >;
}

/** What happens in these seconds, and the memory after them. */
async function measured({ pid }: ServiceProcess, workers: readonly number[], seconds: number) {
  const before = [costOf([pid]), costOf(workers)] as const;
  await pause(seconds * 1_000);
  const after = [costOf([pid]), costOf(workers)] as const;
  const between = (i: 0 | 1): Cost => ({
    cpuSeconds: after[i].cpuSeconds - before[i].cpuSeconds,
    residentMb: after[i].residentMb,
  });
  return { service: between(0), workers: between(1) };
}
