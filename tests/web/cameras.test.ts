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
    const source = page.locator('input[name="source"]');
    const tryIt = page.getByRole('button', { name: 'Try it' });
    await source.fill('rtsp://viewer:wrong@127.0.0.1:1/main');
    await tryIt.click();
    await page.getByText('the camera does not answer: is it on').waitFor();
    await source.fill('testsrc:');
    await tryIt.click();
    await page.getByRole('img', { name: 'The picture that came' }).waitFor();
    await page.getByText(/test picture · \d+×\d+ · [\d.]+ fps/).waitFor();
    await page.locator('input[name="fps"]').fill('240');
    await page.locator('input[name="resolution"]').fill('enormous');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('input[name="resolution"][aria-invalid="true"]').waitFor();
    await page.locator('input[name="resolution"]').fill('640x360');
    await page.locator('input[name="fps"]').fill('5');
    await page.getByText('Starts: line-2').waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /line-2/ }).waitFor();
    expect(file()).toContain('line-2');
    await closing(page);
  });

  it('shows the line of the file and the processes before a change is saved (T4)', async () => {
    const page = await browser.open(site.url, '/cameras/gate?tab=settings');
    await page.locator('input[name="fps"]').fill('9');
    await page.getByRole('region', { name: 'Change of cameras.yaml' }).getByText('+    fps: 9').waitFor();
    await page.getByText('No process restarts.').waitFor();
    await page.locator('input[name="fps"]').press('Control+Enter');
    await eventually(() => /id: gate[\s\S]*fps: 9/.test(file()));
    await closing(page);
  });

  it('lets two people who changed one field decide it, and takes over what only the other changed (T5)', async () => {
    const page = await browser.open(site.url, '/cameras/gate?tab=settings');
    const [fps, name] = [page.locator('input[name="fps"]'), page.locator('input[name="name"]')];
    await fps.fill('8');
    await name.fill('Main gate');
    await call(site.url, 'PUT', '/cameras/gate', { fps: 7, location: 'Yard', name: 'Back gate' });
    await page.getByText('Somebody else changed this camera').waitFor();
    await fps.press('Control+Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing of yours is saved yet.').waitFor();
    await dialog.getByRole('group', { name: 'Name: which one' }).getByRole('button', { name: 'Take theirs' }).click();
    await dialog.getByRole('button', { name: 'Save this' }).click();
    await eventually(() => /id: gate\s+name: "?Back gate"?[\s\S]*location: Yard\s+fps: 8/.test(file()));
    await dialog.waitFor({ state: 'detached' });
    expect(await name.inputValue()).toBe('Back gate');
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

  it('marks a fault of the text at its place while typing, and saves what is whole (T6)', async () => {
    const page = await browser.open(site.url, '/config');
    const editor = page.getByRole('textbox', { name: 'Text of cameras.yaml' });
    await editor.getByText('Packing line 1').waitFor();
    const pid = (await site.get<{ pid: number }>('/cameras/line-1/status')).pid;
    await editor.press('Control+End');
    await page.keyboard.insertText('  - id: yard\n    name: Yard\nsource: "testsrc:"\n');
    await page.locator('.cm-lintRange-error, .cm-lintPoint-error, .cm-lint-marker-error').first().waitFor();
    await page
      .getByRole('list', { name: 'Faults in the file' })
      .getByRole('button', { name: /line \d+, column/ })
      .first()
      .click();
    expect(await editor.evaluate((element) => element === document.activeElement)).toBe(true);
    await page
      .getByRole('button', { name: /^Save the file/ })
      .and(page.locator('[aria-disabled="true"]'))
      .waitFor();
    await page.getByRole('button', { name: 'Discard my changes' }).click();
    await editor.press('Control+End');
    await page.keyboard.insertText('  - id: yard\n    name: Yard\n    source: "testsrc:"\n');
    await page.getByRole('region', { name: 'Change of cameras.yaml' }).getByText('- id: yard').waitFor();
    await page.locator('.cm-lint-marker-error').waitFor({ state: 'detached' });
    await editor.press('Control+Enter');
    await page.getByText(/The file is saved as revision \d+/).waitFor();
    await eventually(() => file().includes('id: yard'));
    expect((await site.get<{ pid: number }>('/cameras/line-1/status')).pid).toBe(pid);
    await closing(page);
  });

  it('tells who edits the file that it was changed meanwhile, and loses neither text', async () => {
    const page = await browser.open(site.url, '/config');
    const editor = page.getByRole('textbox', { name: 'Text of cameras.yaml' });
    await editor.getByText('Packing line 1').waitFor();
    await editor.press('Control+Home');
    await page.keyboard.type('# mine\n');
    writeFileSync(site.files.camerasFile, `${file()}# theirs\n`);
    await page.getByText('The file was changed while you edited it.').waitFor();
    await page.getByRole('button', { name: 'Keep my text, compare with the new file' }).click();
    await page.getByRole('region', { name: 'Change of cameras.yaml' }).getByText('-# theirs').waitFor();
    await page.getByRole('button', { name: 'Discard my changes' }).click();
    await editor.getByText('# theirs').waitFor();
    expect(file()).not.toContain('# mine');
    await closing(page);
  });

  it('restores a revision after it has shown what would be different', async () => {
    const page = await browser.open(site.url, '/config?revision=1');
    await page.getByRole('button', { name: 'Restore this revision' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('-', { exact: false }).first().waitFor();
    await dialog.getByRole('button', { name: 'Restore this revision' }).click();
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
