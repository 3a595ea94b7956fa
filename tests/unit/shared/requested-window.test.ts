import { requestedWindow } from '../../../src/application/shared/event-history';

const now = new Date('2026-03-02T12:00:00Z');
const shown = ({ from, to }: { from: number; to?: number }) =>
  [from, ...(to === undefined ? [] : [to])].map((at) => new Date(at).toISOString().slice(0, 16));

describe('the window that is asked for', () => {
  it.each([
    ['nothing', {}, ['2026-03-01T12:00']],
    ['its beginning', { start_time: '2026-01-01T00:00:00Z' }, ['2026-01-01T00:00']],
    ['its end', { end_time: '2026-02-01T06:00:00Z' }, ['2026-01-31T06:00', '2026-02-01T06:00']],
    [
      'both',
      { start_time: '2026-01-01T00:00:00Z', end_time: '2026-02-01T06:00:00Z' },
      ['2026-01-01T00:00', '2026-02-01T06:00'],
    ],
  ])('by %s', (_, query, expected) => {
    expect(shown(requestedWindow(query, now))).toEqual(expected);
  });
});
