import type { CameraSupervisor } from '../../../src/application/camera-control/camera-supervisor';
import { LiveCameras, type OverviewQuery } from '../../../src/application/camera-control/live-cameras';
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

  it('are the same object again while nothing of them has changed, which is how thousands are looked at often', async () => {
    let process = view({ state: 'stopped', said: null });
    const cameras = live({ view: () => process });
    const first = (await cameras.all()).get('gate');
    expect((await cameras.all()).get('gate')).toBe(first);
    process = view();
    expect((await cameras.all()).get('gate')).toMatchObject({ state: 'running' });
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

  describe('in an overview', () => {
    const camera = (id: string, more = {}) => Camera.register({ id, name: `Name of ${id}`, source: '0', ...more }, NOW);
    const cameras = [camera('c10'), camera('c9', { location: 'Hall B' }), camera('C1'), camera('x', { active: false })];
    const states: Record<string, Partial<ProcessView>> = { c9: { state: 'failed' }, x: { state: 'stopped' } };
    const overview = (query: Partial<OverviewQuery>, of = cameras) =>
      live({ view: (id) => view(states[id]) }, of).overview({ limit: 100, ...query });
    const idsOf = async (query: Partial<OverviewQuery>) => (await overview(query)).cameras.map(({ id }) => id);

    it('are ordered as people number them, each with its state', async () => {
      expect(await overview({})).toEqual({
        cameras: [
          { id: 'C1', name: 'Name of C1', location: 'unknown', active: true, state: 'running' },
          { id: 'c9', name: 'Name of c9', location: 'Hall B', active: true, state: 'failed' },
          { id: 'c10', name: 'Name of c10', location: 'unknown', active: true, state: 'running' },
          { id: 'x', name: 'Name of x', location: 'unknown', active: false, state: 'stopped' },
        ],
        counts: { running: 2, failed: 1, stopped: 1 },
        total: 4,
        next_cursor: null,
      });
    });

    it('are found by their id, name and location, and counted by state whatever state is asked for', async () => {
      expect(await idsOf({ q: 'HALL b' })).toEqual(['c9']);
      expect(await idsOf({ q: 'c1' })).toEqual(['C1', 'c10']);
      const { cameras: failed, counts, total } = await overview({ q: 'name of C', state: 'failed' });
      expect([failed.map(({ id }) => id), counts, total]).toEqual([['c9'], { running: 2, failed: 1 }, 1]);
    });

    it('come page by page, also when the last one of a page is gone', async () => {
      const first = await overview({ limit: 2 });
      expect(first.next_cursor).toBe('c9');
      const rest = await overview({ limit: 2, cursor: 'c9' }, cameras.slice(2).concat(camera('c10')));
      expect(rest).toMatchObject({ cameras: [{ id: 'c10' }, { id: 'x' }], next_cursor: null });
    });

    it('show no secret, and do not say whether a guess of one is right', async () => {
      const careless = [camera('s', { name: 'see rtsp://u:geheim@h' })];
      expect((await overview({ q: 'geheim' }, careless)).cameras).toEqual([]);
      expect(JSON.stringify(await overview({}, careless))).not.toContain('geheim');
    });

    it('take 120 bytes each at most, of cameras as sites name them, and keep their order while they are the same', async () => {
      const many = Array.from({ length: 3_000 }, (_, i) =>
        camera(`hall-b-line-${i}`, { name: `Packing line ${i}`, location: 'Hall B' }),
      );
      const { cameras: page } = await overview({ limit: 1_000 }, many);
      expect(JSON.stringify(page).length / page.length).toBeLessThanOrEqual(120);
      expect(page.map(({ id }) => id)).toEqual(many.slice(0, 1_000).map(({ id }) => id));
    });
  });

  it('tell of a mere new picture less often where they are many', async () => {
    const many = Array.from({ length: 101 }, (_, i) => Camera.register({ id: `cam${i}`, name: 'x', source: '0' }, NOW));
    const [one] = [...(await live({ view: () => view() }, many).all()).values()];
    expect(one?.last_frame_at).toBe(NOW.getTime());
  });
});
