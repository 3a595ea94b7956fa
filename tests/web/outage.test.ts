import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

interface Violation {
  readonly id: number;
  readonly status: string;
  readonly version: number;
}

describeInBrowser('while something is away, the dashboard', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeEach(async () => {
    site = await WebSite.start([{ id: 'line-1', starts: true }, { id: 'gate' }]);
    browser = await TestBrowser.launch();
  });
  afterEach(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const violations = async () =>
    (await site.get<{ violations: Violation[] }>('/records/violations?limit=100')).violations;
  const databaseNote = (page: Page) => page.getByText(/The database has not answered for/);

  it('names the database, reads on from file and journal, refuses changes with the reason, and keeps what was typed', async () => {
    await site.violations(1);
    const page = await browser.open(site.url, '/cameras/gate?tab=settings');
    const fps = page.locator('input[name="fps"]');
    await fps.fill('9');
    const save = page.getByRole('button', { name: /^Save/ }).first();
    await page.getByText('+    fps: 9').waitFor();
    site.stopDatabase();
    await databaseNote(page).waitFor();
    await eventually(async () => (await save.textContent())?.includes('The database does not answer'));
    expect(await save.getAttribute('aria-disabled')).toBe('true');

    const other = await browser.open(site.url, '/events');
    await databaseNote(other).waitFor();
    await other
      .getByRole('main')
      .getByRole('button', { name: /NO_HAIRNET_AT_SINK/ })
      .first()
      .waitFor();
    await other.goto(`${site.url}/system`);
    await other.getByText('Is PostgreSQL running and reachable?').waitFor();
    await other.context().close();

    site.startDatabase();
    await databaseNote(page).waitFor({ state: 'detached' });
    expect(await fps.inputValue()).toBe('9');
    await fps.press('Control+Enter');
    await eventually(async () => (await site.get<{ fps: number }>('/cameras/gate')).fps === 9);
    await page.context().close();
  });

  it('keeps decisions while the database is away and the service is killed, and stores each once when both are back', async () => {
    await site.violations(12);
    const page = await browser.open(site.url, '/violations');
    await page.locator('main b a[href^="/cameras/"]').waitFor();
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('c');
    await page.locator('[data-decided="4"][data-waiting="0"]').waitFor();
    site.stopDatabase();
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('x');
    await page.getByText(/4 waiting to be stored/).waitFor();
    await databaseNote(page).waitFor();
    await site.kill();
    await page.getByText(/not live for \d/).waitFor();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('r');
    await page.getByText(/7 waiting to be stored/).waitFor();
    site.startDatabase();
    await site.up();
    await page.locator('[data-decided="11"][data-waiting="0"]').waitFor({ timeout: 60_000 });
    await page.getByText(/live < /).waitFor();
    const all = await violations();
    expect(all.map(({ status }) => status).sort()).toEqual([
      ...Array(4).fill('confirmed'),
      ...Array(4).fill('false_positive'),
      'pending',
      ...Array(3).fill('resolved'),
    ]);
    for (const { id, status } of all) {
      const { changes } = await site.get<{ changes: unknown[] }>(`/records/violations/${id}/changes`);
      expect(changes).toHaveLength(status === 'pending' ? 0 : 1);
    }
    // What came while nobody listened is on the screen without a reload.
    await site.violations(1, { camera: 'gate' });
    await page.getByText(/2 pending/).waitFor();
    await page.context().close();
  });

  it('shows one page that throws as such, with what to hand on, and the others go on', async () => {
    const page = await browser.open(site.url, '/');
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await page.route(/statistics\/series/, (route) =>
      route.fulfill({ status: 200, contentType: 'application/json', body: '{"series": 7}' }),
    );
    await page.getByRole('link', { name: 'Statistics' }).click();
    await page.getByText('This page failed. The rest of the dashboard works.').waitFor();
    await page.getByRole('button', { name: 'Copy report' }).click();
    await page.getByText('Copied.').waitFor();
    await page.getByRole('link', { name: 'Cameras' }).click();
    await page.getByRole('list', { name: 'Cameras' }).getByText('gate').first().waitFor();
    // That it threw is what was asked for.
    browser.errors.length = 0;
    await page.context().close();
  });

  it('counts ages by the clock of the site where that of the PC is wrong, and says how far off it is', async () => {
    const page = await browser.open(site.url, '/');
    await page.addInitScript(() => {
      const right = Date.now;
      Date.now = () => right() + 3_700_000;
    });
    await page.reload();
    await page.getByText(/This computer's clock is 1 h.* off; times here are the site's/).waitFor();
    await page.goto(`${site.url}/cameras/line-1`);
    await page
      .getByText(/[0-9.]+ s ago|just now/)
      .first()
      .waitFor({ timeout: 60_000 });
    await page.context().close();
  });

  it('asks for no picture in a tab that nobody looks at, and shows the present when somebody does again', async () => {
    const page = await browser.open(site.url, '/wall');
    await page.locator('main canvas:not([hidden])').first().waitFor({ timeout: 60_000 });
    let frames = 0;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => (frames += Number(typeof payload !== 'string'))),
    );
    await page.reload();
    await eventually(() => frames > 3, { within: 60_000 });
    const hide = (hidden: boolean) =>
      page.evaluate((isHidden) => {
        Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
        Object.defineProperty(document, 'visibilityState', {
          value: isHidden ? 'hidden' : 'visible',
          configurable: true,
        });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await hide(true);
    await page.waitForTimeout(1_000);
    const before = frames;
    await page.waitForTimeout(2_000);
    expect(frames - before).toBe(0);
    await hide(false);
    await eventually(() => frames > before + 3);
    await page.context().close();
  });

  it('shows long names and Chinese whole or cut with the full text at hand, never over one another', async () => {
    const name = `包装线${'很长的名字'.repeat(8)} packing line with a name that is as long`;
    await site.post('/cameras', { id: 'long', name, source: 'testsrc:' });
    const page = await browser.open(site.url, '/cameras', { width: 360, language: 'zh' });
    const shown = page.getByText(name).first();
    await shown.waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.documentElement.lang)).toMatch(/^zh/);
    await page.goto(`${site.url}/cameras/long`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  it('names the oldest browsers it works in, and its documents, where there is no script', async () => {
    const text = await (await fetch(`${site.url}/`, { headers: { accept: 'text/html' } })).text();
    const [, without = ''] = /<noscript>([\s\S]*?)<\/noscript>/.exec(text) ?? [];
    expect(without).toContain('Chrome or Edge 109');
    expect(without).toContain('href="/docs"');
  });
});
