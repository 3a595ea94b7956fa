import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { CameraControlPort } from '../../src/application/camera-control/camera-control-port';
import { isAlive } from '../support/camera-site';
import { eventually } from '../support/eventually';
import { temporaryDirectory } from '../support/temporary-directory';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, type TestSiteOptions, testSite } from '../support/test-site';
import { workerHostOptions } from '../support/worker-site';

const CAMERAS = `cameras:
  - {id: cam1, name: One, source: 'rtsp://u:geheim@127.0.0.1/1', env: {BEHAVIOUR: environment}} # by the door
  - {id: cam2, name: Two, source: '1', active: false}
  - {id: quiet, name: Quiet, source: '2'}
`;
const refusal = (kind: string, code: string) => expect.objectContaining({ kind, code });
const of = (camera_id: string) => ({ camera_id });

interface Implementation {
  readonly name: string;
  readonly path: 'domain' | 'legacy';
  /** Whether the calls come to a service that does not control the cameras, and asks the one that does. */
  readonly elsewhere?: true;
}

const IMPLEMENTATIONS: readonly Implementation[] = [
  { name: 'the domain path', path: 'domain' },
  { name: 'the legacy path', path: 'legacy' },
  { name: 'the domain path of another service', path: 'domain', elsewhere: true },
];

describe.each(IMPLEMENTATIONS)('CameraControlPort on $name', ({ path, elsewhere }) => {
  let database: TestDatabase;
  let site: TestSite;
  let other: TestSite | undefined;
  let control: CameraControlPort;
  let over: boolean;
  let serving: Promise<void>;
  let dir: string;

  beforeAll(async () => {
    [database, dir] = [await createTestDatabase(), temporaryDirectory()];
    const { command, dataDir, logDir } = workerHostOptions(dir);
    const options: TestSiteOptions = { databaseUrl: database.url, control: { command, dataDir }, events: { logDir } };
    site = await testSite({ ...options, yaml: CAMERAS });
    const { modules } = site;
    await modules.cameras.configuration.reconcile();
    await modules.control.controller.take();
    other = elsewhere && (await testSite({ ...options, camerasFile: site.file }));
    control = (other ?? site).modules.control[path];
    over = false;
    serving = serve();
  });
  afterEach(async () => {
    const { modules } = site;
    await site.agreement();
    for (const id of ['cam1', 'cam2']) await modules.control.controller.supervisor().stop(id);
    await modules.platform.database.execute('DELETE FROM camera_desired_states', []);
    await modules.cameras.configuration.restore(1);
  });
  afterAll(async () => {
    over = true;
    await serving;
    await site.modules.control.controller.leave();
    await other?.close();
    await site.close();
    await database.drop();
    rmSync(dir, { recursive: true });
  });

  /** The service that controls answers what the others ask it, as its scheduler would. */
  async function serve(): Promise<void> {
    const { modules } = site;
    const ports = { domain: modules.control.domain, legacy: modules.control.legacy };
    for (;;) {
      if (!elsewhere || over) return;
      await modules.control.relay.serve(ports);
      await pause(20);
    }
  }
  const runs = () =>
    eventually(async () => expect(await control.status(of('cam1'))).toMatchObject({ state: 'running' }), {
      within: 20_000,
    });
  const inFile = (text: string) => expect(site.text()).toContain(text);

  it('begins with nothing running where nothing starts by itself', async () => {
    expect(await control.batchStatus({})).toEqual({
      cam1: expect.objectContaining({ ok: true, running: false, pid: 0, state: 'stopped', desired_state: 'stopped' }),
      cam2: expect.objectContaining({ running: false }),
      quiet: expect.objectContaining({ running: false }),
    });
  });

  it('starts a process, once, shows what it is and never what it knows in secret', async () => {
    const started = await control.start(of('cam1'));
    expect(started).toMatchObject({ ok: true, running: true, desired_state: 'running', log: 'detect_cam1.log' });
    expect(isAlive(started.pid)).toBe(true);
    await runs();
    expect((await control.start(of('cam1'))).pid).toBe(started.pid);
    expect(await control.status(of('cam1'))).toMatchObject({ pid: started.pid, restarts: 0, last_exit: null });
    await eventually(async () => expect((await control.logs({ ...of('cam1'), lines: 1 })).lines).toHaveLength(1));
    const logs = await control.logs({ ...of('cam1'), lines: 1 });
    expect(logs).toMatchObject({ camera_id: 'cam1', log_file: 'detect_cam1.log', total_lines: 1 });
    expect(JSON.stringify([started, logs])).not.toContain('geheim');
  });

  it('stops a process for good, and restarts it as another one', async () => {
    const first = await control.start(of('cam1'));
    const second = await control.restart(of('cam1'));
    expect([second.running, isAlive(first.pid), isAlive(second.pid)]).toEqual([true, false, true]);
    expect(await control.stop(of('cam1'))).toMatchObject({ running: false, pid: 0, desired_state: 'stopped' });
    expect(isAlive(second.pid)).toBe(false);
    expect(await control.stop(of('cam1'))).toMatchObject({ ok: true, running: false });
  });

  it('tells the counters of a running process, and zeros of one that does not run', async () => {
    expect(await control.stats(of('cam1'))).toMatchObject({ running: false, pid: 0, stats: { total_frames: 0 } });
    await control.start(of('cam1'));
    await eventually(async () => {
      const { stats, ...process } = await control.stats(of('cam1'));
      expect(process).toMatchObject({ camera_id: 'cam1', running: true, log_file: 'detect_cam1.log' });
      expect(stats.total_frames).toBeGreaterThan(0);
    });
  });

  it('has no lines of a camera that never wrote any', async () => {
    expect(await control.logs({ ...of('quiet'), lines: 5 })).toEqual({
      camera_id: 'quiet',
      log_file: 'detect_quiet.log',
      total_lines: 0,
      lines: [],
      before: null,
      after: null,
    });
  });

  it('starts nothing of an inactive camera before it is activated, in table and file', async () => {
    await expect(control.start(of('cam2'))).rejects.toEqual(refusal('invalid', 'camera.inactive'));
    await expect(control.setAutoStart({ ...of('cam2'), auto_start: true })).rejects.toEqual(
      refusal('invalid', 'camera.inactive'),
    );
    expect(await control.activate(of('cam2'))).toEqual({ ok: true, camera_id: 'cam2', active: true });
    inFile('active: true');
    expect((await control.start(of('cam2'))).running).toBe(true);
  });

  it('deactivates a camera once its process has ended, and says whether it ran', async () => {
    const { pid } = await control.start(of('cam1'));
    const done = { ok: true, camera_id: 'cam1', active: false };
    expect(await control.deactivate(of('cam1'))).toEqual({ ...done, stopped: true });
    expect(isAlive(pid)).toBe(false);
    inFile('active: false} # by the door');
    expect(await control.deactivate(of('cam1'))).toEqual({ ...done, stopped: false });
  });

  it('sets whether a camera starts by itself, in table and file, and starts nothing by that', async () => {
    const wish = { ...of('cam1'), auto_start: true };
    expect(await control.setAutoStart(wish)).toEqual({ ok: true, ...wish });
    inFile('auto_start: true} # by the door');
    expect(await control.status(of('cam1'))).toMatchObject({ desired_state: 'running' });
    expect(await control.setAutoStart({ ...wish, auto_start: false })).toMatchObject({ auto_start: false });
  });

  it('takes in what a person wrote into the file', async () => {
    site.write(site.text().replace('name: Two', 'name: Yard'));
    expect(await control.refresh({})).toEqual({
      status: 'success',
      message: 'All cameras refreshed',
      timestamp: expect.stringMatching(/Z$/),
      revision: expect.any(Number),
    });
    expect((await site.modules.cameras.repository.get('cam2'))?.fields.name).toBe('Yard');
  });

  it('tells of those that are asked for, also of one that there is not, and knows nothing else of that one', async () => {
    expect(Object.keys(await control.batchStatus({ camera_ids: ['cam2', 'nope'] }))).toEqual(['cam2', 'nope']);
    const unknown = refusal('not-found', 'camera.not_found');
    const nope = of('nope');
    await expect(control.start(nope)).rejects.toEqual(unknown);
    await expect(control.stop(nope)).rejects.toEqual(unknown);
    await expect(control.restart(nope)).rejects.toEqual(unknown);
    await expect(control.status(nope)).rejects.toEqual(unknown);
    await expect(control.activate(nope)).rejects.toEqual(unknown);
    await expect(control.deactivate(nope)).rejects.toEqual(unknown);
    await expect(control.setAutoStart({ ...nope, auto_start: false })).rejects.toEqual(unknown);
    await expect(control.preview(nope)).rejects.toEqual(unknown);
    await expect(control.stats(nope)).rejects.toEqual(unknown);
    await expect(control.logs({ ...nope, lines: 1 })).rejects.toEqual(unknown);
  });

  it('changes no flag over a file with faults', async () => {
    const good = site.text();
    site.write(`${good}  - {id: cam1, name: again, source: '1'}\n`);
    await expect(control.activate(of('cam2'))).rejects.toEqual(refusal('conflict', 'camera_config.file_invalid'));
    site.write(good);
  });
});
