import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { eventually } from '../tests/support/eventually';
import { BenchBrowser, heapMb } from './chromium';
import { HttpClient } from './http-client';
import { median } from './interleaved';
import { costOf } from './process-cost';
import type { ServiceProcess } from './service-process';
import { table } from './table';
import { pages } from './web-pages';
import { Workplace } from './workplace';

const EFFORT = {
  full: { seconds: 60, heapMinutes: 60, looks: 30, violations: 1_000_000 },
  short: { seconds: 15, heapMinutes: 2, looks: 15, violations: 100_000 },
} as const;
const TARGETS = {
  fps: 4.8,
  browserCore: 0.6,
  serviceCore: 0.05,
  ageMs: 300,
  manyFps: 0.9,
  frozenMs: 3_000,
  nextMs: 50,
  heapGrowthMb: 10,
} as const;
const FEW = 16;
const MANY = 64;
const START_WITHIN_MS = 240_000;

type Length = 'full' | 'short';

/** The dashboard in a browser: the wall, the review queue, long lists, the first paint. */
export async function web(length: Length, violations: number = EFFORT[length].violations): Promise<string> {
  const walls = [await wallOf(FEW, length), await wallOf(MANY, length)];
  return `${walls.join('\n')}\n${await pages(length, violations)}`;
}

/** Counts what is drawn: the page acknowledges each picture after it has drawn it. */
const COUNTING = `{
  const seen = globalThis.drawn = { tiles: {}, ages: [] };
  const taken = new Map();
  globalThis.WebSocket = class extends WebSocket {
    constructor(...of) {
      super(...of);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') return;
        const head = new DataView(data);
        taken.set(head.getUint16(0) + ' ' + head.getUint32(10), head.getFloat64(2));
      });
    }
    send(text) {
      const { type, tile, seq } = JSON.parse(text);
      super.send(text);
      if (type !== 'ack') return;
      seen.tiles[tile] = (seen.tiles[tile] ?? 0) + 1;
      seen.ages.push(Date.now() - taken.get(tile + ' ' + seq));
      taken.delete(tile + ' ' + seq);
    }
  };
}`;

interface Drawn {
  readonly tiles: Readonly<Record<string, number>>;
  readonly ages: readonly number[];
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

const atMost = (value: number, target: number): string => `${target} ${value <= target ? 'met' : 'MISSED'}`;
const atLeast = (value: number, target: number): string => `${target} ${value >= target ? 'met' : 'MISSED'}`;

function wallOf(tiles: number, length: Length): Promise<string> {
  return Workplace.use(async (place) => {
    const { url } = await place.database('wall');
    const camerasFile = path.join(place.dir, 'cameras.yaml');
    // More than is shown, as cameras give: of one a second each that is a little early would be left out.
    const rate = tiles === FEW ? 5 : 2;
    const cameras = Array.from(
      { length: tiles },
      (_, i) =>
        `  - {id: c${i}, name: n, source: 'testsrc:size=640x360,rate=${rate}', fps: ${rate}, resolution: 640x360, auto_start: true}\n`,
    );
    await writeFile(camerasFile, `cameras:\n${cameras.join('')}`);
    const service = await place.service(url, camerasFile);
    const browser = await BenchBrowser.launch(place);
    const figures = await wallFigures(service, browser, tiles, length);
    if (tiles !== FEW) return figures;
    return `${figures}\n${await reviewOf(service, browser, length)}`;
  });
}

async function wallFigures(
  service: ServiceProcess,
  browser: BenchBrowser,
  tiles: number,
  length: Length,
): Promise<string> {
  const { seconds } = EFFORT[length];
  const atRest = async () => {
    const [before, from] = [costOf([service.pid]).cpuSeconds, performance.now()];
    await pause(5_000);
    return (costOf([service.pid]).cpuSeconds - before) / ((performance.now() - from) / 1_000);
  };
  const page = await browser.open(`${service.url}/wall?kiosk=1`, COUNTING);
  await eventually(async () => (await page.locator('main canvas:not([hidden])').count()) === tiles, {
    within: START_WITHIN_MS,
    every: 500,
    what: `${tiles} tiles with a picture`,
  });
  await pause(5_000);
  await page.evaluate('drawn.tiles = {}; drawn.ages = [];');
  const [browserBefore, serviceBefore, from] = [
    browser.cpuSeconds(),
    costOf([service.pid]).cpuSeconds,
    performance.now(),
  ];
  await pause(seconds * 1_000);
  const took = (performance.now() - from) / 1_000;
  const [browserCore, serviceCore] = [
    (browser.cpuSeconds() - browserBefore) / took,
    (costOf([service.pid]).cpuSeconds - serviceBefore) / took,
  ];
  const drawn = await page.evaluate<Drawn>('drawn');
  const rates = Array.from({ length: tiles }, (_, i) => (drawn.tiles[i] ?? 0) / took);
  const further = tiles === FEW ? await furtherOf(service, page, length) : [];
  await page.context().close();
  const own = Math.max(0, serviceCore - (await atRest()));
  const [slowest, age] = [Math.min(...rates), percentile(drawn.ages, 0.95)];
  const isFew = tiles === FEW;
  return `a wall of ${tiles} tiles at ${isFew ? 5 : 1} a second, over ${took.toFixed(0)} s, all detection processes on the same machine\n\n${table(
    ['', 'value', 'target'],
    [
      ['pictures a second, slowest tile', slowest.toFixed(2), atLeast(slowest, isFew ? TARGETS.fps : TARGETS.manyFps)],
      ['… median tile', median(rates).toFixed(2), ''],
      ['taken until drawn, p50 ms', percentile(drawn.ages, 0.5).toFixed(0), ''],
      ['… p95 ms', age.toFixed(0), isFew ? atMost(age, TARGETS.ageMs) : ''],
      ['cores of the browser', browserCore.toFixed(2), isFew ? atMost(browserCore, TARGETS.browserCore) : ''],
      ['cores of the service for it', own.toFixed(3), isFew ? atMost(own, TARGETS.serviceCore) : ''],
      ...further,
    ],
  )}`;
}

/** A camera whose process stands still, and what the page holds after a while. */
async function furtherOf(service: ServiceProcess, page: Page, length: Length): Promise<string[][]> {
  const http = new HttpClient();
  const { pid } = JSON.parse(String(await http.call('GET', `${service.url}/api/v1/cameras/c0/status`))) as {
    pid: number;
  };
  process.kill(pid, 'SIGSTOP');
  const from = performance.now();
  await eventually(() => page.evaluate<boolean>(`document.querySelector('main canvas[class*=veil]') !== null`), {
    within: 30_000,
  });
  const frozen = performance.now() - from;
  process.kill(pid, 'SIGCONT');
  const { heapMinutes } = EFFORT[length];
  const heaps = [await heapMb(page)];
  for (let minute = 1; minute <= heapMinutes; minute += 1) {
    await pause(60_000);
    heaps.push(await heapMb(page));
  }
  const growth = (heaps.at(-1) ?? 0) - (heaps[0] ?? 0);
  http.close();
  return [
    ['a camera stands still, until its picture is veiled, ms', frozen.toFixed(0), atMost(frozen, TARGETS.frozenMs)],
    [
      `heap of the page, MB, at first and after ${heapMinutes} min`,
      `${heaps[0]?.toFixed(1)} – ${heaps.at(-1)?.toFixed(1)}`,
      atMost(growth, TARGETS.heapGrowthMb),
    ],
  ];
}

/** Milliseconds from the key until the picture of the next violation is drawn. */
const NEXT = `(async () => {
  const painted = () => document.querySelector('[data-painted]')?.getAttribute('data-painted');
  const [before, from] = [painted(), performance.now()];
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
  while (painted() === before && performance.now() - from < 5000) await new Promise(requestAnimationFrame);
  return performance.now() - from;
})()`;

async function reviewOf(service: ServiceProcess, browser: BenchBrowser, length: Length): Promise<string> {
  const { looks } = EFFORT[length];
  const http = new HttpClient();
  for (let i = 0; i <= looks; i += 1) {
    const event = {
      ts: Date.now() / 1_000,
      type: 'NO_HAIRNET_AT_SINK',
      camera_id: 'c1',
      track_id: i,
      evidence: { confidence: 0.9, bbox: { x: 40, y: 40, width: 80, height: 160 } },
    };
    await http.call('POST', `${service.url}/api/v1/events`, { events: [event] });
    await pause(300);
  }
  http.close();
  await pause(5_000);
  const page = await browser.open(`${service.url}/violations`);
  await page.locator('[data-painted]').waitFor({ timeout: 60_000 });
  const times: number[] = [];
  for (let i = 0; i < looks; i += 1) {
    // As long as a person looks; meanwhile the pictures that follow are loaded.
    await pause(1_200);
    times.push(await page.evaluate<number>(NEXT));
  }
  await page.context().close();
  const p95 = percentile(times, 0.95);
  return `the review queue, ${looks} keys with looks of 1.2 s\n\n${table(
    ['', 'p50 ms', 'p95 ms', 'target p95'],
    [['key until the next picture is drawn', median(times).toFixed(0), p95.toFixed(0), atMost(p95, TARGETS.nextMs)]],
  )}`;
}
