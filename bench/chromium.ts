import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserServer, type Page, chromium } from 'playwright-core';
import { childrenOf } from '../tests/support/worker-run';
import { costOf } from './process-cost';
import type { Workplace } from './workplace';

const PLACES = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'];

export function chromiumPath(): string {
  const found = PLACES.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error('There is no Chromium: install it, or say where it is in CHROMIUM_PATH');
  return found;
}

const descendants = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(descendants)];

/** A Chromium of its own, whose processes can be counted. */
export class BenchBrowser {
  private constructor(
    private readonly server: BrowserServer,
    private readonly browser: Browser,
  ) {}

  static async launch(place: Workplace): Promise<BenchBrowser> {
    // Root, as which containers run, may not use the sandbox.
    const server = await chromium.launchServer({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
    const own = new BenchBrowser(server, await chromium.connect(server.wsEndpoint()));
    place.onEnd(() => server.close());
    return own;
  }

  /** A window that has never been here: nothing is in its cache. */
  async window(width = 1_920, height = 1_080): Promise<BrowserContext> {
    return this.browser.newContext({ viewport: { width, height }, locale: 'en-GB' });
  }

  async open(url: string, prepare?: string): Promise<Page> {
    const context = await this.window();
    const page = await context.newPage();
    if (prepare !== undefined) await page.addInitScript(prepare);
    await page.goto(url);
    return page;
  }

  /** All processes of this browser together, since their start; those that have ended count no more. */
  cpuSeconds(): number {
    return costOf(descendants(this.server.process().pid ?? 0)).cpuSeconds;
  }
}

/** Megabytes of the page's own heap, after what is no longer used has been thrown away. */
export async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}
