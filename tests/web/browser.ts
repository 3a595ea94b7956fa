import { existsSync, readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';

const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

if (!CHROMIUM && process.env.CI)
  throw new Error('There is no Chromium: install it (apt-get install chromium), or say where it is in CHROMIUM_PATH');
if (!CHROMIUM)
  console.warn('There is no Chromium here, so nothing is tested in a browser: install it, or set CHROMIUM_PATH');

/** Skips on a machine without a browser, but never in CI. */
export const describeInBrowser = CHROMIUM ? describe : describe.skip;

type Language = 'en' | 'zh';
type Theme = 'light' | 'dark';

interface Opening {
  readonly language?: Language;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly touch?: boolean;
  /** Device pixels of a CSS pixel. */
  readonly scale?: number;
}

/** A browser that talks to one service only, and remembers every error of its pages and every request elsewhere. */
export class TestBrowser {
  readonly errors: string[] = [];
  readonly foreign: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<TestBrowser> {
    // Root, as which containers run, may not use the sandbox.
    return new TestBrowser(await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] }));
  }

  /** A window of its own: its cookies and storage are nobody else's. */
  async open(url: string, path: string, opening: Opening = {}): Promise<Page> {
    const { language = 'en', theme = 'light', width = 1_280, height = 860, touch = false, scale = 1 } = opening;
    const context = await this.browser.newContext({
      viewport: { width, height },
      hasTouch: touch,
      deviceScaleFactor: scale,
      locale: 'en-GB',
      timezoneId: 'America/New_York',
    });
    await this.watch(context, url);
    const page = await context.newPage();
    await page.addInitScript(
      ([a, b]) => {
        if (localStorage.getItem('watchgate.theme') === null) localStorage.setItem('watchgate.theme', String(a));
        if (localStorage.getItem('watchgate.language') === null) localStorage.setItem('watchgate.language', String(b));
      },
      [theme, language],
    );
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.errors.push(`${path}: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      // That a request was refused is told by the page itself, and is what some tests are about.
      if (
        message.type() === 'error' &&
        !message.text().startsWith('Failed to load resource') &&
        !message.text().includes('WebSocket')
      )
        this.errors.push(`${path}: ${message.text()}`);
    });
    await page.goto(url + path);
    return page;
  }

  private async watch(context: BrowserContext, url: string): Promise<void> {
    const { host } = new URL(url);
    await context.route('**/*', async (route) => {
      const asked = new URL(route.request().url());
      if (asked.host === host || asked.protocol === 'blob:' || asked.protocol === 'data:') return route.continue();
      this.foreign.push(asked.href);
      return route.abort();
    });
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe finds wrong, one line for each element; of all its rules, or of those only that look at colours. */
export async function accessibilityFaults(page: Page, rules: 'all' | 'of colours' = 'all'): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const runOnly = rules === 'all' ? TAGS : { type: 'rule', values: OF_COLOURS };
  return page.evaluate(
    async (options) => {
      const { axe } = globalThis as unknown as {
        axe: {
          run: (
            options: object,
          ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
        };
      };
      const { violations } = await axe.run(options);
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(
          ({ html, failureSummary = '' }) =>
            `${id}: ${html.slice(0, 160)} | ${failureSummary.replaceAll('\n', ' ').slice(0, 240)}`,
        ),
      );
    },
    { runOnly, resultTypes: ['violations'] },
  );
}
