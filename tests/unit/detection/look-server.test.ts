import { FairTurns, RecentWaits } from '../../../src/detector/look-server';

/** Who gets how many of some turns, when all wait all the time. */
function shares(weights: Readonly<Record<string, number>>, turns: number): Record<string, number> {
  const fair = new FairTurns<string>();
  const got: Record<string, number> = Object.fromEntries(Object.keys(weights).map((who) => [who, 0]));
  for (const [who, weight] of Object.entries(weights)) fair.wait(who, weight);
  for (let i = 0; i < turns; i += 1) {
    const who = fair.next()!;
    got[who]! += 1;
    fair.wait(who, weights[who]!);
  }
  return got;
}

describe('fair turns', () => {
  it('are shared by weight', () => {
    const got = shares({ hands: 4, walking: 2, calm: 1 }, 700);
    expect(Math.abs(got.hands! - 400)).toBeLessThanOrEqual(4);
    expect(Math.abs(got.walking! - 200)).toBeLessThanOrEqual(4);
    expect(Math.abs(got.calm! - 100)).toBeLessThanOrEqual(4);
  });

  it('starve nobody, however many deserve more', () => {
    const many = Object.fromEntries(Array.from({ length: 59 }, (_, i) => [`c${i}`, 8]));
    expect(shares({ ...many, calm: 1 }, 4_000).calm).toBeGreaterThanOrEqual(7);
  });

  it('are not saved up by who was away', () => {
    const fair = new FairTurns<string>();
    fair.wait('away', 1);
    expect(fair.next()).toBe('away');
    for (let i = 0; i < 100; i += 1) {
      fair.wait('here', 1);
      expect(fair.next()).toBe('here');
    }
    const order: (string | undefined)[] = [];
    for (let i = 0; i < 6; i += 1) {
      fair.wait('away', 1);
      fair.wait('here', 1);
      order.push(fair.next());
    }
    expect(order.filter((who) => who === 'away').length).toBeLessThanOrEqual(4);
  });

  it('are none for who left, or does not wait', () => {
    const fair = new FairTurns<string>();
    fair.wait('a', 1);
    fair.leave('a');
    expect(fair.next()).toBeUndefined();
  });
});

describe('the waits of cameras for their looks', () => {
  it('are those of the last ten seconds, the slowest twentieth left out', () => {
    let now = 0;
    const waits = new RecentWaits(() => now);
    expect(waits.p95()).toBe(0);
    waits.add(60_000);
    now = 10_001;
    for (let ms = 1; ms <= 100; ms += 1) waits.add(ms);
    expect(waits.p95()).toBe(95);
    now = 30_000;
    expect(waits.p95()).toBe(0);
  });
});
