import type { EvidenceRules, StageEvidence } from '../domain/rollout/evidence';
import { judge } from '../domain/rollout/judge';
import { DEFAULT_PLAN } from '../domain/rollout/rollout-plan';
import { type Behaviour, Random, callsUntilTrip, falseAlarm, perfectEvidence, simulateStage } from './simulated-stages';

export interface SimulationRow {
  readonly property: string;
  readonly demand: string;
  readonly figure: string;
  readonly passed: boolean;
}

export interface Simulation {
  readonly rows: readonly SimulationRow[];
  readonly passed: boolean;
}

export interface SimulationOptions {
  /** 500 stages per property, which fits into a test run, instead of 10,000. */
  readonly short?: boolean;
  readonly stages?: number;
  readonly seed?: number;
  readonly rules?: EvidenceRules;
}

const HEALTHY: Behaviour = { errorRate: 0.01, slowdown: 1, spread: 1 };
/**
 * The verdict is checked after every call: the result is the number of calls a decision takes, not the interval of the
 * checks.
 */
const EVERY_CALL = Array.from({ length: 4000 }, (_, i) => i + 1);
const EVERY_20_CALLS = EVERY_CALL.filter((call) => call % 20 === 0);

const sortedOf = (count: number, draw: () => number) => Array.from({ length: count }, draw).sort((a, b) => a - b);
const middle = (sorted: readonly number[]) => sorted[sorted.length >> 1] ?? Number.NaN;

/**
 * Checks the promises of the rollout engine by simulating stages: how fast a broken path is stopped and how rarely a
 * healthy one is. The same `seed` gives the same figures everywhere. 10,000 stages take about a minute.
 */
export function simulate({
  short,
  stages = short ? 500 : 10_000,
  seed = 1,
  rules = DEFAULT_PLAN.rules,
}: SimulationOptions = {}): Simulation {
  // Each part has a sequence of its own, so that a change of one part does not change the figures of the others.
  const parts = [broken, healthy, slower, evidence];
  const rows = parts.flatMap((part, i) => part(new Random(seed + i), rules, stages));
  return { rows, passed: rows.every(({ passed }) => passed) };
}

function broken(random: Random, rules: EvidenceRules, stages: number): SimulationRow[] {
  const calls = (errorRate: number) => sortedOf(stages, () => callsUntilTrip(random, errorRate, rules, 1000));
  const atMost = (what: string, limit: number, figure: number): SimulationRow => ({
    property: `after 1,000 healthy calls: ${what}`,
    demand: `<= ${limit}`,
    figure: String(figure),
    passed: figure <= limit,
  });
  return [
    atMost('calls until a dead path is stopped, worst', 4, calls(1).at(-1) ?? Number.NaN),
    atMost('calls until 50 % errors are stopped, median', 12, middle(calls(0.5))),
    atMost('calls until 25 % errors are stopped, median', 50, middle(calls(0.25))),
  ];
}

function healthy(random: Random, rules: EvidenceRules, stages: number): SimulationRow[] {
  const count = (happens: () => boolean) => Array.from({ length: stages }, happens).filter(Boolean).length;
  const rarely = (property: string, happens: () => boolean) => rare(property, count(happens), stages);
  return [
    rarely(
      'stages of 4,000 calls at 1 % errors that are rolled back',
      () => simulateStage(random, HEALTHY, rules).rolledBack,
    ),
    rarely('20,000 calls of one process at 1 % errors that are stopped', () =>
      falseAlarm(random, 0.01, rules, 'rollback', 20_000),
    ),
    rarely('8,000 calls of one process at 0.1 % errors that raise attention', () =>
      falseAlarm(random, 0.001, rules, 'attention', 8000),
    ),
  ];
}

function slower(random: Random, rules: EvidenceRules, stages: number): SimulationRow[] {
  const run = (slowdown: number, spread: number, count: number, looks?: readonly number[], slowMachineAfter?: number) =>
    Array.from({ length: count }, () =>
      simulateStage(random, { errorRate: 0, slowdown, spread, slowMachineAfter }, rules, looks),
    );
  const rolledBack = (slowdown: number, spread: number) =>
    run(slowdown, spread, stages).filter((stage) => stage.rolledBack).length;
  const caught = (spread: number) =>
    middle(sortedCalls(run(3, spread, Math.ceil(stages / 2), EVERY_CALL).map((s) => (s.rolledBack ? s.calls : 1e9))));
  return [0.5, 1].flatMap((spread) => {
    const [identical, atLimit, calls] = [rolledBack(1, spread), rolledBack(1.5, spread), caught(spread)];
    const machine = run(1, spread, stages, undefined, 1000).filter((stage) => stage.rolledBack).length;
    const durations = `durations of spread ${spread}`;
    return [
      row(`${durations}: stages rolled back with identical code`, '0', String(identical), identical === 0),
      rare(`${durations}: stages rolled back when the machine becomes 3 x slower`, machine, stages),
      rare(`${durations}: stages rolled back at exactly +50 %`, atLimit, stages),
      row(`${durations}: calls until a path 3 x slower is stopped, median`, '<= 120', String(calls), calls <= 120),
    ];
  });
}

const row = (property: string, demand: string, figure: string, passed: boolean): SimulationRow => ({
  property,
  demand,
  figure,
  passed,
});

/** At most 0.1 % of the stages; one where there are fewer than 1,000, because none at all would be luck. */
const rare = (property: string, count: number, stages: number): SimulationRow => {
  const limit = Math.max(1, Math.floor(stages / 1000));
  return row(property, `<= ${limit} of ${stages}`, String(count), count <= limit);
};

const sortedCalls = (calls: number[]) => calls.sort((a, b) => a - b);

/** Complete evidence promotes; each piece taken away holds; a single mismatch rolls back. */
function evidence(random: Random, rules: EvidenceRules, stages: number): SimulationRow[] {
  const full = perfectEvidence(rules);
  const action = (change: Partial<StageEvidence>) => judge({ ...full, ...change }, rules, 1).action;
  const taken: Partial<StageEvidence>[] = [
    { activeMs: 0 },
    { operations: [] },
    {
      operations: full.operations.map((o) => ({
        ...o,
        domain: { ...o.domain, n: rules.minCalls - 1, ok: rules.minCalls - 1 },
      })),
    },
    { operations: full.operations.map((o) => ({ ...o, domain: { ...o.domain, timed: 199 } })) },
    { operations: full.operations.map(({ limits: _limits, ...o }) => ({ ...o, control: { ...o.control, n: 999 } })) },
    { comparisons: rules.minComparisons - 1 },
    { share: { domain: 200, drawn: 1000, expectedBps: 1000 } },
    { instances: { confirmed: 1, alive: 2 } },
  ];
  const held = taken.filter((change) => action(change) === 'hold').length;
  const proven = sortedCalls(
    Array.from(
      { length: Math.ceil(stages / 5) },
      () => simulateStage(random, { errorRate: 0.003, slowdown: 1, spread: 0.5 }, rules, EVERY_20_CALLS).proven ?? 1e9,
    ),
  );
  return [
    row('complete evidence', 'promote', action({}), action({}) === 'promote'),
    row('one piece of evidence taken away: held', String(taken.length), String(held), held === taken.length),
    row('one confirmed mismatch', 'rollback', action({ mismatches: 1 }), action({ mismatches: 1 }) === 'rollback'),
    row(
      'calls until 0.3 % errors are proven to be < 1 %, median',
      '<= 1000',
      String(middle(proven)),
      middle(proven) <= 1000,
    ),
  ];
}
