import { eventually } from '../support/eventually';
import { BareSite } from '../support/service-run';
import { TestBrowser, describeInBrowser } from './browser';
import { WebSite } from './web-site';

describeInBrowser('a site of two machines', () => {
  const other = new BareSite();
  let site: WebSite;
  let browser: TestBrowser;
  beforeAll(async () => {
    site = await WebSite.start([{ id: 'line-1', starts: true }, { id: 'sink-2' }], { NODE_CAPACITY: '4' });
    browser = await TestBrowser.launch();
  });
  afterAll(async () => {
    expect(browser.errors).toEqual([]);
    await browser.close();
    await other.remove();
    await site.remove();
  });

  type Nodes = { readonly nodes: readonly { readonly id: string; readonly cameras: number }[] };
  const cameras = async () => (await site.get<Nodes>('/nodes')).nodes.map((node) => node.cameras);

  it('shows no machines while there is one, then both, and moves the cameras away of one that is to be switched off', async () => {
    const page = await browser.open(site.url, '/system');
    await page.getByRole('region', { name: 'Parts of the service' }).first().waitFor();
    expect(
      await page
        .getByRole('region', { name: 'Machines' })
        .filter({ has: page.getByRole('table') })
        .last()
        .count(),
    ).toBe(0);
    await other
      .start({ DATABASE_URL: site.databaseUrl, CAMERAS_FILE: site.files.camerasFile, NODE_CAPACITY: '4' })
      .ready();
    const table = page
      .getByRole('region', { name: 'Machines' })
      .filter({ has: page.getByRole('table') })
      .last();
    await table.waitFor();
    await eventually(async () => expect(await cameras()).toEqual([1, 1]), { within: 60_000 });
    await table.getByRole('button', { name: 'Move its cameras away' }).first().click();
    await table.getByText('its cameras move away').waitFor();
    await eventually(async () => expect((await cameras()).toSorted((a, b) => a - b)).toEqual([0, 2]), {
      within: 60_000,
    });
    await table.getByRole('button', { name: 'Give it cameras again' }).click();
    await table.getByText('its cameras move away').waitFor({ state: 'detached' });
    await page.context().close();
  });
});
