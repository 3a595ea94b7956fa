import request from 'supertest';
import type { Server } from 'node:http';
import { allOperations } from '../../src/api/catalogue';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const CAMERAS = '/api/v1/cameras';
/** What old clients send where nothing is expected. */
const UNWANTED = ['auto_start=false', 'text', '[]', '[1]', '0', 'null', '{', '{"force":true}', '{"a":1,"a":2}', '\xff'];

describe('a body where none is wanted', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.cameras.configuration.reconcile();
    server = httpOf(site).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await new Promise((closed) => server.close(closed));
    await site.close();
    await database.drop();
  });

  const send = (method: 'post' | 'put' | 'delete', path: string, body: string) => {
    const call = request(server)[method](CAMERAS + path);
    return call.set('content-type', 'application/json').send(body);
  };

  it.each(UNWANTED)('%j is ignored, as the old backend did', async (body) => {
    await send('post', '/cam2/activate', body).expect(200);
    await send('post', '/refresh', body).expect(200);
    for (const wanted of [true, false]) {
      const answer = await send('put', `/cam1/auto-start?auto_start=${wanted}`, body).expect(200);
      expect(answer.body).toEqual({ ok: true, camera_id: 'cam1', auto_start: wanted });
    }
    await request(server).post(CAMERAS).send({ id: 'n1', name: 'N', source: '1' }).expect(200);
    await send('delete', '/n1', body).expect(200, { status: 'success' });
  });

  it('is not that of auto-start where it names the setting, and then it is read strictly', async () => {
    const autoStart = async (body: string, query = '') => {
      const answer = await send('put', `/cam1/auto-start${query}`, body);
      return [answer.status, answer.body.auto_start ?? answer.body.errors?.[0]?.loc];
    };
    expect(await autoStart('{"auto_start":true}')).toEqual([200, true]);
    expect(await autoStart('{"auto_start":true}', '?auto_start=false')).toEqual([200, false]);
    expect(await autoStart('{"auto_start":"perhaps"}')).toEqual([400, ['body', 'auto_start']]);
    expect(await autoStart('{"auto_start":true,"x":1}')).toEqual([400, ['body', 'x']]);
    expect(await autoStart('{"auto_start":true,"auto_start":false}')).toEqual([400, ['body', 'auto_start']]);
  });

  it('is still refused where it is too large', async () => {
    await send('post', '/refresh', 'x'.repeat(300_000)).expect(413);
  });

  it('is read everywhere else, and by auto-start and removals alone where it names their parameter', () => {
    const used = (use: string) => allOperations.filter(({ verb, body }) => verb !== 'GET' && body.use === use);
    expect(used('optional').map(({ id }) => id)).toEqual(['cameras.remove', 'camera-control.setAutoStart']);
    expect(
      used('ignored')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([
      'access.revokeToken',
      'access.signOut',
      'alert-handling.replay',
      'alerts.remove',
      'camera-config.restore',
      'camera-control.activate',
      'camera-control.deactivate',
      'camera-control.refresh',
      'camera-control.restart',
      'camera-control.start',
      'camera-control.stop',
      'regions.clear',
      'regions.remove',
      'rollout.endVerification',
    ]);
    expect(used('read').length).toBeGreaterThan(15);
  });
});
