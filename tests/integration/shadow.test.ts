import request from 'supertest';
import type { Server } from 'node:http';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const group = 'camera-config';

describe('the comparison of both paths', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  let idle: boolean;

  beforeEach(async () => {
    idle = true;
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, isIdle: () => idle, confirmAfterMs: 50 });
    await site.modules.cameras.configuration.reconcile();
    await site.modules.rollout.service.start({ group });
    const control = site.modules.rollout.controlPlane;
    await control.start();
  });
  afterEach(async () => {
    server.close();
    await site.modules.rollout.controlPlane.stop();
    await site.close();
    await database.drop();
  });

  /** After the spies: the router takes the ports' methods when it is made. */
  const listen = () => {
    server = httpOf(site).listen(0, '127.0.0.1');
  };
  const read = (path: string) => request(server).get(`/api/v1/cameras${path}`);
  const results = () => site.modules.rollout.shadow.drain();

  it('asks for at most 5 % more, after the answer, and finds the paths equal, refusals included', async () => {
    const legacy = jest.spyOn(site.modules.legacy.cameras, 'get');
    const domain = jest.spyOn(site.modules.cameras.domain, 'get');
    listen();
    for (let i = 0; i < 400; i++) await read(i % 2 === 0 ? '/cam1' : `/nope${i}`);
    const calls = legacy.mock.calls.length + domain.mock.calls.length;
    expect(calls).toBeGreaterThan(400);
    expect(calls).toBeLessThanOrEqual(400 + 5 + 0.05 * 400);
    await eventually(() => {
      const seen = results();
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.filter((r) => r.result !== 'same')).toEqual([]);
    });
  });

  it('starts only when the answer is out', async () => {
    let out = false;
    const calls: string[] = [];
    for (const port of [site.modules.legacy.cameras, site.modules.cameras.domain]) {
      const get = port.get.bind(port);
      jest.spyOn(port, 'get').mockImplementation((key) => {
        calls.push(out ? 'after the answer' : 'before the answer');
        return get(key);
      });
    }
    listen();
    server.prependListener('request', (_req, res) => void res.once('finish', () => (out = true)));
    await read('/cam1').expect(200);
    await eventually(() => expect(results()).toHaveLength(1));
    expect(calls).toEqual(['before the answer', 'after the answer']);
  });

  it('is left out while the process is busy', async () => {
    idle = false;
    listen();
    for (let i = 0; i < 50; i++) await read('/cam1').expect(200);
    expect(results()).toEqual([]);
  });

  it('asks a path that takes long rarely: for a twentieth of the time', async () => {
    const slowMs = 40;
    const domain = jest.spyOn(site.modules.cameras.domain, 'get').mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, slowMs));
      throw new Error('too slow to matter');
    });
    listen();
    const from = performance.now();
    while (performance.now() - from < 700) await read('/cam1?force_domain=false').expect(200);
    const most = 1 + (0.05 * (performance.now() - from)) / slowMs;
    expect(domain.mock.calls.length).toBeGreaterThan(0);
    expect(domain.mock.calls.length).toBeLessThanOrEqual(most);
  });

  it('is not held back long by the slow path of another group', async () => {
    const slowMs = 200;
    const domain = jest.spyOn(site.modules.cameras.domain, 'get').mockImplementation(async () => {
      await new Promise((resolve) => setTimeout(resolve, slowMs));
      throw new Error('too slow to matter');
    });
    await site.modules.rollout.service.start({ group: 'system-read' });
    listen();
    await eventually(async () => {
      await read('/cam1?force_domain=false').expect(200);
      expect(domain).toHaveBeenCalled();
    });
    // The slow group waits for four seconds, a twentieth of which its call took; the other for one.
    await eventually(async () => {
      await read('/cam1?force_domain=false').expect(200);
      await request(server).get('/api/v1/system/config').expect(200);
      expect(results().map(({ operation }) => operation)).toContain('system.config');
    });
    expect(domain).toHaveBeenCalledTimes(1);
  });

  it('finds a planted difference, says where by JSON pointer, and rolls the group back at once', async () => {
    const port = site.modules.legacy.cameras;
    const get = port.get.bind(port);
    jest.spyOn(port, 'get').mockImplementation(async (key) => ({ ...(await get(key)), fps: 99 }));
    const rollout = site.modules.rollout.service;
    listen();
    await eventually(
      async () => {
        await read('/cam1').expect(200);
        expect((await rollout.group({ group })).status).toBe('rolled_back');
      },
      { within: 15_000 },
    );
    const { mismatches } = await rollout.mismatches({ group, limit: 10 });
    expect(mismatches[0]).toMatchObject({
      operation: 'cameras.get',
      pointers: [{ pointer: '/value/fps', domain: 25, legacy: 99 }],
      input: { camera_id: 'cam1' },
      answers: { domain: { value: { fps: 25 } }, legacy: { value: { fps: 99 } } },
    });
    expect((await rollout.group({ group })).trip_reason).toContain('cameras.get');
    const { headers } = await read('/cam1').expect(200);
    expect(headers['x-served-by']).toBe('legacy');
  });

  it('takes a difference that passes as noise', async () => {
    const port = site.modules.legacy.cameras;
    const get = port.get.bind(port);
    let n = 0;
    jest.spyOn(port, 'get').mockImplementation(async (key) => ({ ...(await get(key)), fps: n++ }));
    const seen: string[] = [];
    listen();
    await eventually(
      async () => {
        await read('/cam1').expect(200);
        seen.push(...results().map((r) => r.result));
        expect(seen.length).toBeGreaterThan(2);
      },
      { within: 15_000 },
    );
    expect(new Set(seen)).toEqual(new Set(['noise']));
    expect((await site.modules.rollout.service.group({ group })).status).toBe('running');
  });
});
