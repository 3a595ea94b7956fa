import fc from 'fast-check';
import { CameraSupervisor } from '../../../src/application/camera-control/camera-supervisor';
import type { ProcessView } from '../../../src/application/camera-control/process-view';
import { FakeTimers } from '../../support/fake-timers';
import { FakeWorkerHost } from '../../support/fake-worker-host';
import { rememberingLog } from '../../support/quiet-log';
import { workerSettings } from '../../support/worker-settings';

const CAM = workerSettings('cam1');

let timers: FakeTimers;
let host: FakeWorkerHost;
let supervisor: CameraSupervisor;

function fresh(): void {
  timers = new FakeTimers();
  host = new FakeWorkerHost(timers);
  supervisor = new CameraSupervisor(host, timers, rememberingLog(), { jitter: (delay) => delay });
}

beforeEach(fresh);

/** The answer to a command, while time passes. */
async function answer<T>(command: Promise<T>, ms = 8_000): Promise<T> {
  await timers.pass(ms);
  return command;
}

const started = (...ids: string[]) => answer(Promise.all(ids.map((id) => supervisor.start(workerSettings(id)))));

describe('the supervisor', () => {
  it('answers a start with the process that runs', async () => {
    expect(await answer(supervisor.start(CAM), 60)).toEqual({
      running: true,
      pid: 101,
      state: 'starting',
      since: '2030-01-01T00:00:00.000Z',
      restarts: 0,
      last_exit: null,
      reason: null,
      next_try_at: null,
      said: null,
      log: '/logs/detect_cam1.log',
      cmd: ['worker'],
    });
    await timers.pass(1_000);
    expect(supervisor.view('cam1').state).toBe('running');
  });

  it('answers a second start with the same process', async () => {
    const [first, second] = await answer(Promise.all([supervisor.start(CAM), supervisor.start(CAM)]));
    expect(second).toEqual(first);
    expect((await supervisor.start(CAM)).pid).toBe(first.pid);
    expect(host.spawns).toEqual(['cam1']);
  });

  it('answers a stop when the process is gone', async () => {
    await started('cam1');
    expect(await answer(supervisor.stop('cam1'), 200)).toMatchObject({
      running: false,
      pid: 0,
      state: 'stopped',
      cmd: [],
    });
  });

  it('kills a process that does not listen', async () => {
    await started('cam1');
    host.deaf = true;
    expect(await answer(supervisor.stop('cam1'), 5_200)).toMatchObject({ running: false, state: 'stopped' });
    expect(host.signals).toEqual(['SIGTERM cam1', 'SIGKILL cam1']);
  });

  it('answers a restart with another process, also when nothing ran', async () => {
    const first = await answer(supervisor.restart(CAM));
    const second = await answer(supervisor.restart(CAM));
    expect([first.pid, second.pid]).toEqual([101, 102]);
    expect(second.restarts).toBe(0);
  });

  it('says that a program cannot be started, and goes on trying', async () => {
    host.broken = true;
    expect(await answer(supervisor.start(CAM), 60)).toMatchObject({
      running: false,
      state: 'backoff',
      reason: 'spawn_failed',
    });
    host.broken = false;
    await timers.pass(1_100);
    expect(supervisor.view('cam1')).toMatchObject({ running: true, restarts: 1 });
  });

  it('restarts what died, and says how it died', async () => {
    await started('cam1');
    host.die('cam1', { code: 0, signal: null });
    await timers.pass(10);
    expect(supervisor.view('cam1')).toMatchObject({ running: false, state: 'backoff', last_exit: { code: 0 } });
    await timers.pass(3_000);
    expect(supervisor.view('cam1')).toMatchObject({ running: true, state: 'running', restarts: 1 });
  });

  it('shows a camera without new frames as stalled within 3 s, and restarts it after a while', async () => {
    await started('cam1');
    host.silent = true;
    await timers.pass(3_000);
    expect(supervisor.view('cam1')).toMatchObject({ running: true, state: 'stalled', reason: 'no_frames' });
    host.silent = false;
    await timers.pass(500);
    expect(supervisor.view('cam1').state).toBe('running');
    host.silent = true;
    await timers.pass(12_000);
    expect(host.spawns).toHaveLength(2);
  });

  it('restarts nobody after it stood still for 30 s', async () => {
    await started('cam1', 'cam2');
    host.silent = true;
    await timers.standStill(30_000);
    host.silent = false;
    await timers.pass(20_000);
    expect(host.spawns).toHaveLength(2);
    expect([...supervisor.views().values()].map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('restarts just the workers whose settings changed, and ends those of cameras that are gone', async () => {
    await started('cam1', 'cam2', 'cam3', 'gone');
    const changed = workerSettings('cam2', { source: 'rtsp://127.0.0.1/2' });
    const reordered = { options: {}, env: {}, expectedFps: 25, source: CAM.source, id: 'cam3' };
    expect(supervisor.apply([reordered, changed, CAM, workerSettings('new')])).toEqual(['cam2']);
    await timers.pass(1_000);
    expect(host.spawns).toEqual(['cam1', 'cam2', 'cam3', 'gone', 'cam2']);
    expect([...supervisor.views().keys()]).toEqual(['cam1', 'cam2', 'cam3']);
  });

  it('does not start a stopped camera for new settings, but starts it with them', async () => {
    await started('cam1');
    await answer(supervisor.stop('cam1'));
    expect(supervisor.apply([workerSettings('cam1', { expectedFps: 5 })])).toEqual([]);
    expect(supervisor.view('cam1').running).toBe(false);
  });

  it('takes over what an earlier run left: the same, the changed, and what nobody wants', async () => {
    host.left = ['same', 'changed', 'unwanted'].map((id) => host.create(workerSettings(id)));
    const wanted = [workerSettings('same'), workerSettings('changed', { expectedFps: 5 }), workerSettings('other')];
    expect(await answer(supervisor.adopt(wanted))).toEqual(['same', 'changed']);
    expect(host.spawns).toEqual(['changed']);
    expect(supervisor.view('same')).toMatchObject({ pid: 101, state: 'running' });
    expect(supervisor.view('unwanted')).toMatchObject({ running: false, state: 'stopped' });
    expect(host.alive.has('unwanted')).toBe(false);
  });

  it.each([true, false])('closes; workers are stopped: %s', async (stopWorkers) => {
    await started('cam1', 'cam2');
    await answer(supervisor.close({ stopWorkers }));
    expect(host.alive.size).toBe(stopWorkers ? 0 : 2);
    host.die('cam1');
    await timers.pass(10_000);
    expect(host.spawns).toHaveLength(2);
  });

  it('closes in time although a process does not listen', async () => {
    await started('cam1');
    host.deaf = true;
    await answer(supervisor.close({ stopWorkers: true }), 5_200);
    expect(host.alive.size).toBe(0);
  });

  it('knows nothing of an id that was never started, and stops it with pleasure', async () => {
    const nothing = { running: false, pid: 0, state: 'stopped', log: '/logs/detect_x.log' };
    expect(supervisor.view('x')).toMatchObject(nothing);
    expect(await supervisor.stop('x')).toMatchObject(nothing);
  });

  it('has one worker at most, and tells the truth, whatever 100 callers want at once', async () => {
    const command = fc.tuple(fc.constantFrom('start', 'stop', 'restart'), fc.constantFrom(0, 0, 0, 20, 130));
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 100, maxLength: 100 }), async (commands) => {
        fresh();
        const answers: Promise<ProcessView>[] = [];
        for (const [verb, ms] of commands) {
          answers.push(verb === 'stop' ? supervisor.stop('cam1') : supervisor[verb](CAM));
          if (ms > 0) await timers.pass(ms);
        }
        const told = await answer(Promise.all(answers));
        const last = commands.at(-1)?.[0] !== 'stop';
        expect(host.most).toBeLessThanOrEqual(1);
        expect(supervisor.view('cam1').running).toBe(last);
        expect(host.alive.has('cam1')).toBe(last);
        for (const { state, running, pid } of told) {
          expect(['starting', 'running', 'stopped']).toContain(state);
          expect(running ? host.pids.has(pid) : pid === 0).toBe(true);
        }
        expect(told.at(-1)?.running).toBe(last);
      }),
      { numRuns: 40 },
    );
  });
});
