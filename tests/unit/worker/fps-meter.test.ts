import { FpsMeter } from '../../../src/worker/detection-worker';

describe('frames per second', () => {
  const metered = (every: number, until: number): FpsMeter => {
    const meter = new FpsMeter();
    for (let n = 0; n * every < until; n += 1) meter.count(100 + n * every);
    return meter;
  };

  it('are unknown before the first frame', () => expect(new FpsMeter().rate(5)).toBeNull());
  it('are those of the last five seconds', () => expect(metered(0.04, 60).rate(160)).toBeCloseTo(25, 0));
  it('are right soon after the start', () => expect(metered(0.1, 2).rate(102)).toBeCloseTo(10, 0));
  it('are unknown over less than two seconds: frames come in a bunch, or late', () => {
    expect(metered(0.001, 0.01).rate(100.01)).toBeNull();
    expect(metered(1, 2).rate(101.9)).toBeNull();
    expect(metered(1, 2).rate(102)).toBe(1);
  });
  it('fall to none when no more come', () => {
    const meter = metered(0.1, 10);
    expect(meter.rate(112.5)).toBeCloseTo(5, 0);
    expect(meter.rate(116)).toBe(0);
  });
});
