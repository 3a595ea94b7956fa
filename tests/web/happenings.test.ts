import { webhookReceiver } from '../support/webhook-receiver';
import { eventually } from '../support/eventually';
import { call } from '../support/service-run';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

describeInBrowser('events, statistics and alerts', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start([{ id: 'line-1' }, { id: 'sink-2' }], { WEBHOOK_ALLOW: '127.0.0.1' });
    await site.violations(6, { apartMs: 60_000 });
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  it('goes along the timeline by keys, and the address brings the same event back', async () => {
    const page = await browser.open(site.url, '/events');
    const timeline = page.getByRole('slider');
    await timeline.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => location.search.includes('id='));
    const spoken = await timeline.getAttribute('aria-valuetext');
    expect(spoken).toContain('line-1');
    await page.reload();
    await eventually(async () => (await timeline.getAttribute('aria-valuetext')) === spoken);
    await page.context().close();
  });

  it('shows a new violation within a moment, without being asked', async () => {
    const page = await browser.open(site.url, '/');
    await page.getByText(/violations? waits? for a decision/).waitFor();
    await site.violations(1, { camera: 'sink-2' });
    await page.getByText(/7 violations wait for a decision/).waitFor({ timeout: 10_000 });
    await page.context().close();
  });

  it('makes a rule, shows what it would have told, and its alert is acknowledged by a key', async () => {
    const page = await browser.open(site.url, '/alerts/rules/new');
    await page.getByRole('textbox', { name: 'Name' }).fill('too many');
    await page.getByRole('spinbutton', { name: 'Violations' }).fill('2');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText(/would have alerted [1-9]\d* times/).waitFor();
    await site.violations(3, { camera: 'sink-2', apartMs: 1_000 });
    await page.goto(`${site.url}/alerts`);
    const item = page.getByRole('listitem').filter({ hasText: 'too many' }).first();
    await item.waitFor({ timeout: 60_000 });
    await item.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('textbox').fill('looked at it');
    await page.keyboard.press('Enter');
    await page.getByText('“looked at it”').waitFor();
    await page.context().close();
  });

  it('shows a delivery that was given up, sends it again, and says that it arrived (T15)', async () => {
    const receiver = await webhookReceiver();
    receiver.reaction = () => 410;
    const page = await browser.open(site.url, '/alerts/rules/new');
    await page.getByRole('textbox', { name: 'Name' }).fill('by webhook');
    await page.getByRole('spinbutton', { name: 'Violations' }).fill('1');
    await page.getByText('webhook', { exact: true }).click();
    await page.getByRole('textbox', { name: /Addresses/ }).fill(receiver.url);
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText(/would have alerted/).waitFor();
    await site.violations(1, { apartMs: 1_000 });
    await page.goto(`${site.url}/alerts`);
    const item = page.getByRole('listitem').filter({ hasText: 'by webhook' }).first();
    await item.waitFor({ timeout: 60_000 });
    await page.goto(`${site.url}/alerts?tab=deliveries`);
    const row = page.getByRole('row').filter({ hasText: /127.0.0.1/ });

    await row.getByText('given up').waitFor();
    await row.getByText(/410/).waitFor();
    receiver.reaction = () => 200;
    await row.getByRole('button', { name: 'Send again' }).click();
    await row.getByText('delivered').waitFor();
    expect(receiver.received.length).toBeGreaterThan(1);
    expect(await row.getByRole('button').count()).toBe(0);
    await receiver.close();
    await page.context().close();
  });

  it('leaves of a rule what it did not change, whatever channels it has', async () => {
    const channels = ['mqtt', 'log'];
    const made = {
      name: 'by MQTT',
      rule_type: 'violation_threshold',
      conditions: {
        threshold: 9,
        labels: ['no_hairnet', 'no_apron'],
        schedule: { weekdays: ['mon', 'tue'], from: '06:00', time_zone: 'Asia/Shanghai' },
      },
      notification_channels: channels,
    };
    const { id } = (await site.post('/alerts/rules', made)).body as { id: number };
    const page = await browser.open(site.url, `/alerts/rules/${id}`);
    await page.getByRole('textbox', { name: 'Name' }).fill('by MQTT, renamed');
    await page.getByRole('button', { name: 'Save' }).click();
    const stored = () => site.get<Record<string, unknown>>(`/alerts/rules/${id}`);
    await eventually(async () => (await stored()).name === 'by MQTT, renamed');
    const { conditions, ...rest } = made;
    expect(await stored()).toMatchObject({ ...rest, name: 'by MQTT, renamed', conditions });
    await page.context().close();
  });

  it('silences a rule for some hours, keeps its other times, and lets it alert again', async () => {
    const schedule = { weekdays: ['sun'], time_zone: 'Asia/Shanghai' };
    const made = { name: 'while we clean', rule_type: 'violation_threshold', conditions: { threshold: 9, schedule } };
    const { id } = (await site.post('/alerts/rules', made)).body as { id: number };
    type Rule = { readonly conditions: { readonly schedule: { readonly silent_until?: string } } };
    const stored = async () => (await site.get<Rule>(`/alerts/rules/${id}`)).conditions.schedule;
    const page = await browser.open(site.url, `/alerts/rules/${id}`);
    await page.getByRole('button', { name: 'Silent for 4 h' }).click();
    await page.getByText(/^silent until/).waitFor();
    const { silent_until: until = '', ...others } = await stored();
    expect(others).toEqual(schedule);
    expect(Math.abs(Date.parse(until) - Date.now() - 4 * 3_600_000)).toBeLessThan(600_000);
    await page.goto(`${site.url}/alerts?tab=rules`);
    await page
      .getByRole('row')
      .filter({ hasText: 'while we clean' })
      .getByText(/silent until/)
      .waitFor();
    await page.goto(`${site.url}/alerts/rules/${id}`);
    await page.getByRole('button', { name: 'Alert again' }).click();
    await page.getByRole('button', { name: 'Silent for 1 h' }).waitFor();
    expect(await stored()).toEqual(schedule);
    await page.context().close();
  });

  it('acknowledges all open alerts that are shown with one note', async () => {
    const made = { name: 'each one', rule_type: 'violation', conditions: { threshold: 1, cooldown_seconds: 0 } };
    await site.post('/alerts/rules', made);
    await site.violations(4, { camera: 'sink-2', apartMs: 1_000 });
    const open = async () => (await site.get<{ total: number }>('/alerts/history-db?status=open')).total;
    await eventually(async () => expect(await open()).toBeGreaterThan(1), { within: 60_000 });
    const page = await browser.open(site.url, '/alerts?status=open');
    await page.getByRole('button', { name: /^Acknowledge \d+ open/ }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('the whole line was being cleaned');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await eventually(async () => expect(await open()).toBe(0));
    await page.goto(`${site.url}/alerts?status=acknowledged`);
    await page.getByText('“the whole line was being cleaned”').first().waitFor();
    await page.context().close();
  });

  it('shows days as a chart and as numbers, and the list has exactly what the CSV has', async () => {
    const page = await browser.open(site.url, '/statistics');
    await page.locator('.u-wrap canvas').first().waitFor();
    await page.getByText('The same as numbers').waitFor();
    await page.goto(`${site.url}/violations?view=list&status=all`);
    await page.locator('tbody tr').first().waitFor();
    const rows = await page.locator('tbody tr').count();
    const href = (await page.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? '';
    const csv = await (await fetch(site.url + href)).text();
    expect(csv.trim().split('\n').length - 1).toBe(rows);
    expect((await call(site.url, 'GET', '/records/violations?limit=1')).body).toMatchObject({ total: rows });
    await page.context().close();
  });

  it('never makes the page wider than the screen, not even before the chart is drawn for the new width', async () => {
    const page = await browser.open(site.url, '/statistics', { width: 1_280 });
    await page.addInitScript(() => {
      globalThis.ResizeObserver = class {
        observe() {}
        unobserve() {}
        disconnect() {}
      };
    });
    await page.reload();
    await page.locator('.u-wrap canvas').first().waitFor();
    await page.setViewportSize({ width: 360, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    await page.context().close();
  });

  it('prints a shift report of one page', async () => {
    const page = await browser.open(site.url, '/shift');
    await page.getByRole('article').getByText('line-1').first().waitFor();
    const paper = await page.pdf({ format: 'A4' });
    expect(paper.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
    await page.context().close();
  });
});
