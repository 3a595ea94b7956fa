import {
  type CameraProcess,
  type ProcessEvent,
  step,
  stoppedProcess,
} from '../../../src/domain/camera-control/camera-process';
import { DEFAULT_RULES, EXIT_REFUSED } from '../../../src/domain/camera-control/process-rules';

const RULES = { ...DEFAULT_RULES, expectedFps: 25 };

/** What happened, each at its second. */
type Story = readonly (readonly [at: number, event: ProcessEvent])[];

interface Told {
  readonly p: CameraProcess;
  /** Effects of the last event, without the schedule. */
  readonly effects: string[];
  /** Seconds until something happens by itself. */
  readonly due: number;
}

function tell(...story: Story): Told {
  let p = stoppedProcess(0);
  let effects: string[] = [];
  let time = 0;
  for (const [at, event] of story) {
    time = at * 1000;
    // The passes in between, or the control would think that it stood still.
    for (let t = p.tickedAt + 1000; t < time && p.state !== 'stopped'; t += 1000) p = { ...p, tickedAt: t };
    if (p.state === 'stopped') p = { ...p, tickedAt: time };
    const next = step(p, event, time, RULES);
    p = next.state;
    effects = next.effects.flatMap((e) => (e.kind === 'schedule' ? [] : e.kind === 'signal' ? [e.signal] : [e.kind]));
  }
  return { p, effects, due: (p.due - time) / 1000 };
}

const start: ProcessEvent = { kind: 'start-requested' };
const stop: ProcessEvent = { kind: 'stop-requested' };
const tick: ProcessEvent = { kind: 'tick' };
const spawned: ProcessEvent = { kind: 'spawned', pid: 7 };
const refused: ProcessEvent = { kind: 'source-refused' };
const spawnFailed: ProcessEvent = { kind: 'spawn-failed' };
const exited = (code: number | null = 1, signal: string | null = null): ProcessEvent => ({
  kind: 'exited',
  code,
  signal,
});
const beat = (frames: number, fps?: number, frozen?: boolean): ProcessEvent => ({
  kind: 'heartbeat',
  frames,
  fps,
  frozen,
});
const RUNNING: Story = [
  [0, start],
  [0, spawned],
  [1, beat(25, 25)],
];
const crashes = (n: number): Story => [
  [0, start],
  ...Array.from({ length: n }, (_, i): Story => {
    const at = i * 100;
    return i === 0
      ? [
          [at, spawned],
          [at, exited()],
        ]
      : [
          [at, tick],
          [at, spawned],
          [at, exited()],
        ];
  }).flat(),
];

describe('the process of a camera', () => {
  it.each<[string, Story, string, string[], Partial<CameraProcess>?]>([
    ['a start spawns a worker', [[0, start]], 'starting', ['spawn'], { worker: 'asked' }],
    [
      'a second start spawns nothing',
      [
        [0, start],
        [0, start],
      ],
      'starting',
      [],
    ],
    [
      'a spawned worker has a pid',
      [
        [0, start],
        [0, spawned],
      ],
      'starting',
      [],
      { pid: 7, worker: 'alive' },
    ],
    ['the first frame makes it running', RUNNING, 'running', []],
    [
      'a status without a new frame does not',
      [
        [0, start],
        [0, spawned],
        [1, beat(0, 0)],
      ],
      'starting',
      [],
    ],
    ['a stop ends the worker politely', [...RUNNING, [2, stop]], 'stopping', ['SIGTERM'], { desired: 'stopped' }],
    [
      'a stop before the pid is known has nobody to signal',
      [
        [0, start],
        [0, stop],
      ],
      'stopping',
      [],
    ],
    [
      '… and signals once it is known',
      [
        [0, start],
        [0, stop],
        [1, spawned],
      ],
      'stopping',
      ['SIGTERM'],
    ],
    [
      '… and stops if there never was one',
      [
        [0, start],
        [0, stop],
        [1, spawnFailed],
      ],
      'stopped',
      [],
    ],
    ['a stopped worker is no crash', [...RUNNING, [2, stop], [3, exited()]], 'stopped', [], { crashes: 0, pid: 0 }],
    ['a worker that ignores the signal is killed', [...RUNNING, [2, stop], [7, tick]], 'stopping', ['SIGKILL']],
    ['… but not sooner', [...RUNNING, [2, stop], [6, tick]], 'stopping', []],
    ['… and again if it takes its time', [...RUNNING, [2, stop], [7, tick], [12, tick]], 'stopping', ['SIGKILL']],
    ['a start while stopping waits for the end', [...RUNNING, [2, stop], [2, start]], 'stopping', []],
    ['… then spawns', [...RUNNING, [2, stop], [2, start], [3, exited()]], 'starting', ['spawn'], { crashes: 0 }],
    ['a stop takes that start back', [...RUNNING, [2, stop], [2, start], [2, stop], [3, exited()]], 'stopped', []],
    ['an exit nobody asked for is a crash', [...RUNNING, [2, exited(1)]], 'backoff', [], { reason: 'crashed' }],
    ['an exit with 0 too', [...RUNNING, [2, exited(0)]], 'backoff', [], { lastExit: { code: 0, signal: null } }],
    [
      'a worker that cannot be spawned too',
      [
        [0, start],
        [0, spawnFailed],
      ],
      'backoff',
      [],
      { reason: 'spawn_failed' },
    ],
    ['backoff ends with a restart', [...RUNNING, [2, exited()], [3, tick]], 'starting', ['spawn'], { restarts: 1 }],
    ['… and not sooner', [...RUNNING, [2, exited()], [2.9, tick]], 'backoff', []],
    ['a start in backoff does not wait', [...RUNNING, [2, exited()], [2.1, start]], 'starting', ['spawn']],
    ['a stop in backoff spawns no more', [...RUNNING, [2, exited()], [2.1, stop], [9, tick]], 'stopped', []],
    ['seven crashes are backoff', crashes(7), 'backoff', [], { crashes: 7 }],
    ['the eighth opens the breaker', crashes(8), 'failed', [], { reason: 'crash_loop' }],
    ['a start closes it', [...crashes(8), [701, start]], 'starting', ['spawn'], { crashes: 0 }],
    ['an open breaker tries again slowly', [...crashes(8), [1000, tick]], 'starting', ['spawn']],
    ['… and stays open', [...crashes(8), [1000, tick], [1000, spawned], [1001, exited()]], 'failed', []],
    ['no frame for 1.8 s is a stall', [...RUNNING, [2.8, tick]], 'stalled', [], { reason: 'no_frames', pid: 7 }],
    ['… and not sooner', [...RUNNING, [2.7, tick]], 'running', []],
    ['a frame ends it', [...RUNNING, [3, tick], [4, beat(26, 25)]], 'running', [], { reason: null }],
    ['a stall of 10 s ends the worker', [...RUNNING, [2.8, tick], [11, tick]], 'stopping', ['SIGTERM']],
    ['… as a crash', [...RUNNING, [2.8, tick], [11, tick], [12, exited(0)]], 'backoff', [], { reason: 'no_frames' }],
    ['… unless it was stopped', [...RUNNING, [2.8, tick], [11, tick], [11, stop], [12, exited(0)]], 'stopped', []],
    ['… or started', [...RUNNING, [2.8, tick], [11, tick], [11, start], [12, exited()]], 'starting', ['spawn']],
    [
      'no first frame for 30 s ends the worker',
      [
        [0, start],
        [0, spawned],
        [30, tick],
      ],
      'stopping',
      ['SIGTERM'],
    ],
    ['under 30 % of the rate is degraded', [...RUNNING, [2, beat(30, 7.4)]], 'degraded', [], { reason: 'low_fps' }],
    ['30 % is not', [...RUNNING, [2, beat(30, 7.5)]], 'running', []],
    ['a rate nobody knows is not', [...RUNNING, [2, beat(30)]], 'running', []],
    ['a frozen picture is degraded', [...RUNNING, [2, beat(50, 25, true)]], 'degraded', [], { reason: 'frozen' }],
    ['refused credentials end the worker', [...RUNNING, [2, refused]], 'stopping', ['SIGTERM']],
    [
      '… and are not a crash',
      [...RUNNING, [2, refused], [3, exited()]],
      'backoff',
      [],
      { reason: 'auth_failed', crashes: 0 },
    ],
    ['its exit code says so too', [...RUNNING, [2, exited(EXIT_REFUSED)]], 'backoff', [], { reason: 'auth_failed' }],
    [
      'a code of the contract says why it crashed',
      [...RUNNING, [2, exited(24)]],
      'backoff',
      [],
      { reason: 'not_a_video' },
    ],
    ['… any other does not', [...RUNNING, [2, exited(26)]], 'backoff', [], { reason: 'crashed' }],
    ['an adopted worker waits for a frame', [[0, { kind: 'adopted', pid: 9 }]], 'starting', [], { pid: 9 }],
    [
      'what is said of no worker changes nothing',
      [
        [0, beat(5, 25)],
        [0, exited()],
        [0, spawned],
      ],
      'stopped',
      [],
    ],
    ['a late tick restarts nobody', [...RUNNING, [2, exited()], [2, { kind: 'system-stalled' }]], 'backoff', []],
  ])('%s', (_, story, state, effects, more = {}) => {
    const told = tell(...story);
    expect(told.p).toMatchObject({ state, ...more });
    expect(told.effects).toEqual(effects);
  });

  it('waits longer after each crash, to a minute', () => {
    const rules = { ...RULES, crashLimit: 99 };
    let p = step(stoppedProcess(0), start, 0, rules).state;
    const delays = Array.from({ length: 8 }, () => {
      p = step(step(p, spawned, 0, rules).state, exited(), 0, rules).state;
      const delay = p.due;
      p = { ...step({ ...p, due: 0 }, tick, 0, rules).state };
      return delay;
    });
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * 1000));
  });

  it('spreads the delay as it is told', () => {
    const rules = { ...RULES, jitter: (delay: number) => delay * 1.25 };
    const p = step(step(step(stoppedProcess(0), start, 0).state, spawned, 0).state, exited(), 0, rules).state;
    expect(p.due).toBe(1250);
  });

  it('retries refused credentials after five minutes', () => {
    expect(tell(...RUNNING, [2, exited(EXIT_REFUSED)]).due).toBe(300);
  });

  it('is as patient with a slow camera as three of its frames take', () => {
    const slow = (at: number) => step(tell(...RUNNING).p, beat(26, 1), at, { ...RULES, expectedFps: 1 }).state.due;
    expect(slow(2_000)).toBe(5_000);
  });

  it('forgets the crashes before after 60 healthy seconds, and not sooner', () => {
    const flow = (seconds: number): Story =>
      Array.from({ length: seconds }, (_, i) => [201 + i, beat(100 + i, 25)] as const);
    const again: Story = [...crashes(2), [200, tick], [200, spawned]];
    expect(tell(...again, ...flow(60)).p.crashes).toBe(2);
    expect(tell(...again, ...flow(61)).p.crashes).toBe(0);
  });
});

describe('a control that stood still', () => {
  const after = (p: CameraProcess, ms: number) => step(p, tick, ms, RULES);

  it.each([
    ['running', tell(...RUNNING).p],
    ['stalled', tell(...RUNNING, [3, tick]).p],
    ['backoff', tell(...RUNNING, [2, exited()]).p],
    ['starting', tell([0, start], [0, spawned]).p],
    ['stopping', tell(...RUNNING, [2, stop]).p],
  ])('does nothing in its first pass to a camera that is %s', (state, p) => {
    const { state: next, effects } = after(p, p.tickedAt + 30_000);
    expect(next.state).toBe(state);
    expect(effects.filter(({ kind }) => kind !== 'schedule')).toEqual([]);
  });

  it('does so as well when its clock goes back', () => {
    expect(after({ ...tell(...RUNNING).p, tickedAt: 90_000 }, 80_000).state.state).toBe('running');
  });

  it('restarts in the next pass what did crash', () => {
    const late = after(tell(...RUNNING, [2, exited()]).p, 40_000).state;
    expect(after(late, 41_000).effects).toContainEqual({ kind: 'spawn' });
  });

  it('gives a live worker 1.8 s for a new frame', () => {
    const late = after(tell(...RUNNING).p, 40_000).state;
    expect(after(late, 41_700).state.state).toBe('running');
    expect(after(late, 41_800).state.state).toBe('stalled');
  });
});
