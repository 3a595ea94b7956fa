import fc from 'fast-check';
import {
  type CameraProcess,
  type ProcessEvent,
  step,
  stoppedProcess,
} from '../../../src/domain/camera-control/camera-process';
import { runs } from '../../support/long-runs';

/** A system with one camera: what was spawned lives until it ends, whatever the control believes. */
class World {
  p: CameraProcess = stoppedProcess(0);
  now = 0;
  asked = 0;
  alive = 0;
  dying: 'no' | 'asked' | 'killed' = 'no';

  feed(event: ProcessEvent): void {
    const { state, effects } = step(this.p, event, this.now);
    this.p = state;
    for (const effect of effects) {
      if (effect.kind === 'spawn') this.asked += 1;
      if (effect.kind === 'signal') {
        expect(this.alive).toBe(1);
        this.dying = effect.signal === 'SIGKILL' ? 'killed' : 'asked';
      }
    }
    expect(this.asked + this.alive).toBeLessThanOrEqual(1);
    expect(this.p.worker).toBe(this.asked ? 'asked' : this.alive ? 'alive' : 'none');
    expect(Number.isFinite(this.p.due)).toBe(this.p.state !== 'stopped');
    if (this.p.desired === 'running') expect(this.p.state).not.toBe('stopped');
  }

  /** What the system does with a spawn or with a worker; nothing if there is none. */
  answer(works: boolean): void {
    if (!this.asked) return;
    this.asked = 0;
    this.alive = works ? 1 : 0;
    this.feed(works ? { kind: 'spawned', pid: 7 } : { kind: 'spawn-failed' });
  }

  exit(code: number): void {
    if (!this.alive) return;
    this.alive = 0;
    this.dying = 'no';
    this.feed({ kind: 'exited', code, signal: null });
  }

  pass(ms: number): void {
    this.now += ms;
    this.feed({ kind: 'tick' });
  }
}

const act = fc.oneof(
  fc
    .constantFrom<ProcessEvent['kind']>('start-requested', 'stop-requested', 'source-refused', 'system-stalled')
    .map((kind) => (world: World) => world.feed({ kind } as ProcessEvent)),
  fc.boolean().map((works) => (world: World) => world.answer(works)),
  fc.constantFrom(0, 1, 20).map((code) => (world: World) => world.exit(code)),
  fc.integer({ min: -5_000, max: 70_000 }).map((ms) => (world: World) => world.pass(ms)),
  fc.constantFrom(400, 500, 1_000, 2_500).map((ms) => (world: World) => world.pass(ms)),
  fc.tuple(fc.nat(5), fc.constantFrom(undefined, 0, 25), fc.boolean()).map(
    ([frames, fps, frozen]) =>
      (world: World) =>
        world.feed({ kind: 'heartbeat', frames, fps, frozen }),
  ),
);
const acts = fc.array(act, { maxLength: 80 });

const played = (moves: readonly ((world: World) => void)[]): World => {
  const world = new World();
  for (const move of moves) move(world);
  return world;
};

describe('whatever happens to a camera', () => {
  it('there are never two workers, and something is always due unless it is stopped', () => {
    fc.assert(
      fc.property(acts, (moves) => void played(moves)),
      { numRuns: runs(3_000, 500) },
    );
  });

  it('a camera that should run has a worker again within the slow retry', () => {
    fc.assert(
      fc.property(acts, (moves) => {
        const world = played(moves);
        world.feed({ kind: 'start-requested' });
        for (let i = 0; i < 700 && world.alive === 0; i++) {
          world.answer(true);
          world.pass(500);
        }
        expect(world.alive).toBe(1);
      }),
      { numRuns: runs(500, 100) },
    );
  });

  it('a camera that should not run is stopped or has been killed within 10 s', () => {
    fc.assert(
      fc.property(acts, (moves) => {
        const world = played(moves);
        world.feed({ kind: 'stop-requested' });
        for (let i = 0; i < 25 && world.dying !== 'killed'; i++) {
          world.answer(true);
          world.pass(500);
        }
        if (world.alive) expect(world.dying).toBe('killed');
        world.exit(9);
        expect(world.p).toMatchObject({ state: 'stopped', due: Infinity });
      }),
      { numRuns: runs(500, 100) },
    );
  });
});

it('no order of events, possible or not, leaves a camera stuck', () => {
  const event = fc.oneof(
    fc.constantFrom<ProcessEvent>(
      { kind: 'start-requested' },
      { kind: 'stop-requested' },
      { kind: 'spawn-failed' },
      { kind: 'source-refused' },
      { kind: 'tick' },
      { kind: 'spawned', pid: 7 },
      { kind: 'adopted', pid: 8 },
      { kind: 'exited', code: 0, signal: null },
    ),
    fc.nat(9).map((frames): ProcessEvent => ({ kind: 'heartbeat', frames })),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(20_000)), { maxLength: 60 }), (story) => {
      let [p, now] = [stoppedProcess(0), 0];
      for (const [each, ms] of story) {
        now += ms;
        const alive = p.worker !== 'none';
        const { state, effects } = step(p, each, now);
        if (alive && state.worker !== 'none' && each.kind !== 'exited' && each.kind !== 'spawn-failed')
          expect(effects).not.toContainEqual({ kind: 'spawn' });
        expect(Number.isFinite(state.due)).toBe(state.state !== 'stopped');
        p = state;
      }
    }),
    { numRuns: runs(3_000, 500) },
  );
});
