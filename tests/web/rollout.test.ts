import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { startOldBackend } from '../support/old-backend';
import { call } from '../support/service-run';
import { temporaryDirectory } from '../support/temporary-directory';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite, yamlOf } from './web-site';

/** Stages that a test can wait for, and a proof that a few calls give. */
const PLAN = `defaults: {auto_promote: true, min_comparisons: 0, min_calls: 30, min_control: 200}
groups:
  camera-config:
    stages: [{percent: 50, bake: 1s}, {percent: 100, bake: 1h}]
    error_rate: 0.5
    attention_error_rate: 0.3
  system-read: {}
`;
const CAMERAS = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}` }));

describeInBrowser('the rollout console', () => {
  const dir = temporaryDirectory();
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    writeFileSync(path.join(dir, 'rollout.yaml'), PLAN);
    const settings = { USE_DOMAIN_SERVICE: 'false', ROLLOUT_FILE: path.join(dir, 'rollout.yaml') };
    site = await WebSite.start(CAMERAS, settings);
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
    rmSync(dir, { recursive: true, force: true });
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

  it('goes on by itself once the proof is complete, as the page shows without a reload (T17)', async () => {
    const page = await browser.open(site.url, '/rollout?group=camera-config');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const row = page.getByRole('link', { name: /^camera-config/ });
    await row.getByTitle('50 %: now').waitFor();
    await row.getByText(/\d+ of \d+/).waitFor();
    const group = async () => (await overview()).groups.find((each) => each.group === 'camera-config');
    await eventually(
      async () => {
        await Promise.all(CAMERAS.map(({ id }) => site.get(`/cameras/${id}`)));
        return (await group())?.percent === 100;
      },
      { what: 'the next stage', within: 120_000 },
    );
    await row.getByTitle('100 %: now').waitFor();
    await page.context().close();
  });

  it('keeps a stopped instance in red among the confirmations of a kill, until it is back (T18)', async () => {
    const second = await site.second();
    await eventually(async () => (await site.get<{ instances: unknown[] }>('/rollout')).instances.length === 2);
    const page = await browser.open(site.url, '/rollout', { width: 360, height: 760 });
    const off = async (reason: string) => {
      await page.getByRole('button', { name: /Switch everything off/ }).click();
      await page.getByRole('textbox').fill(reason);
      await page.keyboard.press('Enter');
    };
    const on = () => site.post('/rollout/unkill', { reason: 'the drill is over' });
    await off('drill with both');
    await page.getByText(/2 of 2 instances have confirmed/).waitFor();
    expect(
      await page
        .getByRole('dialog')
        .getByText(/✓ [\d.]+ m?s/)
        .count(),
    ).toBe(2);
    await page.keyboard.press('Escape');
    await on();
    second.child.kill('SIGSTOP');
    try {
      await off('drill with one');
      await page.getByText(/1 of 2 instances have confirmed/).waitFor({ timeout: 60_000 });
      const missing = page.getByRole('dialog').getByText('not confirmed', { exact: false });
      await missing.waitFor();
      expect(await missing.evaluate((element) => getComputedStyle(element).color)).toBe(
        await page.evaluate(() => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.color = 'var(--critical)';
          return getComputedStyle(probe).color;
        }),
      );
    } finally {
      second.child.kill('SIGCONT');
    }
    await page.keyboard.press('Escape');
    await page.getByText(/2 of 2 instances/).waitFor();
    await on();
    await second.end('SIGTERM');
    await page.context().close();
  });

  it('shows how both paths did, minute by minute', async () => {
    const page = await browser.open(site.url, '/rollout?group=camera-config&tab=trend');
    await eventually(async () => {
      for (let i = 0; i < 20; i += 1) await call(site.url, 'GET', `/cameras/c${i}`);
      const { points } = await site.get<{ points: object[] }>('/rollout/camera-config/series?minutes=10');
      expect(points).not.toEqual([]);
    });
    await page.reload();
    await page
      .getByRole('img', { name: /answered within/ })
      .locator('canvas')
      .waitFor();
    await page
      .getByRole('row', { name: /old path/ })
      .first()
      .waitFor();
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

describeInBrowser('where the two paths answer differently, the rollout console', () => {
  it('shows both answers, marks the place, and no secret (T19)', async () => {
    const dir = temporaryDirectory();
    const oldFile = path.join(dir, 'cameras.yaml');
    const source = (secret: string) => `rtsp://viewer:${secret}@127.0.0.1:9/none`;
    writeFileSync(oldFile, yamlOf([{ id: 'line-1', name: 'Old name', source: source('old5ecret') }]));
    writeFileSync(path.join(dir, 'rollout.yaml'), PLAN);
    const old = await startOldBackend(oldFile);
    const site = await WebSite.start([{ id: 'line-1', name: 'New name', source: source('new5ecret') }], {
      USE_DOMAIN_SERVICE: 'true',
      LEGACY_BASE_URL: old.url,
      ROLLOUT_FILE: path.join(dir, 'rollout.yaml'),
    });
    const browser = await TestBrowser.launch();
    try {
      const found = async () =>
        (await site.get<{ mismatches: unknown[] }>('/rollout/camera-config/mismatches')).mismatches.length > 0;
      await eventually(async () => (await site.get('/cameras/line-1'), found()), { within: 90_000, every: 200 });
      const page = await browser.open(site.url, '/rollout?group=camera-config&tab=mismatches');
      const marked = page.getByRole('row').filter({ hasText: '/name' }).first();
      await marked.waitFor();
      expect(await marked.getByRole('cell').allTextContents()).toEqual(['/value/name', '"New name"', '"Old name"']);
      await page.getByText('Both answers side by side').first().click();
      await page.getByRole('region', { name: 'new path' }).first().getByText('≠ "name": "New name"').waitFor();
      await page.getByRole('region', { name: 'legacy path' }).first().getByText('≠ "name": "Old name"').waitFor();
      const all = await page.content();
      expect(all).toContain('***');
      expect(all).not.toMatch(/(old|new)5ecret/);
      expect((await call(site.url, 'GET', '/cameras/line-1')).status).toBe(200);
      expect(browser.errors).toEqual([]);
    } finally {
      await browser.close();
      await site.remove();
      await old.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
