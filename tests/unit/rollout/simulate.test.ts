import { simulate } from '../../../src/cli/simulate';
import { DEFAULT_PLAN } from '../../../src/domain/rollout/rollout-plan';

const { rules } = DEFAULT_PLAN;
const failing = (changed: Partial<typeof rules>) =>
  simulate({ stages: 50, rules: { ...rules, ...changed } })
    .rows.filter(({ passed }) => !passed)
    .map(({ property }) => property);

describe('the simulation', () => {
  it('of 500 stages finds every demand met', () => {
    const { rows, passed } = simulate({ short: true });
    expect(rows.filter((row) => !row.passed)).toEqual([]);
    expect([passed, rows.length]).toEqual([true, 18]);
  });

  it('gives the same figures for the same seed', () => {
    expect(simulate({ stages: 20, seed: 5 })).toEqual(simulate({ stages: 20, seed: 5 }));
  });

  it('finds fault with limits that roll a healthy path back', () => {
    expect(failing({ errorRate: 0.002, attentionErrorRate: 0.001 })).toContain(
      'stages of 4,000 calls at 1 % errors that are rolled back',
    );
  });

  it('finds fault with limits that stop a broken path too late', () => {
    expect(failing({ errorRate: 0.3 })).toContain(
      'after 1,000 healthy calls: calls until a dead path is stopped, worst',
    );
  });
});
