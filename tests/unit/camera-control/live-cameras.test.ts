import type { CameraSupervisor } from '../../../src/application/camera-control/camera-supervisor';
import { LiveCameras } from '../../../src/application/camera-control/live-cameras';
import type { ProcessView } from '../../../src/application/camera-control/process-view';
import { Camera } from '../../../src/domain/cameras/camera';

const NOW = new Date('2030-01-01T00:00:00Z');
const gate = Camera.register({ id: 'gate', name: 'Gate', source: '0', fps: 5, auto_start: true }, NOW);
const view = (more: Partial<ProcessView> = {}): ProcessView => ({
  running: true,
  pid: 7,
  state: 'running',
  since: NOW.toISOString(),
  restarts: 2,
  last_exit: null,
  reason: null,
  next_try_at: null,
  said: { fps: 4.96, lastFrameAt: NOW.getTime() + 1_234, motion: true },
  log: '',
  cmd: [],
  ...more,
});

function live(supervisor: Pick<CameraSupervisor, 'view'> | undefined, cameras = [gate]) {
  return new LiveCameras({
    cameras: { all: async () => cameras },
    desired: { all: async () => new Map() },
    supervisor: () => supervisor as CameraSupervisor | undefined,
    elsewhere: {
      batchStatus: async () => ({
        gate: {
          ok: true,
          running: false,
          pid: 0,
          log: '',
          desired_state: 'running',
          state: 'backoff',
          since: NOW.toISOString(),
          restarts: 3,
          last_exit: 'code 22',
          reason: 'unreachable',
        },
      }),
    },
  });
}

describe('the cameras as dashboards follow them', () => {
  it('are read from the supervision here, with what their workers said', async () => {
    expect((await live({ view: () => view() }).all()).get('gate')).toEqual({
      id: 'gate',
      name: 'Gate',
      state: 'running',
      reason: null,
      since: NOW.getTime(),
      wanted: 'running',
      active: true,
      pid: 7,
      restarts: 2,
      next_try_at: null,
      fps: 5,
      expected_fps: 5,
      last_frame_at: NOW.getTime() + 1_000,
      motion: true,
    });
  });

  it('say when a camera that failed is tried again', async () => {
    const failed = view({ state: 'backoff', reason: 'unreachable', pid: 0, next_try_at: NOW, said: null });
    expect((await live({ view: () => failed }).all()).get('gate')).toMatchObject({
      state: 'backoff',
      reason: 'unreachable',
      next_try_at: NOW.getTime(),
      fps: null,
      motion: null,
    });
  });

  it('are asked for where another service controls them', async () => {
    expect((await live(undefined).all()).get('gate')).toMatchObject({
      state: 'backoff',
      reason: 'unreachable',
      restarts: 3,
    });
  });

  it('tell of a mere new picture less often where they are many', async () => {
    const many = Array.from({ length: 101 }, (_, i) => Camera.register({ id: `cam${i}`, name: 'x', source: '0' }, NOW));
    const [one] = [...(await live({ view: () => view() }, many).all()).values()];
    expect(one?.last_frame_at).toBe(NOW.getTime());
  });
});
