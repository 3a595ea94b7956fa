import { SIMULATED_STAGES, simulate } from '../../../src/application/rollout/simulate';
import { DEFAULT_PLAN } from '../../../src/domain/rollout/rollout-plan';

const { rules } = DEFAULT_PLAN;
const failing = (changed: Partial<typeof rules>) =>
  simulate(50, 1, { ...rules, ...changed })
    .properties.filter(({ passed }) => !passed)
    .map(({ property }) => property);

describe('the simulation', () => {
  it('of 500 stages finds every demand met', () => {
    const { properties, passed, stages } = simulate(SIMULATED_STAGES.short);
    expect(properties.filter((property) => !property.passed)).toEqual([]);
    expect([passed, stages, properties.length]).toEqual([true, 500, 16]);
  });

  it('gives the same figures for the same seed', () => {
    expect(simulate(20, 5)).toEqual(simulate(20, 5));
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
