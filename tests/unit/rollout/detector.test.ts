import * as fc from 'fast-check';
import { Detector, attentionSettings, rollbackSettings } from '../../../src/domain/rollout/detector';
import { DEFAULT_PLAN } from '../../../src/domain/rollout/rollout-plan';

const { rules } = DEFAULT_PLAN;
const rollback = () => new Detector(rollbackSettings(rules));

function callsUntilTrip(detector: Detector, pattern: readonly boolean[]): number {
  for (let calls = 1; calls <= 10_000; calls++) if (detector.observe(pattern[calls % pattern.length]!)) return calls;
  return Number.POSITIVE_INFINITY;
}

describe('a detector', () => {
  it.each([
    ['all calls failing', [true], 4],
    ['every second call failing', [true, false], 14],
    ['one call in four failing', [true, false, false, false], 60],
    ['one call in twenty failing', [true, ...Array.from({ length: 19 }, () => false)], Number.POSITIVE_INFINITY],
    ['no call failing', [false], Number.POSITIVE_INFINITY],
  ])('for rollback, %s: trips within the calls allowed', (_what, pattern, limit) => {
    const calls = callsUntilTrip(rollback(), pattern);
    if (limit === Number.POSITIVE_INFINITY) expect(calls).toBe(limit);
    else expect(calls).toBeLessThanOrEqual(limit);
  });

  it('needs four failing calls in a row, never fewer', () => {
    const detector = rollback();
    expect([1, 2, 3, 4].map(() => detector.observe(true))).toEqual([false, false, false, true]);
  });

  it('forgets a healthy past: a path that dies after a million calls is caught within four', () => {
    const detector = rollback();
    for (let i = 0; i < 1_000_000; i++) detector.observe(i % 100 === 0);
    expect(callsUntilTrip(detector, [true])).toBeLessThanOrEqual(4);
  });

  it('stays tripped until it is reset', () => {
    const detector = rollback();
    callsUntilTrip(detector, [true]);
    for (let i = 0; i < 1000; i++) expect(detector.observe(false)).toBe(true);
    detector.reset();
    expect(detector.tripped).toBe(false);
    expect(callsUntilTrip(detector, [true])).toBe(4);
  });

  it('for attention speaks at 5 % errors, where the one for rollback keeps silent', () => {
    const pattern = Array.from({ length: 20 }, (_, i) => i === 0);
    expect(callsUntilTrip(new Detector(attentionSettings(rules)), pattern)).toBeLessThanOrEqual(250);
    expect(callsUntilTrip(rollback(), pattern)).toBe(Number.POSITIVE_INFINITY);
  });

  it('watches the limits of the plan, whatever they are', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.5, noNaN: true }), (errorRate) => {
        const { alternatives } = rollbackSettings({ ...rules, errorRate });
        expect(alternatives.length).toBeGreaterThan(0);
        expect(alternatives.every((rate) => rate > errorRate && rate < 1)).toBe(true);
      }),
    );
  });
});
