import type { CameraLog } from '../../src/application/camera-control/camera-control-port';
import { CameraSite, isAlive } from '../support/camera-site';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CAMERAS = `cameras:
  - {id: one, name: n, source: 'testsrc:size=320x180,rate=10'}
  - {id: idle, name: n, source: 'testsrc:size=320x180,rate=10', active: false}
`;

/** Only the first of the two controls the cameras. */
describe('a service of a site that does not control the cameras', () => {
  let database: TestDatabase;
  let first: CameraSite;
  let second: CameraSite;

  beforeAll(async () => {
    database = await createTestDatabase();
    first = await CameraSite.start(CAMERAS, { DATABASE_URL: database.url });
    const { camerasFile } = first.folder;
    second = await CameraSite.start('', { DATABASE_URL: database.url, CAMERAS_FILE: camerasFile, NODE_CAPACITY: '0' });
  }, 180_000);
  afterAll(async () => {
    await second.remove();
    await first.remove();
    await database.drop();
  });

  it.each([true, false])(
    'passes on what it is asked for, and answers as the one that does, force_domain=%s',
    async (domain) => {
      const at = (method: string, path: string) =>
        second.call(method, `${path}${path.includes('?') ? '&' : '?'}force_domain=${domain}`);
      const { status, body } = await at('POST', '/cameras/one/start');
      expect([status, body]).toMatchObject([200, { ok: true, running: true }]);
      await second.becomes('one', { state: 'running' });
      const { pid } = await first.status('one');
      expect(await second.status('one')).toMatchObject({ pid, running: true });
      expect(await second.statuses()).toMatchObject({ one: { pid }, idle: { running: false } });
      expect(await second.frames('one')).toBeGreaterThan(0);
      const { lines } = (await at('GET', '/cameras/one/logs?lines=500')).body as CameraLog;
      expect(lines).toContainEqual(expect.stringContaining('the first frame is here'));
      expect((await second.preview('one')).status).toBe(200);
      expect((await at('POST', '/cameras/one/stop')).body).toMatchObject({ state: 'stopped', running: false });
      expect(isAlive(pid)).toBe(false);
      expect(await first.status('one')).toMatchObject({ desired_state: 'stopped', state: 'stopped' });
    },
    60_000,
  );

  it('refuses as the one that does', async () => {
    expect(await second.call('POST', '/cameras/idle/start')).toMatchObject({
      status: 400,
      body: { code: 'camera.inactive' },
    });
    expect(await second.call('GET', '/cameras/nobody/status')).toMatchObject({
      status: 404,
      body: { code: 'camera.not_found' },
    });
  });

  it('deactivates, flags and process', async () => {
    await second.call('POST', '/cameras/one/start');
    expect((await second.call('POST', '/cameras/one/deactivate')).body).toMatchObject({ active: false, stopped: true });
    expect(first.text()).toMatch(/id: one,.*active: false/);
  });

  it('says that nobody answers when the one that does stands still', async () => {
    first.service.child.kill('SIGSTOP');
    try {
      const { status, body } = await second.call('GET', '/cameras/one/status?force_domain=false');
      expect([status, body]).toMatchObject([503, { code: 'camera_control.elsewhere' }]);
    } finally {
      first.service.child.kill('SIGCONT');
    }
    expect((await second.call('GET', '/cameras/one/status')).status).toBe(200);
  }, 180_000);
});
