import fc from 'fast-check';
import { bucketOf, seedOf } from '../../../src/domain/rollout/bucket';
import {
  type CommandContext,
  type RolloutCommand,
  cohortFor,
  handleCommand,
} from '../../../src/domain/rollout/rollout-commands';
import { type GroupPlan, readPlans } from '../../../src/domain/rollout/rollout-plan';
import {
  type RolloutEvent,
  type RolloutState,
  activeMsAt,
  apply,
  initialState,
} from '../../../src/domain/rollout/rollout-state';
import { DomainError } from '../../../src/domain/shared/domain-error';

const plan = readPlans(null, ['g']).plans[0] as GroupPlan;
const ready: CommandContext = { plan, keys: [], missing: [] };
const lacking: CommandContext = { ...ready, missing: [{ what: 'calls', have: 1, need: 344, etaMs: null }] };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function after(commands: readonly [RolloutCommand, number?][], context = ready): RolloutState {
  return commands.reduce(
    (state, [command, second = 0], i) => apply(state, handleCommand(command, state, context), at(second), 'ann', i + 1),
    initialState('g'),
  );
}
const start: [RolloutCommand, number?] = [{ name: 'start' }];
const refusal = (command: RolloutCommand, state: RolloutState, context = ready): string => {
  try {
    handleCommand(command, state, context);
    return 'accepted';
  } catch (error) {
    return error instanceof DomainError ? `${error.kind} ${error.code}` : String(error);
  }
};

describe('a group under its plan', () => {
  it('goes through the stages, keeps a holdout in the last and gives it up at the end', () => {
    const promote: [RolloutCommand, number?] = [{ name: 'promote' }];
    const shares = [1, 2, 3, 4, 5].map((n) => {
      const { status, effectiveBps, holdout } = after([start, ...Array.from({ length: n - 1 }, () => promote)]);
      return `${status} ${effectiveBps} ${holdout}`;
    });
    expect(shares).toEqual([
      'running 1000 0',
      'running 2500 0',
      'running 5000 0',
      'running 10000 500',
      'complete 10000 0',
    ]);
  });

  it('counts only active time towards the bake', () => {
    const state = after([start, [{ name: 'pause' }, 30], [{ name: 'resume' }, 90]]);
    expect(activeMsAt(state, at(100))).toBe(40_000);
  });

  it('counts a clock that was set back as no time', () => {
    expect(activeMsAt(after([[{ name: 'start' }, 50]]), at(0))).toBe(0);
  });

  it('is at nothing after a rollback, and enters the failed stage anew on resume', () => {
    const promoted = after([start, [{ name: 'promote' }]]);
    const back = apply(
      promoted,
      handleCommand({ name: 'rollback', reason: 'broken' }, promoted, ready),
      at(5),
      'ann',
      9,
    );
    expect(back).toMatchObject({ status: 'rolled_back', effectiveBps: 0, stage: 1, tripReason: 'broken' });
    const again = apply(back, handleCommand({ name: 'resume' }, back, ready), at(9), 'ann', 10);
    expect(again).toMatchObject({
      status: 'running',
      stage: 1,
      effectiveBps: 2500,
      entry: promoted.entry + 1,
      tripReason: null,
    });
  });

  it('enters the stage anew after a freeze, so that what failed before is not held against it', () => {
    const running = after([start]);
    const frozen = apply(running, { kind: 'frozen', reason: 'slow' }, at(5), null, 2);
    expect(frozen).toMatchObject({ status: 'frozen', effectiveBps: 1000 });
    const again = apply(frozen, handleCommand({ name: 'resume' }, frozen, ready), at(9), 'ann', 3);
    expect(again).toMatchObject({ status: 'running', stage: 0, entry: running.entry + 1, tripReason: null });
  });

  it.each<[string, RolloutCommand, [RolloutCommand, number?][], CommandContext, string]>([
    ['promote without evidence', { name: 'promote' }, [start], lacking, 'conflict rollout.evidence_missing'],
    ['promote outside a plan', { name: 'promote' }, [], ready, 'conflict rollout.not_running'],
    ['start twice', { name: 'start' }, [start], ready, 'conflict rollout.already_started'],
    [
      'start after a rollback',
      { name: 'start' },
      [start, [{ name: 'rollback', reason: 'x' }]],
      ready,
      'conflict rollout.rolled_back',
    ],
    ['pause what does not run', { name: 'pause' }, [], ready, 'conflict rollout.not_running'],
    ['resume what runs', { name: 'resume' }, [start], ready, 'conflict rollout.not_paused'],
    ['roll back what is on legacy', { name: 'rollback', reason: 'x' }, [], ready, 'conflict rollout.at_zero'],
    [
      'set a share over a running plan',
      { name: 'set-percent', percent: 5, by: 'operator' },
      [start],
      ready,
      'conflict rollout.plan_running',
    ],
    ['approve outside a plan', { name: 'approve', reason: 'x' }, [], ready, 'conflict rollout.not_running'],
  ])('refuses to %s', (_what, command, before, context, expected) => {
    expect(refusal(command, after(before), context)).toBe(expected);
  });

  it('is the fold of its events for any sequence of commands, and never leaves 0 to 10000', () => {
    const command = fc.oneof(
      fc.constantFrom<RolloutCommand>({ name: 'start' }, { name: 'pause' }, { name: 'resume' }, { name: 'promote' }),
      fc.constantFrom<RolloutCommand>({ name: 'rollback', reason: 'r' }, { name: 'approve', reason: 'a' }),
      fc
        .double({ min: 0, max: 100, noNaN: true })
        .map((percent): RolloutCommand => ({ name: 'set-percent', percent, by: 'operator' })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.nat(1000))), (commands) => {
        const events: [RolloutEvent, number][] = [];
        let state = initialState('g');
        for (const [c, second] of commands) {
          if (refusal(c, state) !== 'accepted') continue;
          const event = handleCommand(c, state, ready);
          events.push([JSON.parse(JSON.stringify(event)) as RolloutEvent, second]);
          state = apply(state, event, at(second), null, events.length);
          expect(state.effectiveBps).toBeGreaterThanOrEqual(0);
          expect(state.effectiveBps).toBeLessThanOrEqual(10_000);
          if (state.status === 'complete') expect(state.stage).toBe(plan.stages.length - 1);
        }
        const replayed = events.reduce(
          (s, [event, second], i) => apply(s, event, at(second), null, i + 1),
          initialState('g'),
        );
        expect(replayed).toEqual(state);
      }),
    );
  });
});

describe('a cohort of few keys', () => {
  it('is never empty, admits at least the share, and is one threshold, for any keys', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.01, max: 99.99, noNaN: true }),
        fc.string(),
        (keys, percent, salt) => {
          const seed = seedOf('g', salt);
          const { effectiveBps, bps } = cohortFor(percent, 5, seed, keys);
          const admitted = keys.filter((key) => bucketOf(key, seed) < effectiveBps).length;
          expect(admitted).toBeGreaterThanOrEqual(Math.max(1, Math.ceil((percent / 100) * keys.length)));
          expect(effectiveBps).toBeGreaterThanOrEqual(bps);
        },
      ),
    );
  });
});

describe('a holdout of few keys', () => {
  it('holds out at least one of two or more keys, and never all of them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 40 }), fc.string(), (keys, salt) => {
        const seed = seedOf('g', salt);
        const buckets = keys.map((key) => bucketOf(key, seed));
        fc.pre(new Set(buckets).size > 1);
        const { holdout } = cohortFor(100, 5, seed, keys);
        const held = buckets.filter((bucket) => bucket >= 10_000 - holdout).length;
        expect(held).toBeGreaterThanOrEqual(1);
        expect(buckets.every((bucket) => bucket < 9_500) ? held < keys.length : true).toBe(true);
      }),
    );
  });
});

describe('the rollout file', () => {
  const faults = (file: unknown) =>
    readPlans(file as never, ['g', 'h']).faults.map((f) => `${f.path.join('.')} ${f.type}`);
  it('names every fault at once, and then no plan counts', () => {
    const file = {
      defaults: {
        stages: [
          { percent: 50, bake: '1h' },
          { percent: 25, bake: 'soon' },
        ],
        kind: 'lazy',
      },
      groups: { nope: {}, g: { error_rate: 2, auto_promte: true } },
      extra: 1,
    };
    expect(faults(file).sort()).toEqual([
      'defaults.kind enum',
      'defaults.stages order',
      'defaults.stages.1 order',
      'defaults.stages.1.bake type',
      'extra unknown_field',
      'groups.g.auto_promte unknown_field',
      'groups.g.error_rate range',
      'groups.nope unknown_group',
    ]);
    expect(readPlans(file, ['g', 'h']).plans).toEqual([]);
  });
  it('takes what a group leaves out from the defaults', () => {
    const { plans } = readPlans({ defaults: { min_calls: 7 }, groups: { g: { min_control: 300 } } }, ['g', 'h']);
    expect(plans.map((p) => [p.group, p.rules.minCalls, p.rules.minControl])).toEqual([
      ['g', 7, 300],
      ['h', 7, 1000],
    ]);
  });
});
