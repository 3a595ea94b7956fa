import { CameraControlService } from '../../../src/application/camera-control/camera-control-service';
import { CameraController, settingsOf } from '../../../src/application/camera-control/camera-controller';
import { CameraPreviews } from '../../../src/application/camera-control/camera-previews';
import { CameraSupervisor } from '../../../src/application/camera-control/camera-supervisor';
import { FrameCounts } from '../../../src/application/camera-control/frame-counts';
import { SupervisedCamera } from '../../../src/application/camera-control/supervised-camera';
import { cameraSet } from '../../../src/application/cameras/camera-kind';
import { DEFAULT_RULES } from '../../../src/domain/camera-control/process-rules';
import type { JsonObject } from '../../../src/domain/shared/json';
import { cameraSiteInMemory } from '../../support/camera-site-in-memory';
import { FakeTimers } from '../../support/fake-timers';
import { FakeWorkerHost } from '../../support/fake-worker-host';
import { InMemoryDesiredStates } from '../../support/in-memory-desired-states';
import { rememberingLog } from '../../support/quiet-log';
import { workerSettings } from '../../support/worker-settings';

const CAMERAS = `cameras:
  - {id: auto, name: A, source: "0", auto_start: true}
  - {id: hand, name: H, source: "1"}
  - {id: off, name: O, source: "2", active: false, auto_start: true}
`;

function siteWithControl() {
  const site = cameraSiteInMemory(CAMERAS);
  const [timers, desired, log] = [new FakeTimers(), new InMemoryDesiredStates(), rememberingLog()];
  const host = new FakeWorkerHost(timers);
  const supervise = () => new CameraSupervisor(host, timers, log, { jitter: (delay) => delay });
  const newest = () => site.revisions.newest();
  const runtime = new CameraController(site.cameras, site.outage.over(desired), newest, supervise, log);
  const logs = new Map<string, string[]>();
  const service = new CameraControlService({
    cameras: site.cameras,
    desired: site.outage.over(desired),
    supervisor: runtime.supervisor,
    configure: (id: string, fields: JsonObject) =>
      site.configuration.change((all, unseen) =>
        cameraSet.replace(all, id, (camera) => camera.change(fields, site.clock()), unseen),
      ),
    refresh: async () => (await site.configuration.reconcile()).head?.revision.number ?? 0,
    previews: new CameraPreviews(
      { newest: async () => undefined, grab: async () => Buffer.from('a picture') },
      site.clock,
    ),
    counters: async (id) => (id === 'hand' ? { total_frames: 7 } : undefined),
    logPage: async (path, { contains = '' }) => {
      const lines = logs.get(path)?.filter((line) => line.includes(contains));
      return lines && { lines, before: 'first', after: 'last' };
    },
    clock: site.clock,
  });
  /** The answer, while time passes. */
  const after = async <T>(work: Promise<T>, ms = 8_000): Promise<T> => {
    work.catch(() => undefined);
    await timers.pass(ms);
    return work;
  };
  return { ...site, timers, desired, host, runtime, service, logs, after, log };
}

describe('the control of cameras', () => {
  let site: ReturnType<typeof siteWithControl>;
  beforeEach(async () => {
    site = siteWithControl();
    await site.configuration.reconcile();
  });
  const key = (camera_id: string) => ({ camera_id });

  describe('in the service that has it', () => {
    beforeEach(() => site.after(site.runtime.take()));

    it('starts what should run: what was asked for, else what starts by itself', () => {
      expect([site.runtime.controls, site.host.spawns]).toEqual([true, ['auto']]);
    });

    it('starts a camera, keeps that wish, and shows the process that runs', async () => {
      const started = await site.after(site.service.start(key('hand')));
      expect(started).toMatchObject({
        ok: true,
        running: true,
        desired_state: 'running',
        log: 'detect_hand.log',
        cmd: ['worker'],
        last_exit: null,
      });
      expect(await site.desired.all()).toEqual(new Map([['hand', 'running']]));
      expect(await site.service.status(key('hand'))).toMatchObject({ state: 'running', pid: started.pid });
      expect(await site.service.stats(key('hand'))).toMatchObject({
        running: true,
        stats: { total_frames: 7, processed_frames: 0 },
      });
    });

    it('stops a camera, which stays stopped when the control changes hands', async () => {
      expect(await site.after(site.service.stop(key('auto')))).toMatchObject({
        running: false,
        desired_state: 'stopped',
        last_exit: 'SIGTERM',
      });
      await site.after(site.runtime.leave());
      await site.after(site.runtime.take());
      expect(site.host.spawns).toEqual(['auto']);
    });

    it('restarts a camera as another process', async () => {
      const before = await site.service.status(key('auto'));
      const restarted = await site.after(site.service.restart(key('auto')));
      expect(restarted.running).toBe(true);
      expect(restarted.pid).not.toBe(before.pid);
      expect(site.host.most).toBe(1);
    });

    it('starts neither an inactive camera nor one that there is not', async () => {
      await expect(site.service.start(key('off'))).rejects.toMatchObject({ code: 'camera.inactive' });
      await expect(site.service.setAutoStart({ ...key('off'), auto_start: true })).rejects.toMatchObject({
        code: 'camera.inactive',
      });
      const unknown = { kind: 'not-found', code: 'camera.not_found' };
      await expect(site.service.start(key('x'))).rejects.toMatchObject(unknown);
      await expect(site.service.stop(key('x'))).rejects.toMatchObject(unknown);
      await expect(site.service.logs({ ...key('x'), lines: 1 })).rejects.toMatchObject(unknown);
      await expect(site.service.preview(key('x'))).rejects.toMatchObject(unknown);
      expect(site.host.spawns).toEqual(['auto']);
    });

    it('tells the state of all cameras, or of those that are asked for', async () => {
      const all = await site.service.batchStatus({});
      expect(Object.entries(all).map(([id, { state, desired_state }]) => `${id} ${state} ${desired_state}`)).toEqual([
        'auto running running',
        'hand stopped stopped',
        'off stopped stopped',
      ]);
      expect(Object.keys(await site.service.batchStatus({ camera_ids: ['hand', 'x'] }))).toEqual(['hand', 'x']);
    });

    it('deactivates a camera once its process is gone, and activates it without starting it', async () => {
      expect(await site.after(site.service.deactivate(key('auto')))).toEqual({
        ok: true,
        camera_id: 'auto',
        active: false,
        stopped: true,
      });
      expect([site.host.alive.size, await site.desired.all()]).toEqual([0, new Map([['auto', 'stopped']])]);
      expect((await site.cameras.get('auto'))?.fields).toMatchObject({ active: false, auto_start: false });
      expect(await site.service.activate(key('auto'))).toEqual({ ok: true, camera_id: 'auto', active: true });
      await site.after(site.runtime.follow());
      expect(site.host.spawns).toEqual(['auto']);
    });

    it('shows the last lines of a log, none where there is no log, and a picture of the moment', async () => {
      site.logs.set('/logs/detect_auto.log', ['one', 'two']);
      expect(await site.service.logs({ ...key('auto'), lines: 9 })).toEqual({
        camera_id: 'auto',
        log_file: 'detect_auto.log',
        total_lines: 2,
        before: 'first',
        after: 'last',
        lines: ['one', 'two'],
      });
      const found = await site.service.logs({ ...key('auto'), lines: 9, contains: 'tw' });
      expect(found).toMatchObject({ total_lines: 1, lines: ['two'] });
      const none = { total_lines: 0, lines: [], before: null, after: null };
      expect(await site.service.logs({ ...key('hand'), lines: 9 })).toMatchObject(none);
      expect(await site.service.preview(key('off'))).toMatchObject({
        type: 'image/jpeg',
        body: Buffer.from('a picture'),
      });
    });

    it('follows the configuration: restarts what has other settings, ends what is gone, starts what is new', async () => {
      await site.after(site.runtime.follow());
      await site.service.setAutoStart({ camera_id: 'hand', auto_start: true });
      await site.commands.update({ camera_id: 'auto', source: '9' });
      await site.after(site.runtime.follow());
      expect(site.host.spawns).toEqual(['auto', 'hand', 'auto']);
      await site.commands.remove({ camera_id: 'hand' });
      await site.commands.update({ camera_id: 'auto', name: 'another name' });
      await site.after(site.runtime.follow());
      expect([[...site.host.alive.keys()], site.host.spawns.length]).toEqual([['auto'], 3]);
    });

    it('takes in the file when it is told to', async () => {
      site.file.edit(CAMERAS.replace('name: H', 'name: Hall'));
      expect(await site.service.refresh()).toMatchObject({ status: 'success', revision: 2 });
      expect((await site.cameras.get('hand'))?.fields.name).toBe('Hall');
    });

    it('starts nothing while nobody can say what was asked for', async () => {
      site.outage.away = true;
      await expect(site.service.start(key('hand'))).rejects.toMatchObject({ code: 'database.unavailable' });
      expect(site.host.spawns).toEqual(['auto']);
    });

    it('is handed over with everything that runs', async () => {
      await site.after(site.runtime.leave(true));
      expect([site.runtime.controls, [...site.host.alive.keys()]]).toEqual([false, ['auto']]);
      site.host.left = [...site.host.alive.values()].map((worker) => ({
        worker,
        exited: new Promise(() => undefined),
      }));
      await site.after(site.runtime.take());
      expect([site.host.spawns, site.host.signals]).toEqual([['auto'], []]);
      expect(site.log.lines).toContainEqual(expect.stringContaining('took over running detection processes'));
    });

    it('ends everything that runs when it ends for good', async () => {
      await site.after(site.runtime.leave());
      expect([site.host.signals, site.host.alive.size]).toEqual([['SIGTERM auto'], 0]);
    });
  });

  it('is elsewhere in every other service: nothing is started and no wish is kept', async () => {
    const elsewhere = { code: 'camera_control.elsewhere', effect: 'not-started' };
    await expect(site.service.start(key('hand'))).rejects.toMatchObject(elsewhere);
    await expect(site.service.deactivate(key('auto'))).rejects.toMatchObject(elsewhere);
    await site.runtime.follow();
    expect([await site.desired.all(), site.host.spawns]).toEqual([new Map(), []]);
    expect((await site.cameras.get('auto'))?.active).toBe(true);
  });

  it('gives a worker what its camera says, and expects only what somebody wrote', async () => {
    const [auto] = await site.cameras.all();
    if (!auto) throw new Error('there is no camera');
    expect(settingsOf(auto)).toMatchObject({ id: 'auto', source: '0', expectedFps: 0, options: { device: 'auto' } });
  });
});

describe('one supervised camera', () => {
  const CAM = workerSettings('cam1');
  const supervised = () => {
    const [timers, log, frames] = [new FakeTimers(), rememberingLog(), new FrameCounts()];
    const host = new FakeWorkerHost(timers);
    const rules = { ...DEFAULT_RULES, jitter: (delay: number) => delay };
    return { timers, host, frames, log, camera: new SupervisedCamera(CAM, { host, timers, log, rules, frames }) };
  };

  it('answers every command with what became of it in the end', async () => {
    const { camera, timers, host } = supervised();
    const [started, stopped] = [camera.start(CAM), camera.stop()];
    await timers.pass(8_000);
    expect([(await started).state, (await stopped).state]).toEqual(['stopped', 'stopped']);
    expect(host.alive.size).toBe(0);
  });

  it('counts the frames it hears of, and comes back after a crash', async () => {
    const { camera, timers, host, frames } = supervised();
    void camera.start(CAM);
    await timers.pass(1_050);
    await camera.look();
    expect(frames.of('cam1')).toBe(25);
    host.die('cam1');
    await timers.pass(1);
    expect(camera.view).toMatchObject({ running: false, state: 'backoff', last_exit: { code: 1 } });
    await timers.pass(2_000);
    expect(camera.view).toMatchObject({ running: true, restarts: 1 });
  });

  it('is not restarted by the same settings, and is by others', async () => {
    const { camera, timers, host } = supervised();
    void camera.start(CAM);
    await timers.pass(1_000);
    expect([camera.change({ ...CAM }), camera.change({ ...CAM, source: 'rtsp://other' })]).toEqual([false, true]);
    await timers.pass(1_000);
    expect([host.spawns.length, host.most]).toEqual([2, 1]);
  });

  it('leaves its process alone once it is released', async () => {
    const { camera, timers, host } = supervised();
    void camera.start(CAM);
    await timers.pass(1_000);
    await camera.release();
    host.die('cam1');
    await timers.pass(60_000);
    expect(host.spawns).toHaveLength(1);
  });
});
