import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessStatus } from '../../src/application/camera-control/camera-control-port';
import { eventually } from '../support/eventually';
import { BareSite, call } from '../support/service-run';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const CAMERAS = `cameras:
  - {id: demo, name: demo, source: 'testsrc:size=320x180,rate=10', fps: 10, auto_start: true}
  - {id: other, name: other, source: 'testsrc:size=320x180,rate=5', active: false}
`;

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error instanceof Object && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return false;
    throw error;
  }
};

describe('detection processes over the API', () => {
  let database: TestDatabase;
  let site: BareSite;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = new BareSite();
    writeFileSync(site.camerasFile, CAMERAS);
    url = await start();
  }, 60_000);
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  const start = () =>
    site
      .start({
        DATABASE_URL: database.url,
        ...(process.env.FFMPEG_PATH ? { FFMPEG_PATH: process.env.FFMPEG_PATH } : {}),
      })
      .ready();
  const status = async (id: string) => (await call(url, 'GET', `/cameras/${id}/status`)).body as ProcessStatus;
  const frames = async (id: string) =>
    ((await call(url, 'GET', `/cameras/${id}/stats`)).body as { stats: { total_frames: number } }).stats.total_frames;
  const runs = (id: string) =>
    eventually(async () => expect(await status(id)).toMatchObject({ running: true, state: 'running' }), {
      within: 20_000,
    });

  it('run by themselves where the camera is active and starts automatically', async () => {
    await runs('demo');
    expect(await status('demo')).toMatchObject({ desired_state: 'running', pid: expect.any(Number) });
    await eventually(async () => expect(await frames('demo')).toBeGreaterThan(10), { within: 10_000 });
    expect(await status('other')).toMatchObject({ running: false, pid: 0, desired_state: 'stopped' });
  });

  it('go on through a SIGKILL of the service: the same process, counting on', async () => {
    const { pid } = await status('demo');
    const before = await frames('demo');
    await site.kill();
    expect(isAlive(pid)).toBe(true);
    url = await start();
    await eventually(async () => expect(await status('demo')).toMatchObject({ running: true, pid }), {
      within: 10_000,
    });
    await eventually(async () => expect(await frames('demo')).toBeGreaterThan(before), { within: 5_000 });
  }, 60_000);

  it('stop and start as asked, and a stop is remembered', async () => {
    const { pid } = await status('demo');
    expect((await call(url, 'POST', '/cameras/demo/stop')).body).toMatchObject({ ok: true, running: false, pid: 0 });
    expect(isAlive(pid)).toBe(false);
    expect(await status('demo')).toMatchObject({ desired_state: 'stopped', state: 'stopped' });
    expect((await call(url, 'POST', '/cameras/demo/start')).body).toMatchObject({ ok: true, running: true });
    await runs('demo');
    const restarted = (await call(url, 'POST', '/cameras/demo/restart')).body as ProcessStatus;
    expect(restarted.pid).not.toBe(pid);
  }, 60_000);

  it('may not start while the camera is inactive; activating it allows that, deactivating ends it', async () => {
    expect((await call(url, 'POST', '/cameras/other/start')).status).toBe(400);
    expect((await call(url, 'PUT', '/cameras/other/auto-start?auto_start=true')).status).toBe(400);
    expect((await call(url, 'POST', '/cameras/other/activate')).body).toEqual({
      ok: true,
      camera_id: 'other',
      active: true,
    });
    expect((await call(url, 'POST', '/cameras/other/start')).status).toBe(200);
    await runs('other');
    expect((await call(url, 'POST', '/cameras/other/deactivate')).body).toEqual({
      ok: true,
      camera_id: 'other',
      active: false,
      stopped: true,
    });
    expect(await status('other')).toMatchObject({ running: false, desired_state: 'stopped' });
    expect(readFileSync(join(site.dir, 'config/cameras.yaml'), 'utf8')).toMatch(/id: other,.*active: false/);
  }, 60_000);

  it('restart only where their own settings changed', async () => {
    await runs('demo');
    const { pid } = await status('demo');
    await call(url, 'PUT', '/cameras/demo', { name: 'another name' });
    await call(url, 'PUT', '/cameras/other', { source: '7' });
    await call(url, 'POST', '/cameras/refresh');
    expect((await status('demo')).pid).toBe(pid);
    await call(url, 'PUT', '/cameras/demo', { source: 'testsrc:size=320x180,rate=8' });
    await eventually(async () => expect((await status('demo')).pid).not.toBe(pid), { within: 10_000 });
    await runs('demo');
  }, 60_000);

  it('answer for all cameras at once, and 404 for unknown ones', async () => {
    for (const body of [{}, { camera_ids: [] }, { camera_ids: null }]) {
      const all = (await call(url, 'POST', '/cameras/batch-status', body)).body as Record<string, ProcessStatus>;
      expect(Object.keys(all)).toEqual(['demo', 'other']);
    }
    const some = (await call(url, 'POST', '/cameras/batch-status', { camera_ids: ['nope'] })).body as Record<
      string,
      ProcessStatus
    >;
    expect(some.nope).toMatchObject({ running: false, pid: 0 });
    for (const [verb, path] of [
      ['POST', 'start'],
      ['POST', 'stop'],
      ['POST', 'restart'],
      ['GET', 'status'],
      ['GET', 'stats'],
      ['GET', 'logs'],
      ['POST', 'activate'],
      ['POST', 'deactivate'],
    ] as const) {
      expect([path, (await call(url, verb, `/cameras/nope/${path}`)).status]).toEqual([path, 404]);
    }
    expect((await call(url, 'GET', '/cameras/demo/logs?lines=0')).status).toBe(422);
    expect((await call(url, 'GET', '/cameras/demo/logs?lines=10001')).status).toBe(422);
  });
});
