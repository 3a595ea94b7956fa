import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';
import { eventually } from '../support/eventually';
import { temporaryDirectory } from '../support/temporary-directory';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

describeInBrowser('the live video of a camera', () => {
  const dir = temporaryDirectory();
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    const film = path.join(dir, 'film.mp4');
    const making =
      '-v error -f lavfi -i testsrc2=size=640x360:rate=10 -t 20 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 10 -y';
    execFileSync(locateFfmpeg(process.env), [...making.split(' '), film]);
    site = await WebSite.start([
      { id: 'film', source: film, starts: true },
      { id: 'test', starts: true },
    ]);
    browser = await TestBrowser.launch();
  }, 60_000);
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const video = (page: Page) => page.locator('main video:not([hidden])');
  const time = (page: Page) => video(page).evaluate((element) => (element as HTMLVideoElement).currentTime);

  it('plays over the picture, near the end of what came, until it is paused; J goes back to pictures', async () => {
    const page = await browser.open(site.url, '/cameras/film');
    await page.locator('main canvas:not([hidden])').waitFor({ timeout: 60_000 });
    await video(page).waitFor();
    const first = await time(page);
    await eventually(async () => (await time(page)) > first + 1);
    await page.getByText(/H\.264 video, plays [\d.]+ s after it came/).waitFor();
    const kept = await video(page).evaluate((element) => {
      const { buffered, currentTime } = element as HTMLVideoElement;
      return [currentTime - buffered.start(0), buffered.end(buffered.length - 1) - currentTime];
    });
    // How far behind it is, is a matter of the machine; that it keeps only a part is not.
    expect(kept[0]).toBeLessThan(60);
    if (process.env.PERF) expect(kept[1]).toBeLessThan(3);
    await page.keyboard.press('j');
    await page.getByRole('button', { name: 'Pictures', pressed: true }).waitFor();
    await page.locator('main video[hidden]').waitFor({ state: 'attached' });
    await page.keyboard.press('j');
    await video(page).waitFor();
    await page.keyboard.press(' ');
    await page.getByText('paused', { exact: true }).waitFor();
    await page.context().close();
  });

  it('stays on pictures where there is no video, and says why', async () => {
    const page = await browser.open(site.url, '/cameras/test');
    await page.locator('main canvas:not([hidden])').waitFor({ timeout: 60_000 });
    await page.getByText('pictures only: this source is no video that can be passed on').waitFor();
    await page.context().close();
  });
});
