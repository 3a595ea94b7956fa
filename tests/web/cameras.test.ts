import { readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { call } from '../support/service-run';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite, yamlOf } from './web-site';

const CAMERAS = [{ id: 'line-1', name: 'Packing line 1', starts: true }, { id: 'gate' }];

describeInBrowser('cameras', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start(CAMERAS);
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const file = () => readFileSync(site.files.camerasFile, 'utf8');
  const closing = async (page: Page) => page.context().close();

  it('shows the living picture of a camera with its age', async () => {
    const page = await browser.open(site.url, '/cameras/line-1');
    await page.locator('main canvas:not([hidden])').waitFor({ timeout: 60_000 });
    const picture = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('main canvas');
        return canvas?.toDataURL() ?? '';
      });
    const first = await picture();
    expect(first.length).toBeGreaterThan(2_000);
    await eventually(async () => (await picture()) !== first);
    await page
      .getByText(/^● ?running/)
      .or(page.getByText('running').first())
      .first()
      .waitFor();
    await closing(page);
  });

  it('adds a camera: what is wrong stands at its field, what is right in the file', async () => {
    const page = await browser.open(site.url, '/cameras/new');
    await page.locator('input[name="id"]').fill('line-2');
    await page.locator('input[name="source"]').fill('testsrc:');
    await page.locator('input[name="fps"]').fill('240');
    await page.locator('input[name="resolution"]').fill('enormous');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('input[name="resolution"][aria-invalid="true"]').waitFor();
    await page.locator('input[name="resolution"]').fill('640x360');
    await page.locator('input[name="fps"]').fill('5');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /line-2/ }).waitFor();
    expect(file()).toContain('line-2');
    await closing(page);
  });

  it("shows a change of fps before it is saved, and another person's change beside one's own", async () => {
    const page = await browser.open(site.url, '/cameras/gate?tab=settings');
    const fps = page.locator('input[name="fps"]');
    await fps.fill('8');
    await page.getByText('+ fps: 8').waitFor();
    await page.getByText('Restarts: gate only').waitFor();
    await call(site.url, 'PUT', '/cameras/gate', { fps: 7 });
    await page.getByText('Somebody else changed this camera').waitFor();
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.keyboard.press('Escape');
    await fps.press('Control+Enter');
    await eventually(() => /id: gate[\s\S]*fps: 8/.test(file()));
    await closing(page);
  });

  it('stops and starts by a key, and follows the log', async () => {
    const page = await browser.open(site.url, '/cameras/gate');
    await page.getByRole('button', { name: /^Start/ }).waitFor();
    await page.keyboard.press('s');
    await page.getByRole('button', { name: /^Stop/ }).waitFor();
    await page.getByRole('link', { name: 'Log' }).click();
    await page
      .locator('pre')
      .filter({ hasText: /\d{4}-\d\d-\d\dT/ })
      .waitFor();
    await page.keyboard.press('t');
    await page.getByRole('button', { name: /^Start/ }).waitFor();
    await closing(page);
  });

  it('shows a fault of the file with its line while the cameras run on, and that it is mended', async () => {
    const page = await browser.open(site.url, '/config');
    await page.getByText('The file and the cameras in force are the same.').waitFor();
    const good = file();
    writeFileSync(site.files.camerasFile, good.replace(/fps: \d+/, 'fps: 999'));
    await page
      .getByText(/line \d+, column \d+/)
      .first()
      .waitFor();
    writeFileSync(site.files.camerasFile, good);
    await page.getByText('The file and the cameras in force are the same.').waitFor();
    await closing(page);
  });

  it('restores a revision after it has shown what would be different', async () => {
    const page = await browser.open(site.url, '/config?revision=1');
    await page.getByRole('button', { name: 'Restore this revision' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('-', { exact: false }).first().waitFor();
    await dialog.getByRole('textbox').fill('back to yesterday');
    await page.keyboard.press('Enter');
    await page.getByText(/is in force again/).waitFor();
    expect(file()).toBe(yamlOf(CAMERAS));
    await closing(page);
  });

  it('veils a picture that stands still, counts its age, and shows it again when it moves', async () => {
    const page = await browser.open(site.url, '/wall');
    const tile = page.getByRole('link', { name: /line-1/ });
    await tile.locator('canvas:not([hidden])').waitFor({ timeout: 60_000 });
    const { pid } = await site.get<{ pid: number }>('/cameras/line-1/status');
    process.kill(pid, 'SIGSTOP');
    const stopped = Date.now();
    await tile.locator('canvas[class*="veil"]').waitFor({ timeout: 15_000 });
    // A picture is late after three seconds; the page looks at its age once a second.
    inTime(Date.now() - stopped, 5_000);
    process.kill(pid, 'SIGCONT');
    await tile.locator('canvas:not([class*="veil"])').waitFor({ timeout: 60_000 });
    await closing(page);
  });

  it('shows a wall without a frame, only the tiles with a problem', async () => {
    const page = await browser.open(site.url, '/wall?kiosk=1');
    await page.locator('canvas:not([hidden])').first().waitFor({ timeout: 60_000 });
    expect(await page.locator('header').count()).toBe(0);
    await page.goto(`${site.url}/wall?kiosk=1&only=problems`);
    await page.getByText('No camera has a problem.').waitFor();
    await closing(page);
  });
});
