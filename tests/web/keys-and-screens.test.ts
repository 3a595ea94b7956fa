import type { Page } from 'playwright-core';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

/** What a person reaches on a telephone: what needs them, the queue, a camera, the way back of the rollout. */
const ON_THE_PHONE = [
  '/',
  '/violations',
  '/cameras',
  '/cameras/line-1',
  '/wall',
  '/alerts',
  '/rollout?group=record-read',
];
/** Pages of every kind of layout. */
const LAYOUTS = [
  ...ON_THE_PHONE,
  '/cameras/line-1?tab=settings',
  '/config',
  '/regions?camera=line-1',
  '/events',
  '/statistics',
  '/shift',
  '/system',
  '/access',
];

describeInBrowser('on every screen and by keys alone, the dashboard', () => {
  let site: WebSite;
  let browser: TestBrowser;
  /** One window for all pages that are gone through by Tab. */
  let tabbed: Page | undefined;
  beforeAll(async () => {
    site = await WebSite.start([{ id: 'line-1', name: 'Packing line 1', starts: true }, { id: 'gate' }]);
    await site.violations(3);
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  async function show(page: Page, path: string): Promise<void> {
    await page.goto(site.url + path);
    await page.locator('main h1').first().waitFor();
    await page.waitForFunction(() => document.querySelector('main [class*="skeleton"]') === null);
  }

  const wider = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  it('is used by a thumb at 360 px: what can be pressed is large enough, apart enough, and nothing is cut off (T24)', async () => {
    const page = await browser.open(site.url, '/', { width: 360, height: 740, touch: true });
    for (const path of ON_THE_PHONE) {
      await show(page, path);
      // WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, or a link within a text.
      const small = await page.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            'button, select, input:not([type="hidden"]), [role="button"], nav a',
          ),
        ]
          .filter((element) => element.checkVisibility() && !element.closest('[aria-hidden="true"]'))
          .map((element) => ({ element, box: (element.closest('label') ?? element).getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
          .map(({ element, box }) => `${element.outerHTML.slice(0, 90)} ${box.width}x${box.height}`),
      );
      expect([path, small]).toEqual([path, []]);
      expect([path, await wider(page)]).toEqual([path, 0]);
    }
    await show(page, '/');
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: /Violations/ })
      .tap();
    await page.getByRole('button', { name: /^Confirm/ }).tap();
    await page.locator('[data-decided="1"][data-waiting="0"]').waitFor();
    await page.context().close();
  });

  /** Buttons, heads and labels whose text is hidden because there is no room for it. */
  const cut = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('main button, main h1, main h2, main label')]
        .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
        .filter((element) => getComputedStyle(element).overflowX === 'hidden' && element.clientWidth > 1)
        .map((element) => element.outerHTML.slice(0, 120)),
    );

  /** Fields and buttons without a text that nothing sets off from the page. */
  const borderless = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('main button, main input:not([type="checkbox"]), main select')]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
        .filter((element) => {
          const { borderStyle, borderBottomWidth } = getComputedStyle(element);
          return element.textContent === '' && (borderStyle === 'none' || borderBottomWidth === '0px');
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );

  it('is whole when everything is twice as large, and where the system sets the colours (T24)', async () => {
    // 200 % on a screen of 1280 by 860 leaves 640 by 430 CSS pixels, two device pixels each.
    const page = await browser.open(site.url, '/', { width: 640, height: 430, scale: 2 });
    for (const path of LAYOUTS) {
      await show(page, path);
      expect([path, await wider(page), await cut(page)]).toEqual([path, 0, []]);
      await page.emulateMedia({ forcedColors: 'active' });
      expect([path, await borderless(page)]).toEqual([path, []]);
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
      expect([path, outline]).not.toEqual([path, 'none']);
      await page.emulateMedia({ forcedColors: 'none' });
    }
    await page.context().close();
  });

  it.each(LAYOUTS)(
    '%s: Tab goes through all that can be used, in the order of the page, visibly, and never gets stuck (T25)',
    async (path) => {
      tabbed ??= await browser.open(site.url, '/');
      const page = tabbed;
      await show(page, path);
      // Elements are compared within the page: their numbers change when a page that is still loading adds to its head.
      await page.evaluate(() => Object.assign(globalThis, { tabbed: [] }));
      const seen: { readonly name: string; readonly outlined: boolean; readonly isBackwards: boolean }[] = [];
      for (let i = 0; i < 150; i += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          const { tabbed: passed } = globalThis as unknown as { readonly tabbed: Element[] };
          if (element === document.body || passed.includes(element)) return undefined;
          const isBackwards = passed.at(-1)?.compareDocumentPosition(element) === Node.DOCUMENT_POSITION_PRECEDING;
          passed.push(element);
          const { outlineStyle, boxShadow } = getComputedStyle(element);
          // A field of the kit draws the ring around the box it stands in.
          const ring =
            outlineStyle !== 'none' || boxShadow !== 'none' || element.closest('[data-focus-visible]') !== null;
          const isEditor = element.closest('.cm-editor') !== null;
          const box = element.getBoundingClientRect();
          return {
            name: element.outerHTML.slice(0, 110),
            outlined: ring || isEditor || box.width === 0,
            isBackwards,
            isEditor,
          };
        });
        if (at === undefined) break;
        seen.push(at);
        // The editor takes Tab for itself; after Escape it lets go.
        if (at.isEditor) await page.keyboard.press('Escape');
      }
      expect(seen.length).toBeGreaterThan(15);
      expect(seen.length).toBeLessThan(150);
      expect(seen.filter(({ outlined, isBackwards }) => !outlined || isBackwards)).toEqual([]);
      expect(seen[0]?.name).toContain('#main');
    },
  );

  it('gives the focus back to what opened a dialog, and keeps it within while it is open (T25)', async () => {
    const page = await browser.open(site.url, '/rollout');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    const opener = page.getByRole('button', { name: /Switch everything off/ });
    await opener.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    for (let i = 0; i < 6; i += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused()).toContain('Switch everything off');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('Switch everything off'));
    await page.context().close();
  });
});
