import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { BenchBrowser, chromiumPath } from './chromium';
import { median } from './interleaved';
import { manyCameras } from './many-cameras';
import { fill } from './records';
import { table } from './table';
import { Workplace } from './workplace';

const CAMERAS: Record<'full' | 'short', number> = { full: 10_000, short: 10_000 };
const TIMES = 5;
const TARGETS = {
  listMs: 1_000,
  keyMs: 50,
  rows: 80,
  pageMs: 150,
  paintMs: 300,
  largestMs: 600,
  shift: 0.02,
  desktop: 99,
  mobile: 90,
  accessibility: 100,
} as const;

const atMost = (value: number, target: number): string => `${target} ${value <= target ? 'met' : 'MISSED'}`;
const atLeast = (value: number, target: number): string => `${target} ${value >= target ? 'met' : 'MISSED'}`;

/** Long lists and the first paint, on a site of many cameras and violations. */
export function pages(length: 'full' | 'short', violations: number): Promise<string> {
  return Workplace.use(async (place) => {
    const { url, client } = await place.database('pages');
    const camerasFile = path.join(place.dir, 'cameras.yaml');
    await writeFile(camerasFile, manyCameras(CAMERAS[length]));
    const service = await place.service(url, camerasFile);
    await fill(client, violations);
    const browser = await BenchBrowser.launch(place);
    const rows = [
      ...(await camerasRows(browser, service.url)),
      ...(await violationsRows(browser, service.url)),
      ...(await paintRows(browser, service.url)),
      ...(await lighthouseRows(service.url)),
    ];
    const site = `${CAMERAS[length].toLocaleString('en')} cameras, ${violations.toLocaleString('en')} violations`;
    return `pages of a site with ${site}\n\n${table(['', 'value', 'target'], rows)}`;
  });
}

/** Milliseconds from a click on a page's link until something of it is on the screen. */
const openingBy = (href: string, shown: string): string => `(async () => {
  const from = performance.now();
  document.querySelector('nav a[href="${href}"]').click();
  while (document.querySelector('${shown}') === null && performance.now() - from < 30000)
    await new Promise(requestAnimationFrame);
  return performance.now() - from;
})()`;

/** How long the browser took from each key until it had painted what came of it. */
const KEYS = `{
  globalThis.keys = [];
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'keydown') keys.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 });
}`;

async function openedOften(page: Page, href: string, shown: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= TIMES; i += 1) {
    await page.evaluate(openingBy('/system', 'main dl'));
    await pause(500);
    times.push(await page.evaluate<number>(openingBy(href, shown)));
    await pause(500);
  }
  // The first one loads the script of the page.
  return median(times.slice(1));
}

async function camerasRows(browser: BenchBrowser, url: string): Promise<string[][]> {
  const page = await browser.open(`${url}/cameras`, KEYS);
  await page.locator('main ul a').first().waitFor({ timeout: 60_000 });
  const cold: number[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    const from = performance.now();
    const fresh = await browser.open(`${url}/cameras`);
    await fresh.locator('main ul a').first().waitFor();
    cold.push(performance.now() - from);
    await fresh.context().close();
  }
  const search = page.getByRole('searchbox');
  await search.click();
  await page.evaluate('keys.length = 0');
  await search.pressSequentially('hall 17, camera 8', { delay: 200 });
  for (let i = 0; i < 10; i += 1) {
    await page.keyboard.press('Backspace');
    await pause(200);
  }
  const keys = (await page.evaluate<number[]>('keys')).toSorted((a, b) => a - b);
  const slowest = keys.at(-1) ?? 16;
  const middle = keys.length === 0 ? 16 : median(keys);
  const rows = await page.evaluate<number>(`document.querySelectorAll('main ul a').length`);
  await page.context().close();
  const list = median(cold);
  return [
    ['list of cameras, new window until rows are shown, ms', list.toFixed(0), atMost(list, TARGETS.listMs)],
    ['a key in its search until painted, median ms', middle.toFixed(0), atMost(middle, TARGETS.keyMs)],
    ['… slowest of 27', slowest.toFixed(0), atMost(slowest, TARGETS.keyMs)],
    ['rows in the document', String(rows), atMost(rows, TARGETS.rows)],
  ];
}

async function violationsRows(browser: BenchBrowser, url: string): Promise<string[][]> {
  const page = await browser.open(`${url}/violations?view=list&status=all`);
  await page.locator('tbody tr').first().waitFor({ timeout: 60_000 });
  await page.goto(`${url}/system`);
  await page.locator('main dl').first().waitFor();
  const queue = await openedOften(page, '/violations', 'main b a[href^="/cameras/"]');
  await page.context().close();
  return [['page of violations, click until shown, ms', queue.toFixed(0), atMost(queue, TARGETS.pageMs)]];
}

interface Paints {
  readonly first: number;
  readonly largest: number;
  readonly shift: number;
}

const PAINTS = `(async () => {
  const read = (type) => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type, buffered: true });
    setTimeout(() => resolve([]), 500);
  });
  const [paints, largest, shifts] = await Promise.all(['paint', 'largest-contentful-paint', 'layout-shift'].map(read));
  return {
    first: paints.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? 0,
    largest: largest.at(-1)?.startTime ?? 0,
    shift: shifts.reduce((sum, { value }) => sum + value, 0),
  };
})()`;

async function paintRows(browser: BenchBrowser, url: string): Promise<string[][]> {
  const seen: Paints[] = [];
  for (let i = 0; i < TIMES; i += 1) {
    const page = await browser.open(url);
    await page.locator('main h1').first().waitFor();
    await pause(2_000);
    seen.push(await page.evaluate<Paints>(PAINTS));
    await page.context().close();
  }
  const [first, largest, shift] = [
    median(seen.map((each) => each.first)),
    median(seen.map((each) => each.largest)),
    Math.max(...seen.map((each) => each.shift)),
  ];
  return [
    [`first page, cold, first paint, median of ${TIMES}, ms`, first.toFixed(0), atMost(first, TARGETS.paintMs)],
    ['… largest paint, ms', largest.toFixed(0), atMost(largest, TARGETS.largestMs)],
    ['… shift of the layout, the worst', shift.toFixed(3), atMost(shift, TARGETS.shift)],
  ];
}

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
}

async function lighthouse(url: string, ...args: string[]): Promise<Record<string, number>> {
  const program = path.join(path.dirname(require.resolve('lighthouse/package.json')), 'cli/index.js');
  const flags = ['--output=json', '--quiet', '--chrome-flags=--headless=new --no-sandbox', '--max-wait-for-load=30000'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, url, '--only-categories=performance,accessibility', ...flags, ...args],
    { env: { ...process.env, CHROME_PATH: chromiumPath() }, maxBuffer: 2 ** 28 },
  );
  const { categories } = JSON.parse(stdout) as Report;
  return Object.fromEntries(Object.entries(categories).map(([name, { score }]) => [name, (score ?? 0) * 100]));
}

async function lighthouseRows(url: string): Promise<string[][]> {
  const desktop = await lighthouse(url, '--preset=desktop');
  const mobile = await lighthouse(url);
  const row = (name: string, value = 0, target = 0) => [name, value.toFixed(0), atLeast(Math.round(value), target)];
  return [
    row('Lighthouse, desktop', desktop.performance, TARGETS.desktop),
    row('… mobile', mobile.performance, TARGETS.mobile),
    row('… accessibility', Math.min(desktop.accessibility ?? 0, mobile.accessibility ?? 0), TARGETS.accessibility),
  ];
}
