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
const WIDTHS = [360, 1_280, 1_920];

export const describePages = (language: 'en' | 'zh'): void =>
  describeInBrowser(`every page, in ${language}`, () => {
    let site: WebSite;
    let browser: TestBrowser;
    let page: Page;
    beforeAll(async () => {
      site = await WebSite.start([
        { id: 'line-1', name: 'Packing line 1', starts: true },
        { id: 'gate', name: '大门' },
        { id: 'lost', source: 'rtsp://viewer:secret@127.0.0.1:9/none', starts: true },
      ]);
      await site.violations(4);
      browser = await TestBrowser.launch();
      page = await browser.open(site.url, '/', { language });
    });
    afterAll(async () => {
      await browser?.close();
      await site.remove();
    });

    /** Nothing is on its way any more, and no skeleton is left. */
    async function whole(): Promise<void> {
      await page.locator('main h1').first().waitFor();
      await page.waitForFunction(() => document.querySelector('main [class*="skeleton"]') === null);
    }

    const wear = (theme: string) =>
      page.evaluate((name) => void (document.documentElement.dataset.theme = name), theme);

    it.each(PAGES)(
      '%s has no fault that axe finds, light and dark, at every width, and nothing is cut off',
      async (path) => {
        await page.setViewportSize({ width: 1_280, height: 900 });
        await page.goto(site.url + path);
        await whole();
        const faults: string[] = [];
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 900 });
          await wear('light');
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (wider > 0) faults.push(`${width} px: ${wider} px wider than the screen`);
          faults.push(...(await accessibilityFaults(page)).map((fault) => `light ${width}: ${fault}`));
          // What the theme changes are colours, and nothing else.
          await wear('dark');
          const ofColours = await accessibilityFaults(page, 'of colours');
          faults.push(...ofColours.map((fault) => `dark ${width}: ${fault}`));
        }
        expect(faults).toEqual([]);
      },
    );

    it('asked no other host for anything, and threw no error', () => {
      expect(browser.foreign).toEqual([]);
      expect(browser.errors).toEqual([]);
    });
  });
