import { execFileSync, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessStatus } from '../src/application/camera-control/camera-control-port';
import { locateFfmpeg } from '../src/infrastructure/ffmpeg/ffmpeg-build';
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

const FILM =
  '-v error -f lavfi -i testsrc2=size=1920x1080:rate=25 -t 20 -c:v libx264 -preset veryfast -b:v 4M -g 50 -pix_fmt yuv420p -y';
/** Of a core, where decoding alone takes 0.123: so much more a worker may take than that. */
const LARGE_TARGET = 0.14 / 0.123;

export async function control(length: 'full' | 'short'): Promise<string> {
  return `${await manyCameras(length)}\n${await largeCamera(length)}`;
}

/** A camera of 1080p25 with its pictures, beside an ffmpeg that only decodes the same film at the same time. */
function largeCamera(length: 'full' | 'short'): Promise<string> {
  return Workplace.use(async (place) => {
    const { seconds } = EFFORT[length];
    const film = path.join(place.dir, 'film.mp4');
    const ffmpeg = locateFfmpeg(process.env);
    execFileSync(ffmpeg, [...FILM.split(' '), film]);
    const yaml = `cameras:\n  - {id: c0, name: n, source: ${film}, auto_start: true}\n`;
    const service = await serviceOf(place, 'large', yaml);
    const [worker = 0] = await running(place, service, 1);
    const bare = spawn(ffmpeg, `-v error -threads 1 -re -stream_loop -1 -i ${film} -an -f null -`.split(' '), {
      stdio: 'ignore',
    });
    place.onEnd(() => void bare.kill('SIGKILL'));
    await pause(2_000);
    const cost = () => [costOf([bare.pid ?? 0]).cpuSeconds, costOf(withChildren([worker])).cpuSeconds];
    const before = cost();
    await pause(seconds * 1_000);
    const [decoding = 0, whole = 0] = cost().map((now, i) => (now - (before[i] ?? 0)) / seconds);
    const ratio = whole / decoding;
    return `a camera of 1080p25, over ${seconds} s\n\n${table(
      ['', 'CPU s per s'],
      [
        ['ffmpeg that only decodes', decoding.toFixed(3)],
        ['the worker with its ffmpeg, and pictures', whole.toFixed(3)],
      ],
    )}\nratio ${ratio.toFixed(2)}, target ${LARGE_TARGET.toFixed(2)} ${ratio <= LARGE_TARGET ? 'met' : 'MISSED'}\n`;
  });
}

/** What the control of real RTSP cameras costs the service itself, beside the same service without any, and what their workers cost. */
function manyCameras(length: 'full' | 'short'): Promise<string> {
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
