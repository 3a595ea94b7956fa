import * as fc from 'fast-check';
import { perfectEvidence } from '../../../src/cli/simulated-stages';
import type { ArmCounts, EvidenceRules, OperationEvidence, StageEvidence } from '../../../src/domain/rollout/evidence';
import { judge } from '../../../src/domain/rollout/judge';
import { DEFAULT_PLAN } from '../../../src/domain/rollout/rollout-plan';

const { rules } = DEFAULT_PLAN;
const QUIET: EvidenceRules = { ...rules, kind: 'quiet' };
const perfect = perfectEvidence(rules);
const [operation] = perfect.operations as [OperationEvidence];

const arm = (change: Partial<ArmCounts>): ArmCounts => {
  const counts = { ok: 0, reject: 0, failure: 0, fallback: 0, timed: 0, slow20: 0, slow50: 0, ...change };
  return { ...counts, n: counts.ok + counts.reject + counts.failure };
};
const changed = (change: Partial<OperationEvidence>, stage: Partial<StageEvidence> = {}): StageEvidence => ({
  ...perfect,
  operations: [{ ...operation, ...change }],
  ...stage,
});
const domain = (change: Partial<ArmCounts>) => changed({ domain: arm({ timed: 344, ...change }) });
const summary = (evidence: StageEvidence, by: EvidenceRules = rules) => {
  const { action, attention, missing } = judge(evidence, by, 1);
  return [action, attention ? 'attention' : 'calm', ...missing.map(({ what }) => what)].join(' ');
};

describe('a verdict', () => {
  it('promotes on complete evidence, and every finding is fine or open', () => {
    expect(summary(perfect)).toBe('promote calm');
    expect(judge(perfect, rules, 1).findings.map(({ metric, level }) => `${metric} ${level}`)).toEqual([
      'mismatch fine',
      'error_rate fine',
      'success_rate fine',
      'latency_50 fine',
      'latency_20 open',
    ]);
  });

  it.each<[string, StageEvidence, string]>([
    ['a dead path', domain({ failure: 5 }), 'rollback attention'],
    ['12 % errors', domain({ ok: 880, failure: 120 }), 'rollback attention'],
    ['5 % errors are not proven to be above 5 %', domain({ ok: 950, failure: 50 }), 'hold attention error_proof'],
    ['2 % errors', domain({ ok: 4900, failure: 100 }), 'hold attention error_proof'],
    ['one failure in few calls', domain({ ok: 343, failure: 1 }), 'hold calm error_proof'],
    ['0.3 % errors in many calls', domain({ ok: 3988, failure: 12 }), 'promote calm'],
    [
      'calls served by legacy after all are failures',
      domain({ ok: 10, failure: 40, fallback: 40 }),
      'rollback attention',
    ],
    ['half of the calls too slow', domain({ ok: 344, slow50: 172, slow20: 172 }), 'rollback attention'],
    [
      'calls too slow on both paths alike, as on a busy machine',
      changed({
        domain: arm({ timed: 344, ok: 344, slow50: 172, slow20: 172 }),
        control: arm({ timed: 344, ok: 344, slow50: 160, slow20: 160 }),
      }),
      'hold calm latency',
    ],
    ['every call 30 % slower', domain({ ok: 344, slow20: 60 }), 'hold attention latency'],
    ['slow calls that prove nothing', domain({ ok: 344, slow20: 15, slow50: 15 }), 'hold calm latency'],
    ['too few timed calls', domain({ ok: 344, timed: 199 }), 'hold calm latency'],
    ['a mismatch', { ...perfect, mismatches: 1 }, 'rollback attention'],
    ['a mismatch nobody counted as comparison', { ...perfect, comparisons: 0, mismatches: 1 }, 'rollback attention'],
    ['bake not over', { ...perfect, activeMs: 0 }, 'hold calm bake'],
    ['too few comparisons', { ...perfect, comparisons: 2994 }, 'hold calm comparisons'],
    ['no comparisons for writes', changed({ effect: 'write' }, { comparisons: 0 }), 'promote calm'],
    ['an instance did not confirm', { ...perfect, instances: { confirmed: 1, alive: 2 } }, 'hold calm instances'],
    ['no instance at all', { ...perfect, instances: { confirmed: 0, alive: 0 } }, 'hold calm instances'],
    [
      'an implausible share',
      { ...perfect, share: { domain: 200, drawn: 1000, expectedBps: 1000 } },
      'hold attention share',
    ],
    ['no call at all', { ...perfect, operations: [] }, 'hold calm calls'],
    [
      'a control that is not big enough',
      changed({ limits: undefined, control: arm({ ok: 999 }) }),
      'hold calm latency',
    ],
  ])('on %s', (_what, evidence, expected) => {
    expect(summary(evidence)).toBe(expected);
  });

  it.each<[string, Partial<ArmCounts>, string]>([
    ['the control succeeds', { ok: 1000 }, 'rollback attention'],
    ['the control refuses as often: the clients are to blame', { ok: 800, reject: 200 }, 'hold attention approval'],
    ['the control is too small to tell', { ok: 20 }, 'hold attention approval'],
  ])('on 80 %% success without errors, where %s', (_what, control, expected) => {
    const refusing = arm({ ok: 800, reject: 200, timed: 1000 });
    expect(summary(changed({ domain: refusing, control: arm(control) }))).toBe(expected);
  });

  it('is not diluted by other operations: the worst one decides', () => {
    const busy = { ...operation, operation: 'busy', domain: arm({ ok: 1_000_000, timed: 1_000_000 }) };
    const dead = { ...operation, operation: 'dead', domain: arm({ failure: 5 }) };
    const { action, findings } = judge({ ...perfect, operations: [busy, dead] }, rules, 1);
    expect(action).toBe('rollback');
    expect(findings.filter(({ level }) => level === 'rollback').map((f) => f.operation)).toContain('dead');
  });

  it('lets a rare operation pass while it is clean, and holds once it fails', () => {
    const rare = (failure: number) => ({
      ...operation,
      operation: 'rare',
      domain: arm({ ok: 9, failure }),
      control: arm({ ok: 9 }),
      limits: undefined,
    });
    expect(summary({ ...perfect, operations: [operation, rare(0)] })).toBe('promote calm');
    expect(summary({ ...perfect, operations: [operation, rare(1)] })).toBe('hold calm error_proof');
  });
});

describe('an approval', () => {
  const approval = 'watched by hand';

  it.each<[string, StageEvidence, string]>([
    ['stands in for statistics', { ...perfect, operations: [], comparisons: 0 }, 'promote calm'],
    ['does not shorten the bake', { ...perfect, activeMs: 0 }, 'hold calm bake'],
    ['does not confirm instances', { ...perfect, instances: { confirmed: 1, alive: 2 } }, 'hold calm instances'],
    ['does not hide a mismatch', { ...perfect, mismatches: 1 }, 'rollback attention'],
    ['does not hide proven errors', domain({ ok: 4900, failure: 100 }), 'hold attention error_proof'],
    ['does not keep a dead path', domain({ failure: 5 }), 'rollback attention'],
    ['lets a slower path pass', domain({ ok: 344, slow20: 60 }), 'promote attention'],
  ])('%s', (_what, evidence, expected) => {
    expect(summary({ ...evidence, approval })).toBe(expected);
  });

  it('is what a quiet group waits for, instead of calls and latency', () => {
    const quiet = { ...perfect, operations: [], comparisons: 0 };
    expect(summary(quiet, QUIET)).toBe('hold calm approval');
    expect(summary({ ...quiet, approval }, QUIET)).toBe('promote calm');
  });
});

describe('missing evidence', () => {
  it('says how long it takes at the pace so far', () => {
    const evidence = { ...domain({ ok: 100 }), activeMs: 10_000, comparisons: 599 };
    const { missing } = judge(evidence, rules, 30_000);
    expect(missing.find(({ what }) => what === 'bake')).toMatchObject({ have: 10_000, need: 30_000, etaMs: 20_000 });
    expect(missing.find(({ what }) => what === 'calls')).toMatchObject({ have: 100, need: 344, etaMs: 24_400 });
    expect(missing.find(({ what }) => what === 'error_proof')).toMatchObject({ have: 100, need: 343, etaMs: 24_300 });
    expect(missing.find(({ what }) => what === 'comparisons')?.etaMs).toBe(40_000);
  });

  it('has no time of arrival where nothing arrives', () => {
    const { missing } = judge({ ...perfect, operations: [], comparisons: 0 }, rules, 1);
    expect(missing.map(({ what, etaMs }) => [what, etaMs])).toEqual([['calls', null]]);
  });

  it('never promotes and never rolls back: with any part of complete evidence it holds', () => {
    const counts = fc.integer({ min: 0, max: 343 });
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 2994 }), (ok, timed, comparisons) => {
        const evidence = { ...domain({ ok, timed: Math.min(ok, timed) }), comparisons };
        expect(judge(evidence, rules, 1).action).toBe('hold');
      }),
    );
  });
});
