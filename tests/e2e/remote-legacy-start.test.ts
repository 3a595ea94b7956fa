import { startOldBackend } from '../support/old-backend';
import { BareSite, call } from '../support/service-run';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const DOOR = { id: 'door', name: 'Door', source: '0' };

describe('a start with LEGACY_BASE_URL', () => {
  let database: TestDatabase;
  let site: BareSite;
  beforeEach(async () => {
    database = await createTestDatabase();
    site = new BareSite();
  });
  afterEach(async () => {
    await site.remove();
    await database.drop();
  });

  it('names the old backend, without credentials, and has it serve the legacy path on the same file', async () => {
    const old = await startOldBackend(site.camerasFile);
    const { host } = new URL(old.url);
    const run = site.start({ DATABASE_URL: database.url, LEGACY_BASE_URL: `http://bridge:geheim@${host}` });
    const url = await run.ready();
    expect(run.output).toContain(`legacy    the old backend at ${host}\n`);
    expect(await call(url, 'POST', '/cameras', DOOR)).toMatchObject({ status: 200, body: { camera: DOOR } });
    expect(old.requests.map((r) => r.method)).toContain('POST');
    expect(await call(url, 'GET', '/cameras/door?force_domain=true')).toMatchObject({ status: 200, body: DOOR });
    expect(run.output).not.toContain('geheim');
    await old.close();
  });

  it('is ready while the old backend is down', async () => {
    const run = site.start({ DATABASE_URL: database.url, LEGACY_BASE_URL: 'http://127.0.0.1:1' });
    expect(await call(await run.ready(), 'GET', '/cameras')).toMatchObject({ status: 503 });
  });

  it('is refused when that is the service itself', async () => {
    const settings = { DATABASE_URL: database.url, PORT: '8000', LEGACY_BASE_URL: 'http://localhost:8000/' };
    const { code, output } = await site.start(settings).ended;
    expect(code).toBe(1);
    expect(output).toContain('did not start: LEGACY_BASE_URL is the address of this service itself: ');
  });
});
