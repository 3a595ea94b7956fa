import * as fc from 'fast-check';
import {
  attentionMayEnd,
  callsToProveBelow,
  cleanCallsOnce,
  provenAbove,
  provenBelow,
  shareIsPlausible,
  wilson,
} from '../../../src/domain/rollout/proportion';

const ALTERNATIVES = [0.1, 0.25, 0.5, 0.9];
const calls = fc.integer({ min: 1, max: 100_000 });

describe('the 95 % interval of a share', () => {
  // Reference: roots of the score equation |k / n - p| = 1.96 √(p (1 - p) / n), found by bisection.
  it.each([
    [0, 10, 0, 0.27753],
    [1, 10, 0.01788, 0.40415],
    [5, 100, 0.02154, 0.11175],
    [20, 20, 0.83887, 1],
    [500, 10_000, 0.0459, 0.05445],
  ])('of %d in %d is %d to %d', (count, n, low, high) => {
    const [lower, upper] = wilson(count, n);
    expect(lower).toBeCloseTo(low, 4);
    expect(upper).toBeCloseTo(high, 4);
  });

  it('contains the share itself and stays within 0 and 1, for any count', () => {
    fc.assert(
      fc.property(calls, fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const count = Math.round(share * n);
        const [lower, upper] = wilson(count, n);
        expect(0 <= lower && lower <= count / n && count / n <= upper && upper <= 1).toBe(true);
      }),
    );
  });

  it('is everything without a call', () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

describe('clean calls', () => {
  it.each([
    [0.05, 59],
    [0.01, 299],
    [0.001, 2995],
  ])('that prove a rate below %d when looked at once: %d', (limit, n) => {
    expect(cleanCallsOnce(limit)).toBe(n);
    expect((1 - limit) ** n).toBeLessThanOrEqual(0.05);
    expect((1 - limit) ** (n - 1)).toBeGreaterThan(0.05);
  });

  it('that prove less than 1 % however often one looks are 343, and not one fewer', () => {
    expect(callsToProveBelow(0, 0, 0.01)).toBe(343);
    expect(provenBelow(0, 342, 0.01)).toBe(false);
    expect(provenBelow(0, 343, 0.01)).toBe(true);
  });

  it('are not enough for a rate at the limit or above it, ever', () => {
    expect(callsToProveBelow(10, 1000, 0.01)).toBeNull();
    expect(callsToProveBelow(30, 1000, 0.01)).toBeNull();
  });
});

describe('a proof', () => {
  it('of a rate above a limit is never one of a rate below it', () => {
    fc.assert(
      fc.property(calls, fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const count = Math.round(share * n);
        const above = provenAbove(count, n, 0.05, ALTERNATIVES, 1e-5);
        expect(above && provenBelow(count, n, 0.05)).toBe(false);
        if (above) expect(wilson(count, n)[0]).toBeGreaterThan(0.05);
      }),
    );
  });

  it('of a rate above a limit stays one with more failures and falls with more successes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), (failures, successes) => {
        const proven = (f: number, s: number) => provenAbove(f, f + s, 0.05, ALTERNATIVES, 1e-5);
        if (proven(failures, successes)) expect(proven(failures + 1, successes)).toBe(true);
        else expect(proven(failures, successes + 1)).toBe(false);
      }),
    );
  });

  it.each([
    [5, 5, true],
    [4, 4, false],
    [50, 1000, false],
    [60, 1000, false],
    [120, 1000, true],
  ])('by %d failures of %d calls that more than 5 %% fail: %s', (failures, n, proven) => {
    expect(provenAbove(failures, n, 0.05, ALTERNATIVES, 1e-5)).toBe(proven);
  });
});

describe('the share of the cohort', () => {
  it.each([
    [1000, 10_000, 1000, true],
    [1090, 10_000, 1000, true],
    [1110, 10_000, 1000, false],
    [890, 10_000, 1000, false],
    [9, 20, 1000, true],
    [0, 0, 1000, true],
    [500, 500, 10_000, true],
    [499, 500, 10_000, false],
    [1, 500, 0, false],
  ])('%d of %d calls at %d basis points is plausible: %s', (domain, drawn, bps, plausible) => {
    expect(shareIsPlausible(domain, drawn, bps)).toBe(plausible);
  });
});

it('attention ends only well below its line', () => {
  expect(attentionMayEnd(9, 1000, 0.01)).toBe(false);
  expect(attentionMayEnd(3, 1000, 0.01)).toBe(false);
  expect(attentionMayEnd(3, 2000, 0.01)).toBe(true);
});
