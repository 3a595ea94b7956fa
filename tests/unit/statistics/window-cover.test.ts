import fc from 'fast-check';
import { type TimeSpan, coverOf } from '../../../src/domain/statistics/window-cover';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const length = ({ from, to }: TimeSpan) => to - from;
const window = fc
  .tuple(fc.integer({ min: 0, max: 10 * HOUR }), fc.integer({ min: 0, max: 3_000 * HOUR }))
  .map(([from, ms]) => ({ from, to: from + ms }));

describe('the cover of a window', () => {
  it('is hours within, minutes around them, and events at the ends', () => {
    const at = (hours: number, minutes = 0, ms = 0) => hours * HOUR + minutes * MINUTE + ms;
    expect(coverOf({ from: at(1, 58, 300), to: at(4, 2, 1) })).toEqual({
      hours: [{ from: at(2), to: at(4) }],
      minutes: [
        { from: at(1, 59), to: at(2) },
        { from: at(4), to: at(4, 2) },
      ],
      events: [
        { from: at(1, 58, 300), to: at(1, 59) },
        { from: at(4, 2), to: at(4, 2, 1) },
      ],
    });
  });

  it('is the window, the whole window, and each moment once', () => {
    fc.assert(
      fc.property(window, (whole) => {
        const { hours, minutes, events } = coverOf(whole);
        const parts = [...hours, ...minutes, ...events].sort((a, b) => a.from - b.from);
        expect(parts.every((part) => length(part) > 0)).toBe(true);
        parts.forEach((part, i) => expect(part.from).toBe(i === 0 ? whole.from : parts[i - 1]?.to));
        expect(parts.at(-1)?.to ?? whole.from).toBe(whole.to);
      }),
    );
  });

  it('never leaves more than two minutes to single events, nor two hours to minutes', () => {
    fc.assert(
      fc.property(window, (whole) => {
        const { minutes, events } = coverOf(whole);
        const sum = (parts: readonly TimeSpan[]) => parts.reduce((ms, part) => ms + length(part), 0);
        expect(sum(events)).toBeLessThan(2 * MINUTE);
        expect(sum(minutes)).toBeLessThan(2 * HOUR);
      }),
    );
  });
});
