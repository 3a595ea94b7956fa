import request from 'supertest';
import type { Server } from 'node:http';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { PgControlPlane, STALE_AFTER_MS } from '../../src/infrastructure/postgres/pg-control-plane';
import { Cable } from '../support/cable';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

describe('an instance that cannot hear of the rollout any more', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let cable: Cable;
  let control: PgControlPlane;
  let connection: DedicatedConnection;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.cameras.configuration.reconcile();
    cable = new Cable(database.url);
    const policy = site.modules.rollout.policy;
    const listener = {
      install: policy.install.bind(policy),
      setStale: policy.setStale.bind(policy),
    };
    const instance = { id: '00000000-0000-4000-8000-000000000001', name: 'behind the cable' };
    connection = new DedicatedConnection(await cable.open(), site.log);
    control = new PgControlPlane(connection, instance, listener, site.log);
    await control.start();
    server = httpOf(site).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    server.close();
    cable.silent = false;
    await control.stop();
    await connection.stop();
    cable.close();
    await site.close();
    await database.drop();
  });

  let fps = 1;
  const write = async () => {
    fps = (fps % 200) + 1;
    const { status, headers } = await request(server).put('/api/v1/cameras/cam1').send({ fps });
    return `${status} ${headers['x-served-by']} ${headers['x-rollout-reason']}`;
  };
  const read = async () => (await request(server).get('/api/v1/cameras/cam1').expect(200)).headers['x-served-by'];

  it('takes its writes to legacy within 15 seconds, keeps its reads, and comes back by itself', async () => {
    expect(await write()).toBe('200 domain static');
    cable.silent = true;
    const from = performance.now();
    await eventually(async () => expect(await write()).toBe('200 legacy stale'), {
      within: 60_000,
      every: 200,
    });
    const seconds = (performance.now() - from) / 1000;
    expect(seconds).toBeGreaterThan(10);
    inTime(seconds * 1_000, STALE_AFTER_MS + 5_000);
    expect(await read()).toBe('domain');
    cable.silent = false;
    await eventually(async () => expect(await write()).toBe('200 domain static'), { within: 60_000, every: 200 });
    await site.agreement();
  }, 180_000);
});
