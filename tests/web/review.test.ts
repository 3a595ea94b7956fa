import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { PERF } from '../support/in-time';
import { call } from '../support/service-run';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

interface Violation {
  readonly id: number;
  readonly status: string;
  readonly notes: string | null;
  readonly version: number;
}

const TOP = 'main b a[href^="/cameras/"]';

describeInBrowser('the review queue', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeEach(async () => {
    site = await WebSite.start([{ id: 'line-1', starts: true }, { id: 'sink-2' }]);
    browser = await TestBrowser.launch();
  });
  afterEach(async () => {
    expect(browser.errors).toEqual([]);
    expect(browser.foreign).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const all = async (): Promise<readonly Violation[]> =>
    (await site.get<{ violations: Violation[] }>('/records/violations?limit=1000')).violations;
  const withStatus = async (status: string) => (await all()).filter((v) => v.status === status);
  const stored = (page: Page, decided: number) =>
    page.locator(`[data-decided="${decided}"][data-waiting="0"]`).waitFor();

  async function queue(path = '/violations'): Promise<Page> {
    const page = await browser.open(site.url, path);
    await page.locator(TOP).waitFor();
    return page;
  }

  it('decides thirty by keys, each shown at once and stored by the service', async () => {
    await site.violations(31);
    const page = await queue();
    for (let i = 0; i < 30; i += 1) await page.keyboard.press(i % 3 === 0 ? 'x' : i % 3 === 1 ? 'c' : 'r');
    await stored(page, 30);
    const counts = await Promise.all(
      ['false_positive', 'confirmed', 'resolved', 'pending'].map(async (s) => (await withStatus(s)).length),
    );
    expect(counts).toEqual([10, 10, 10, 1]);
  });

  it('takes a note along, takes a decision back as a change of its own, and shows what was decided before', async () => {
    await site.violations(2);
    const page = await queue();
    await page.keyboard.press('n');
    await page.getByRole('textbox').fill('visitor without a cap');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('x');
    await stored(page, 1);
    const [decided] = await withStatus('false_positive');
    expect(decided?.notes).toBe('visitor without a cap');
    await page.getByText('“visitor without a cap”').waitFor();
    await page.keyboard.press('u');
    await eventually(async () => (await withStatus('pending')).length === 2);
    const { changes } = await site.get<{ changes: unknown[] }>(`/records/violations/${decided?.id}/changes`);
    expect(changes).toHaveLength(2);
  });

  it('shows who was first, and gives the violation back', async () => {
    await site.violations(2);
    const page = await queue();
    const first = (await withStatus('pending')).at(-1);
    await call(site.url, 'PUT', `/records/violations/${first?.id}/status?status=resolved`, {
      status: 'resolved',
      handled_by: 'Wang',
    });
    await page.keyboard.press('c');
    await page.getByText(/before you\. It is back/).waitFor();
    expect((await all()).find(({ id }) => id === first?.id)?.status).toBe('resolved');
  });

  it('decides fifty alike with one key', async () => {
    await site.violations(50, { track: 7, apartMs: 1_000 });
    await site.violations(1, { camera: 'sink-2' });
    const page = await queue('/violations?camera=line-1');
    await page.getByText('group 1 of 1: 50 alike').waitFor();
    await page.keyboard.press('Shift+X');
    await stored(page, 50);
    expect(await withStatus('false_positive')).toHaveLength(50);
  });

  it('loses no decision when the service is killed in the middle, or the page is loaded again', async () => {
    await site.violations(101);
    const page = await queue();
    for (let i = 0; i < 100; i += 1) {
      await page.keyboard.press('c');
      if (i === 40) await site.kill();
      if (i === 70) {
        await page.evaluate(() => undefined);
        await page.getByText(/waiting to be stored/).waitFor();
      }
    }
    await site.up();
    await eventually(async () => (await withStatus('confirmed')).length === 100, {
      within: 60_000,
      what: 'a hundred stored decisions',
    });
    await stored(page, 100);
    expect(Math.max(...(await all()).map(({ version }) => version))).toBe(2);
  });

  it('shows the picture of the moment, and the next one within 50 ms of the key', async () => {
    await eventually(async () => (await fetch(`${site.url}/api/v1/cameras/line-1/preview`)).ok, { within: 60_000 });
    for (let i = 0; i < 8; i += 1) await site.violations(1, { track: i + 1 });
    await eventually(
      async () => {
        const pictures = await Promise.all(
          (await all()).map(({ id }) => fetch(`${site.url}/api/v1/records/violations/${id}/picture`)),
        );
        return pictures.filter(({ ok }) => ok).length >= 6;
      },
      { within: 60_000, what: 'pictures of the violations' },
    );
    const page = await queue('/violations?camera=line-1');
    await page.locator('[data-painted]').waitFor();
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      times.push(
        await page.evaluate(async () => {
          const painted = () => document.querySelector('[data-painted]')?.getAttribute('data-painted');
          const [before, from] = [painted(), performance.now()];
          window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }));
          while (painted() === before && performance.now() - from < 5_000) await new Promise(requestAnimationFrame);
          return performance.now() - from;
        }),
      );
      // As a person looks, the pictures that follow are loaded.
      await page.waitForFunction(() => document.querySelector('main canvas') !== null);
    }
    expect(Math.max(...times)).toBeLessThan(PERF ? 50 : 1_000);
  });
});
