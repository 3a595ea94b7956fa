import request from 'supertest';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

describe.each(['true', 'false'])('the system, with force_domain=%s', (force) => {
  let database: TestDatabase;
  let site: TestSite;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await site.close();
    await database.drop();
  });
  const get = async (path: string) =>
    (await request(httpOf(site)).get(`/api/v1/system/${path}?force_domain=${force}`).expect(200)).body;

  it('tells its files by name, and neither where they lie nor what the environment is', async () => {
    const config = await get('config');
    expect(config).toMatchObject({
      config_files: {
        cameras: { exists: true, path: 'cameras.yaml', size: Buffer.byteLength(site.text()), readable: true },
        regions: { exists: false, path: 'regions.json' },
      },
      environment: { HBD_REGIONS_FILE: null, PYTHONPATH: null, PATH: null },
      working_directory: null,
    });
    expect(JSON.stringify(config)).not.toMatch(/\/tmp|\/usr|\/bin|geheim/);
  });

  it('tells the folders it needs, and its resources', async () => {
    expect(await get('health')).toMatchObject({
      status: expect.stringMatching(/^(healthy|warning)$/),
      directories: { config: { exists: true, is_directory: true, readable: true, writable: true } },
      files: { 'main.py': { exists: false, readable: false } },
      resources: { memory_usage: expect.any(Number), disk_usage: expect.any(Number), cpu_usage: expect.any(Number) },
    });
  });
});
