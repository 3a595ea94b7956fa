import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

interface Region {
  readonly region_id: string;
  readonly polygon: readonly (readonly number[])[];
}

describeInBrowser('regions', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start([{ id: 'line-1', starts: true }]);
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const stored = () => site.get<readonly Region[]>('/management/regions');

  it('are drawn corner by corner, moved by keys, and removed with a reason', async () => {
    const page = await browser.open(site.url, '/regions?camera=line-1');
    await page.getByRole('button', { name: 'Draw a region' }).click();
    const picture = page.getByRole('group', { name: 'Regions on the picture' });
    const box = (await picture.boundingBox())!;
    for (const [x, y] of [
      [0.25, 0.25],
      [0.75, 0.25],
      [0.75, 0.75],
      [0.25, 0.75],
    ] as const)
      await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
    await page.keyboard.press('Enter');
    await page.locator('input[name="region"]').fill('sink');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('sink is saved').waitFor();
    const [drawn] = await stored();
    expect(drawn?.polygon).toHaveLength(4);
    expect(Math.abs((drawn?.polygon[0]?.[0] ?? 0) - 480)).toBeLessThan(12);

    await page.getByRole('button', { name: /^sink/ }).click();
    await page.getByRole('img', { name: /^Corner 1:/ }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('sink is saved').last().waitFor();
    await page.getByRole('button', { name: /^sink/ }).waitFor();
    expect((await stored())[0]?.polygon[0]?.[0]).toBe((drawn?.polygon[0]?.[0] ?? 0) + 20);

    await page.getByRole('button', { name: /^sink/ }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No region yet').waitFor();
    expect(await stored()).toEqual([]);
    await page.context().close();
  });
});
