import { TokenBuckets } from '../../../src/domain/shared/token-bucket';

const buckets = (most = 100) => new TokenBuckets({ burst: 2, perSecond: 0.5 }, most);

describe('a token bucket', () => {
  it('says how long until the next one, and gives it then', () => {
    const b = buckets();
    expect([b.take('a', 0), b.take('a', 0), b.take('a', 0)]).toEqual([0, 0, 2]);
    expect([b.take('a', 1_000), b.take('a', 2_000), b.take('a', 2_000)]).toEqual([1, 0, 2]);
  });

  it('never holds more than the burst', () => {
    const b = buckets();
    b.take('a', 0);
    expect([1, 2, 3].map(() => b.take('a', 1e9))).toEqual([0, 0, 2]);
  });

  it('is not emptied by a clock that is set back', () => {
    const b = buckets();
    b.take('a', 1e9);
    expect(b.take('a', 0)).toBe(0);
    expect(b.take('a', 4_000)).toBe(0);
  });

  it('is kept for so many keys only, the least recently used ones go', () => {
    const b = buckets(3);
    for (const key of ['a', 'a', 'b', 'c', 'a', 'd']) b.take(key, 0);
    expect(b.size).toBe(3);
    expect(b.take('a', 0)).toBeGreaterThan(0);
    for (let i = 0; i < 10_000; i += 1) b.take(`key ${i}`, 0);
    expect(b.size).toBe(3);
  });
});
