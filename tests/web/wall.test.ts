import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { PERF } from '../support/in-time';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

const TILES = 16;

describeInBrowser('the wall', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start(Array.from({ length: TILES }, (_, i) => ({ id: `cam-${i}`, starts: true })));
    browser = await TestBrowser.launch();
  }, 120_000);
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const shown = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLCanvasElement>('main canvas:not([hidden]):not([class*="veil"])')].map(
        (canvas) => canvas.toDataURL('image/jpeg', 0.3),
      ),
    );

  it('shows 16 cameras that all move, with the age of each (T1)', async () => {
    const page = await browser.open(site.url, '/wall');
    await eventually(async () => (await shown(page)).length === TILES, { what: '16 pictures', within: 90_000 });
    const first = await shown(page);
    // The test picture carries a clock, so that each second's is another one.
    await eventually(async () => (await shown(page)).every((picture, i) => picture !== first[i]), { within: 15_000 });
    const ages = await page.locator('main a time').allTextContents();
    expect(ages).toHaveLength(TILES);
    // Sixteen processes beside other tests are late on two cores: that says nothing about the page.
    if (PERF) expect(ages.filter((age) => !/^(just now|[0-3](\.\d)? s ago)$/.test(age))).toEqual([]);
    await page.context().close();
  });
});
