import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

describeInBrowser('the rollout console', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start([{ id: 'line-1' }], { USE_DOMAIN_SERVICE: 'false' });
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  const overview = () =>
    site.get<{ killed: boolean; groups: { group: string; status: string; percent: number }[] }>('/rollout');

  it('says why a stage holds: what it has, what it needs', async () => {
    await site.post('/rollout/unkill', { reason: 'for this test' });
    const page = await browser.open(site.url, '/rollout?group=system-read');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    for (let i = 0; i < 30; i += 1) await site.get('/system/info');
    await page
      .getByText(/\d+ of \d[\d,]*/)
      .first()
      .waitFor();
    const next = page.getByRole('button', { name: /Next stage/ });
    expect(await next.getAttribute('aria-disabled')).toBe('true');
    expect(await next.textContent()).toContain('The proof is not complete');
    await page.context().close();
  });

  it('switches everything off from a telephone: reason, Enter, and who has confirmed', async () => {
    const page = await browser.open(site.url, '/rollout', { width: 360, height: 760 });
    await page.getByRole('button', { name: /Switch everything off/ }).click();
    await page.keyboard.press('Enter');
    await page.getByText('Say why in a few words.').waitFor();
    await page.getByRole('textbox').fill('wrong counts');
    await page.keyboard.press('Enter');
    await page.getByText(/1 of 1 instances have confirmed/).waitFor();
    expect((await overview()).killed).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByText('every call takes the legacy path').waitFor();
    await page.context().close();
  });

  it('gives the report in both languages', async () => {
    const page = await browser.open(site.url, '/rollout/report');
    await page.locator('pre[lang="en"]').waitFor();
    const english = await page.locator('pre').textContent();
    await page.getByRole('button', { name: '中文' }).last().click();
    await page.locator('pre[lang="zh-CN"]').waitFor();
    await page.waitForFunction((before) => document.querySelector('pre')?.textContent !== before, english);
    expect(await page.locator('pre').textContent()).toMatch(/[一-龥]/);
    await page.context().close();
  });
});
