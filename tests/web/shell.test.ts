import { eventually } from '../support/eventually';
import { call } from '../support/service-run';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

describeInBrowser('the shell', () => {
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start([{ id: 'line-1', starts: true }, { id: 'gate' }], { REQUIRE_TOKEN: 'true' });
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await site.remove();
  });

  // A test that ends early takes no service away from the next one.
  afterEach(() => site.up());

  async function loggedIn(token: string, path = '/', opening = {}) {
    const page = await browser.open(site.url, path, opening);
    await page.locator('input[name="token"]').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    return page;
  }

  it('asks for a token where one is needed, says when it is wrong, and keeps the address', async () => {
    const page = await browser.open(site.url, '/cameras?q=gate');
    await page.locator('input[name="token"]').fill('wgt_wrong');
    await page.keyboard.press('Enter');
    await page.getByText('not valid any more').waitFor();
    await page.locator('input[name="token"]').fill(site.adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Cameras' }).getByText('gate').first().waitFor();
    expect(new URL(page.url()).search).toBe('?q=gate');
    expect(await page.evaluate(() => Object.values(localStorage).join() + document.cookie)).not.toContain('wgt_');
    await page.context().close();
  });

  it('shows a viewer why nothing can be changed', async () => {
    const page = await loggedIn(await site.token('viewer', 'visitor'), '/cameras/line-1');
    const stop = page.getByRole('button', { name: /Stop|Start/ }).first();
    await eventually(async () => (await stop.getAttribute('aria-disabled')) === 'true');
    expect(await stop.textContent()).toContain('Needs the role operator');
    await page.context().close();
  });

  it('asks again when the token is revoked in use, and keeps the half-filled form', async () => {
    const token = await site.token('operator', 'li');
    const page = await loggedIn(token, '/cameras/new');
    await page.locator('input[name="id"]').fill('line-9');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '添加摄像头' }).waitFor();
    expect(await page.locator('input[name="id"]').inputValue()).toBe('line-9');
    await page.locator('input[name="source"]').fill('testsrc:');
    const auth = { authorization: `Bearer ${site.adminToken}` };
    const { tokens } = (await (await fetch(`${site.url}/api/v1/access/tokens`, { headers: auth })).json()) as {
      tokens: { id: string; name: string }[];
    };
    const { id } = tokens.find(({ name }) => name === 'li') ?? { id: '' };
    await fetch(`${site.url}/api/v1/access/tokens/${id}`, { method: 'DELETE', headers: auth });
    // The service closes the socket of a token that is no more: the page asks without another request.
    await page.locator('input[name="token"]').fill(await site.token('operator', 'li again'));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.locator('input[name="id"]').inputValue()).toBe('line-9');
    expect(await page.locator('input[name="source"]').inputValue()).toBe('testsrc:');
    expect(new URL(page.url()).pathname).toBe('/cameras/new');
    await page.getByRole('button', { name: '添加', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /line-9/ }).waitFor();
    await page.context().close();
  });

  it('goes everywhere by keys: g and a letter, Ctrl+K, ?', async () => {
    const page = await loggedIn(site.adminToken);
    await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Rollout' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('gate');
    await page.getByRole('option', { name: /^gate/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /gate/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('says how long it is not live, keeps what is on the screen, and goes on by itself', async () => {
    const page = await loggedIn(site.adminToken, '/cameras');
    await page.getByRole('link', { name: /gate/ }).first().waitFor();
    await site.kill();
    await page.getByText(/not live for/).waitFor();
    await page.getByText(/You see what was known at/).waitFor();
    expect(await page.getByRole('link', { name: /gate/ }).count()).toBeGreaterThan(0);
    await site.up();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText(/live < /).waitFor();
    await page.context().close();
  });

  it('says it as well where no socket can be opened and everything is asked for', async () => {
    const page = await loggedIn(site.adminToken, '/cameras');
    await page.routeWebSocket(/ws\/live/, (socket) => socket.close());
    await page.reload();
    await page.getByText('asked every 4 s').waitFor();
    await page.getByRole('link', { name: /gate/ }).first().waitFor();
    await site.kill();
    await page.getByText(/not live for/).waitFor();
    await page.getByText(/You see what was known at/).waitFor();
    await site.up();
    await page.getByText('asked every 4 s').waitFor();
    await page.context().close();
  });

  it('shows times in the zone of the site, whatever that of the browser', async () => {
    const page = await loggedIn(site.adminToken);
    await page.getByText('+08:00').first().waitFor();
    expect((await call(site.url, 'GET', '/access/me')).status).toBe(401);
    await page.context().close();
  });
});
