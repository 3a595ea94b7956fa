import type { Page } from 'playwright-core';
import { TestBrowser, accessibilityFaults, describeInBrowser } from './browser';
import { WebSite } from './web-site';

const PAGES = [
  '/',
  '/wall',
  '/cameras',
  '/cameras/line-1',
  '/cameras/line-1?tab=settings',
  '/cameras/line-1?tab=log',
  '/cameras/new',
  '/config',
  '/regions?camera=line-1',
  '/violations',
  '/violations?view=list&status=all',
  '/events',
  '/alerts',
  '/alerts/rules/new',
  '/statistics',
  '/rollout?group=record-read',
  '/rollout/report',
  '/shift',
  '/system',
  '/access',
  '/access?tab=audit',
] as const;
/** Layout differs by width and colours by theme: each is looked at, the narrow screen in both. */
const LOOKS = [
  ['light', 360],
  ['dark', 360],
  ['dark', 1_280],
  ['light', 1_920],
] as const;

export const describePages = (language: 'en' | 'zh'): void =>
  describeInBrowser(`every page, in ${language}`, () => {
    let site: WebSite;
    let browser: TestBrowser;
    beforeAll(async () => {
      site = await WebSite.start([
        { id: 'line-1', name: 'Packing line 1', starts: true },
        { id: 'gate', name: '大门' },
        { id: 'lost', source: 'rtsp://viewer:secret@127.0.0.1:9/none', starts: true },
      ]);
      await site.violations(4);
      browser = await TestBrowser.launch();
    });
    afterAll(async () => {
      await browser?.close();
      await site.remove();
    });

    /** Nothing is on its way any more, and no skeleton is left. */
    async function whole(page: Page): Promise<void> {
      await page.locator('main h1').first().waitFor();
      await page.waitForFunction(() => document.querySelector('main [class*="skeleton"]') === null);
    }

    it.each(PAGES)(
      '%s has no fault that axe finds, light and dark, at every width, and nothing is cut off',
      async (path) => {
        const page = await browser.open(site.url, path, { language, width: 1_280 });
        await whole(page);
        const faults: string[] = [];
        for (const [theme, width] of LOOKS) {
          await page.setViewportSize({ width, height: 900 });
          await page.evaluate((name) => void (document.documentElement.dataset.theme = name), theme);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (wider > 0) faults.push(`${width} px: ${wider} px wider than the screen`);
          faults.push(...(await accessibilityFaults(page)).map((fault) => `${theme} ${width}: ${fault}`));
        }
        await page.context().close();
        expect(faults).toEqual([]);
      },
    );

    it('asked no other host for anything, and threw no error', () => {
      expect(browser.foreign).toEqual([]);
      expect(browser.errors).toEqual([]);
    });
  });
