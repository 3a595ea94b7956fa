import type { ProcessStatus } from '../../src/application/camera-control/camera-control-port';
import { CameraSite, isAlive } from '../support/camera-site';
import { eventually } from '../support/eventually';

const CAMERAS = `cameras:
  - {id: demo, name: demo, source: 'testsrc:size=320x180,rate=10', fps: 10, auto_start: true}
  - {id: other, name: other, source: 'testsrc:size=320x180,rate=5', active: false}
`;

describe('detection processes over the API', () => {
  let site: CameraSite;

  beforeAll(async () => {
    site = await CameraSite.start(CAMERAS);
  }, 180_000);
  afterAll(() => site.remove());

  const call = (method: string, path: string, body?: object) => site.call(method, path, body);
  const status = (id: string) => site.status(id);
  const frames = (id: string) => site.frames(id);
  const runs = (id: string) => site.becomes(id, { running: true, state: 'running' });

  it('run by themselves where the camera is active and starts automatically', async () => {
    await runs('demo');
    expect(await status('demo')).toMatchObject({ desired_state: 'running', pid: expect.any(Number) });
    await eventually(async () => expect(await frames('demo')).toBeGreaterThan(10), { within: 10_000 });
    expect(await status('other')).toMatchObject({ running: false, pid: 0, desired_state: 'stopped' });
  });

  it('go on through a SIGKILL of the service: the same process, counting on', async () => {
    const { pid } = await status('demo');
    const before = await frames('demo');
    await site.folder.kill();
    expect(isAlive(pid)).toBe(true);
    await site.startAgain();
    await eventually(async () => expect(await status('demo')).toMatchObject({ running: true, pid }), {
      within: 10_000,
    });
    await eventually(async () => expect(await frames('demo')).toBeGreaterThan(before), { within: 5_000 });
  }, 180_000);

  it('are listed once for whoever has the list already, until one changes', async () => {
    const list = (etag = '') => fetch(`${site.url}/api/v1/cameras/overview`, { headers: { 'if-none-match': etag } });
    const first = await list();
    const etag = first.headers.get('etag') ?? '';
    expect([first.status, etag]).toEqual([200, expect.stringMatching(/^".+"$/)]);
    expect(JSON.stringify(await first.json())).toContain('"demo"');
    const again = await list(etag);
    expect([again.status, await again.text()]).toEqual([304, '']);
    await call('PUT', '/cameras/other', { name: 'renamed' });
    const changed = await list(etag);
    expect([changed.status, await changed.text()]).toEqual([200, expect.stringContaining('renamed')]);
  });

  it('stop and start as asked, and a stop is remembered', async () => {
    const { pid } = await status('demo');
    expect((await call('POST', '/cameras/demo/stop')).body).toMatchObject({ ok: true, running: false, pid: 0 });
    expect(isAlive(pid)).toBe(false);
    expect(await status('demo')).toMatchObject({ desired_state: 'stopped', state: 'stopped' });
    expect((await call('POST', '/cameras/demo/start')).body).toMatchObject({ ok: true, running: true });
    await runs('demo');
    const restarted = (await call('POST', '/cameras/demo/restart')).body as ProcessStatus;
    expect(restarted.pid).not.toBe(pid);
  }, 180_000);

  it('may not start while the camera is inactive; activating it allows that, deactivating ends it', async () => {
    expect((await call('POST', '/cameras/other/start')).status).toBe(400);
    expect((await call('PUT', '/cameras/other/auto-start?auto_start=true')).status).toBe(400);
    expect((await call('POST', '/cameras/other/activate')).body).toEqual({
      ok: true,
      camera_id: 'other',
      active: true,
    });
    expect((await call('POST', '/cameras/other/start')).status).toBe(200);
    await runs('other');
    expect((await call('POST', '/cameras/other/deactivate')).body).toEqual({
      ok: true,
      camera_id: 'other',
      active: false,
      stopped: true,
    });
    expect(await status('other')).toMatchObject({ running: false, desired_state: 'stopped' });
    expect(site.text()).toMatch(/id: other,.*active: false/);
  }, 180_000);

  it('restart only where their own settings changed', async () => {
    await runs('demo');
    const { pid } = await status('demo');
    await call('PUT', '/cameras/demo', { name: 'another name' });
    await call('PUT', '/cameras/other', { source: '7' });
    await call('POST', '/cameras/refresh');
    expect((await status('demo')).pid).toBe(pid);
    await call('PUT', '/cameras/demo', { source: 'testsrc:size=320x180,rate=8' });
    await eventually(async () => expect((await status('demo')).pid).not.toBe(pid), { within: 10_000 });
    await runs('demo');
  }, 180_000);

  it('answer for all cameras at once, and 404 for unknown ones', async () => {
    for (const body of [{}, { camera_ids: [] }, { camera_ids: null }]) {
      const all = (await call('POST', '/cameras/batch-status', body)).body as Record<string, ProcessStatus>;
      expect(Object.keys(all)).toEqual(['demo', 'other']);
    }
    const some = (await call('POST', '/cameras/batch-status', { camera_ids: ['nope'] })).body as Record<
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
      ['GET', 'preview'],
      ['POST', 'activate'],
      ['POST', 'deactivate'],
    ] as const) {
      expect([path, (await call(verb, `/cameras/nope/${path}`)).status]).toEqual([path, 404]);
    }
    expect((await call('GET', '/cameras/demo/logs?lines=0')).status).toBe(422);
    expect((await call('GET', '/cameras/demo/logs?lines=10001')).status).toBe(422);
  });
});
