import request from 'supertest';
import { execFile } from 'node:child_process';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const API = '/api/v1/rollout';

describe('the rollout API and its command', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, rollout: { useDomain: false, percent: 0 } });
    await site.modules.cameras.configuration.reconcile();
    await site.modules.rollout.controlPlane.start();
    server = httpOf(site).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    server.close();
    await site.modules.rollout.controlPlane.stop();
    await site.close();
    await database.drop();
  });

  it.each<[string, object, number, string]>([
    ['/nope/start', {}, 404, 'rollout.group_not_found'],
    ['/camera-config/set-percent', { percent: 101 }, 400, 'request.invalid'],
    ['/camera-config/set-percent', { percent: -1 }, 400, 'request.invalid'],
    ['/camera-config/set-percent', { percent: 'NaN' }, 400, 'request.invalid'],
    ['/camera-config/set-percent', { percent: null }, 400, 'request.invalid'],
    ['/camera-config/set-percent', {}, 400, 'request.invalid'],
    ['/camera-config/set-percent', { percent: 33.333 }, 400, 'request.invalid'],
    ['/camera-config/set-percent', { percent: 5, share: 5 }, 400, 'request.invalid'],
    ['/camera-config/promote', {}, 409, 'rollout.not_running'],
    ['/camera-config/rollback', { reason: 'because' }, 409, 'rollout.at_zero'],
    ['/camera-config/approve', {}, 400, 'request.invalid'],
    ['/kill', {}, 400, 'request.invalid'],
    ['/kill', { reason: 'because', group: 'nope' }, 404, 'rollout.group_not_found'],
  ])('refuses POST %s with %j: %i %s, and changes nothing', async (path, body, status, code) => {
    const { revision } = await site.modules.rollout.store.load();
    const answer = await request(server).post(`${API}${path}`).send(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await site.modules.rollout.store.load()).revision).toBe(revision);
  });

  it('refuses a promotion that lacks evidence with 409 and the list of what is missing; approve is the way', async () => {
    const group = 'system-read';
    await request(server).post(`${API}/${group}/start`).expect(200);
    const { body } = await request(server).post(`${API}/${group}/promote`).expect(409);
    expect(body).toMatchObject({ code: 'rollout.evidence_missing' });
    const what = body.missing.map((m: { what: string }) => m.what);
    expect(what).toEqual(expect.arrayContaining(['bake', 'calls', 'comparisons']));
    await request(server).post(`${API}/${group}/approve`).send({ reason: 'seen in the laboratory' }).expect(200);
    const after = await request(server).post(`${API}/${group}/promote`).expect(409);
    expect(after.body.missing.map((m: { what: string }) => m.what)).toEqual(['bake']);
  });

  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string }>((done) => {
      const WATCHGATE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const env = { ...process.env, WATCHGATE_URL };
      execFile(
        process.execPath,
        [resolve(__dirname, '../../dist/src/cli/rollout.js'), ...args],
        { env },
        (error, stdout, stderr) =>
          done({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout + stderr }),
      );
    });

  it('proves a percentage from outside: keys, headers, fallback, kill and both paths', async () => {
    expect(await run('start', '--group', 'camera-config')).toMatchObject({ code: 0 });
    const { code, out } = await run('verify', '--group', 'camera-config', '--percent', '10');
    expect(out).not.toContain('FAILED');
    expect(out).toMatch(/59 calls, 0 leaks\s+ok\n.*59 calls, 0 leaks\s+ok/);
    expect(code).toBe(0);
    expect((await request(server).get(`${API}/camera-config`).expect(200)).body).toMatchObject({ verified: true });
  });

  it.each<[string, string[], number, string]>([
    ['nothing', [], 2, 'Usage'],
    ['an unknown command', ['fly'], 2, 'no command "fly"'],
    ['an unknown option', ['status', '--fast'], 2, '--fast'],
    ['a missing group', ['start'], 2, '--group is required'],
    ['a percentage that is none', ['verify', '--group', 'camera-config', '--percent', 'ten'], 2, '0 to 100'],
    ['an unknown group', ['start', '--group', 'nope'], 3, 'no group "nope"'],
    ['a percentage the group is not at', ['verify', '--group', 'camera-config', '--percent', '50'], 3, 'not at 50 %'],
    ['a status', ['status'], 0, 'camera-config'],
    ['a report in Chinese', ['report', '--lang', 'zh'], 0, '灰度发布报告'],
  ])('ends with a code a pipeline can use for %s', async (_what, args, code, says) => {
    const ended = await run(...args);
    expect(ended.out).toContain(says);
    expect(ended.code).toBe(code);
  });

  it('says that no service answers, with a code of its own', async () => {
    const dead = 'http://127.0.0.1:1';
    const ended = await run('status', '--url', dead);
    expect(ended).toMatchObject({ code: 4, out: expect.stringContaining(dead) });
  });
});
