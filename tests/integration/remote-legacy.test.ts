import request from 'supertest';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { CamerasPort } from '../../src/application/cameras/cameras-port';
import { Unavailable } from '../../src/domain/shared/domain-error';
import { OldBackendClient } from '../../src/infrastructure/legacy-remote/old-backend-client';
import { RemoteCameras } from '../../src/infrastructure/legacy-remote/remote-cameras';
import { inTime } from '../support/in-time';
import type { OldFault, OldRequest } from '../support/old-backend';
import { type SharedFile, oldBackendOnFile } from '../support/old-backend-on-file';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const WITHIN_MS = 400;
const MAX_ANSWER_BYTES = 1024 * 1024;
const isWrite = ({ method }: OldRequest) => method !== 'GET';

let database: TestDatabase;
let old: SharedFile;
let site: TestSite;

beforeEach(async () => {
  database = await createTestDatabase();
  old = await oldBackendOnFile();
});
afterEach(async () => {
  await site.close();
  await old.close();
  await database.drop();
});

async function open(options: { readonly legacyBaseUrl?: string; readonly shared?: boolean } = {}): Promise<void> {
  const { shared = true, legacyBaseUrl = old.site.legacyBaseUrl } = options;
  const own = shared ? { camerasFile: old.site.camerasFile } : {};
  site = await testSite({ databaseUrl: database.url, legacyBaseUrl, ...own });
  await site.modules.cameras.configuration.reconcile();
}

const oldText = () => readFileSync(old.site.camerasFile, 'utf8');

describe('cameras of an old backend in trouble', () => {
  let cameras: CamerasPort;

  beforeEach(async () => {
    await open();
    const client = new OldBackendClient(old.backend.url, { withinMs: WITHIN_MS, maxAnswerBytes: MAX_ANSWER_BYTES });
    const of = site.modules;
    cameras = new RemoteCameras(
      client,
      of.cameras.repository,
      of.cameras.revisions,
      of.cameras.configuration,
      of.platform.clock,
      site.log,
    );
  });

  async function failure(call: () => Promise<unknown>) {
    const from = performance.now();
    const error = await call().then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(Unavailable);
    const { code, effect, message } = error as Unavailable;
    expect(message).not.toMatch(/geheim|127\.0\.0\.1|http|html|postgres/);
    return { code, effect, ms: performance.now() - from };
  }

  const CODES: readonly [OldFault, string, Unavailable['effect']][] = [
    ['refuse', 'legacy.unreachable', 'not-started'],
    ['turn-away', 'legacy.failed', 'not-started'],
    ['fail-500', 'legacy.failed', 'unknown'],
    ['fail-503', 'legacy.failed', 'unknown'],
    ['reset', 'legacy.interrupted', 'unknown'],
    ['hang', 'legacy.timeout', 'unknown'],
    ['html', 'legacy.unreadable', 'unknown'],
    ['truncated', 'legacy.unreadable', 'unknown'],
    ['huge', 'legacy.unreadable', 'unknown'],
  ];

  it.each(CODES)('are unavailable to reads in bounded time (%s: %s)', async (fault, code) => {
    await old.backend.fault(fault);
    for (const read of [() => cameras.list({}), () => cameras.get({ camera_id: 'cam1' })]) {
      const seen = await failure(read);
      expect(seen).toMatchObject({ code, effect: 'not-started' });
      inTime(seen.ms, WITHIN_MS + 500);
    }
    await old.backend.fault(undefined);
    expect((await cameras.list({})).cameras).toHaveLength(2);
  });

  it.each(CODES)('say what became of a write (%s: %s, %s)', async (fault, code, effect) => {
    const calls: [() => Promise<unknown>, string][] = [
      [() => cameras.create({ id: 'cam3', name: 'Drei', source: '3' }), 'POST'],
      [() => cameras.update({ camera_id: 'cam1', fps: 7 }), 'PUT'],
      [() => cameras.remove({ camera_id: 'cam2' }), 'DELETE'],
    ];
    await old.backend.fault(fault, isWrite);
    for (const [write, method] of calls) {
      const before = oldText();
      expect(await failure(write)).toMatchObject({ code, effect });
      expect(old.backend.requests.filter((r) => r.method === method).length).toBe(fault === 'refuse' ? 0 : 1);
      if (effect === 'not-started') expect(oldText()).toBe(before);
    }
    await site.modules.cameras.configuration.reconcile();
    await site.agreement();
  });

  it('are served when they come late, but in time', async () => {
    await old.backend.fault('slow');
    expect((await cameras.update({ camera_id: 'cam1', fps: 7 })).camera.fps).toBe(7);
  });

  it('keep a write that was made, though it cannot be read back', async () => {
    await old.backend.fault('fail-500', ({ method }) => method === 'GET' && old.backend.requests.some(isWrite));
    expect((await cameras.update({ camera_id: 'cam1', fps: 7 })).camera).toMatchObject({ name: '一号', fps: 7 });
    expect(oldText()).toContain('fps: 7');
    expect(site.log.lines.filter((line) => line.includes('read back'))).toHaveLength(1);
  });

  it('keep a write that was made, though the table cannot follow yet', async () => {
    const reconcile = jest.spyOn(site.modules.cameras.configuration, 'reconcile');
    await old.backend.fault('slow', (call) => {
      if (isWrite(call))
        reconcile.mockRejectedValueOnce(new Unavailable('database.unavailable', 'down', 'not-started'));
      return false;
    });
    expect((await cameras.remove({ camera_id: 'cam1' })).status).toBe('success');
    expect(oldText()).not.toContain('cam1');
    expect(site.log.lines.filter((line) => line.includes('could not be taken in yet'))).toHaveLength(1);
  });

  it('cannot change what an old backend never finds again: an id that is a number', async () => {
    site.write(site.text().replace('id: cam2', 'id: 5'));
    expect((await cameras.list({})).cameras.map((c) => c.id)).toEqual(['cam1', '5']);
    const refusal = { kind: 'conflict', code: 'legacy.camera_id' };
    await expect(cameras.update({ camera_id: '5', fps: 1 })).rejects.toMatchObject(refusal);
    await expect(cameras.remove({ camera_id: '5' })).rejects.toMatchObject(refusal);
    const again = cameras.create({ id: '5', name: 'x', source: '1' });
    await expect(again).rejects.toMatchObject({ code: 'camera.exists' });
    expect(old.backend.requests.some(isWrite)).toBe(false);
  });

  it('send only the fields that change', async () => {
    const { camera } = await cameras.update({ camera_id: 'cam1', name: '一号', fps: 9, enabled: true });
    expect(camera.fps).toBe(9);
    expect(old.backend.requests.find(isWrite)?.body).toEqual({ fps: 9 });
  });
});

describe('an old backend with a file of its own', () => {
  const cameras = () => site.modules.legacy.cameras;
  beforeEach(() => open({ shared: false }));

  it('changes that file, and the table stays as it is', async () => {
    await cameras().update({ camera_id: 'cam1', fps: 7 });
    expect(oldText()).toContain('fps: 7');
    expect(site.text()).toContain('fps: 25');
    expect((await cameras().get({ camera_id: 'cam1' })).fps).toBe(7);
  });

  it('is not made to replace a file that it cannot read, and the table answers for it', async () => {
    const broken = 'cameras: [{id: cam1\n';
    writeFileSync(old.site.camerasFile, broken);
    expect((await cameras().list({})).cameras.map((c) => c.id)).toEqual(['cam1', 'cam2']);
    const create = cameras().create({ id: 'cam3', name: 'Drei', source: '3' });
    await expect(create).rejects.toMatchObject({ code: 'legacy.unreadable', effect: 'not-started' });
    expect(oldText()).toBe(broken);
  });
});

describe('the HTTP API before an old backend', () => {
  const CAMERAS = '/api/v1/cameras';
  const FORCED = '?force_domain=false';
  let server: Server;
  const listen = async (legacyBaseUrl = old.backend.url) => {
    await open({ legacyBaseUrl });
    server = httpOf(site).listen(0, '127.0.0.1');
  };
  afterEach(() => void server.close());

  it('is served by it on the legacy path, under the same request id', async () => {
    await listen();
    const { headers, body } = await request(server)
      .get(`${CAMERAS}${FORCED}`)
      .set('x-request-id', 'my-id-1')
      .expect(200);
    expect(headers).toMatchObject({ 'x-served-by': 'legacy', 'x-rollout-reason': 'forced' });
    expect(body.cameras).toMatchObject([{ id: 'cam1', source: 'rtsp://user:***@10.0.0.1/live' }, { id: 'cam2' }]);
    expect(old.backend.requests).toMatchObject([{ query: FORCED, headers: { 'x-request-id': 'my-id-1' } }]);
  });

  it('has a change in the table before it answers', async () => {
    await listen();
    await request(server).post(`${CAMERAS}${FORCED}`).send({ id: 'cam3', name: 'Drei', source: '3' }).expect(200);
    await request(server).put(`${CAMERAS}/cam3${FORCED}`).send({ fps: 5, active: false }).expect(200);
    const { body } = await request(server).get(`${CAMERAS}/cam3?force_domain=true`).expect(200);
    expect(body).toMatchObject({ name: 'Drei', fps: 5, active: false });
    await request(server).delete(`${CAMERAS}/cam3${FORCED}`).expect(200);
    await request(server).get(`${CAMERAS}/cam3?force_domain=true`).expect(404);
    await site.agreement();
  });

  it('answers 503 with Retry-After while the old backend is down, for the legacy path only, and recovers', async () => {
    await listen();
    await old.backend.fault('refuse');
    for (const call of [
      request(server).get(`${CAMERAS}${FORCED}`),
      request(server).put(`${CAMERAS}/cam1${FORCED}`).send({ fps: 5 }),
      request(server).get(`/api/v1/system/info${FORCED}`),
    ]) {
      const { body, headers } = await call.expect(503);
      expect(headers).toMatchObject({ 'retry-after': '2', 'x-served-by': 'legacy' });
      expect(body).toMatchObject({ code: 'legacy.unreachable', detail: 'The old backend cannot be reached.' });
    }
    await request(server).get(`${CAMERAS}?force_domain=true`).expect(200);
    await old.backend.fault(undefined);
    await request(server).get(`${CAMERAS}${FORCED}`).expect(200);
  });

  it('answers 503 in bounded time while the old backend hangs', async () => {
    await listen();
    await old.backend.fault('hang');
    const from = performance.now();
    const { body } = await request(server).get(`${CAMERAS}${FORCED}`).expect(503);
    expect(body.code).toBe('legacy.timeout');
    inTime(performance.now() - from, 6_000);
  });

  it('passes on nothing of the errors of the old backend', async () => {
    await listen();
    for (const fault of ['fail-500', 'fail-503', 'turn-away', 'html'] as const) {
      await old.backend.fault(fault);
      const { text } = await request(server).get(`${CAMERAS}${FORCED}`).expect(503);
      expect(text).not.toMatch(/geheim|127\.0\.0\.1|html>|服务器|req_/);
    }
    expect(site.log.lines.join('\n')).not.toContain('geheim');
  });

  it('sends credentials of the address as they are meant, and shows them nowhere', async () => {
    const address = `${old.backend.url.replace('//', '//bridge:p%40ss@')}/`;
    await listen(address);
    await request(server).get(`${CAMERAS}${FORCED}`).expect(200);
    await old.backend.fault('refuse');
    const { text } = await request(server).get(`${CAMERAS}${FORCED}`).expect(503);
    const [{ path, headers }] = old.backend.requests as [OldRequest];
    expect(path).toBe(CAMERAS);
    expect(headers.authorization).toBe(`Basic ${Buffer.from('bridge:p@ss').toString('base64')}`);
    expect(`${text}${site.log.lines.join('\n')}`).not.toMatch(/p@ss|p%40ss|Basic/);
  });

  it.each([true, false])(
    'has one home for rules: one made with force_domain=%s is there on either path',
    async (made) => {
      await listen();
      const rules = '/api/v1/alerts/rules';
      const rule = { name: 'one home', rule_type: 'violation_threshold', conditions: { threshold: 5 } };
      const { body } = await request(server).post(`${rules}?force_domain=${made}`).send(rule).expect(200);
      const [domain, legacy] = await Promise.all(
        [true, false].map((path) => request(server).get(`${rules}/${body.id}?force_domain=${path}`).expect(200)),
      );
      expect(domain?.body).toMatchObject({ id: body.id, name: 'one home' });
      expect(legacy?.body).toEqual(domain?.body);
      await request(server).delete(`${rules}/${body.id}?force_domain=${!made}`).expect(200);
      await request(server).get(`${rules}/${body.id}?force_domain=${made}`).expect(404);
      for (const where of ['/alerts/history-db', '/records/violations', '/events/recent', '/statistics/summary'])
        await request(server).get(`/api/v1${where}${FORCED}`).expect(200);
      expect(old.backend.requests.map(({ path }) => path).filter((path) => !path.includes('/cameras'))).toEqual([]);
    },
  );

  it('answers the machine of the old backend in the present shape', async () => {
    await listen();
    const { body } = await request(server).get(`/api/v1/system/info${FORCED}`).expect(200);
    expect(body).toMatchObject({
      system: { hostname: 'old-host', python_version: '3.11.4', node_version: null, architecture: ['64bit', 'ELF'] },
      cpu: { count: 4, physical_count: null },
      psutil_available: false,
    });
    expect(body.timestamp).toMatch(/Z$/);
    expect(JSON.stringify(body)).not.toContain('note');
  });
});
