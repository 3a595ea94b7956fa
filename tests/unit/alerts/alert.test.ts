import { Alert, type AlertFields } from '../../../src/domain/alerts/alert';

const NOW = new Date('2026-01-05T08:00:00Z');
const later = new Date('2026-01-05T09:00:00Z');
const OPEN: AlertFields = {
  id: 7,
  status: 'open',
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedAt: null,
  resolvedBy: null,
  note: null,
};
const open = Alert.restore(OPEN);

describe('an alert', () => {
  it('is open, then acknowledged, then resolved', () => {
    const taken = open.acknowledge({ by: 'li', note: 'seen' }, NOW);
    expect(taken.fields).toEqual({
      ...OPEN,
      status: 'acknowledged',
      acknowledgedAt: NOW,
      acknowledgedBy: 'li',
      note: 'seen',
    });
    const done = taken.resolve({ by: 'wang', note: null }, later);
    expect(done.fields).toEqual({ ...taken.fields, status: 'resolved', resolvedAt: later, resolvedBy: 'wang' });
  });

  it('may be resolved at once, by nobody in particular', () => {
    const done = open.resolve({ by: null, note: 'false alarm' }, NOW);
    expect(done.fields).toEqual({ ...OPEN, status: 'resolved', resolvedAt: NOW, note: 'false alarm' });
  });

  it.each(['acknowledge', 'resolve'] as const)('keeps who did it first, and the last note: %s', (step) => {
    const first = open[step]({ by: 'li', note: 'a' }, NOW);
    expect(first[step]({ by: 'wang', note: 'b' }, later).fields).toEqual({ ...first.fields, note: 'b' });
    expect(first[step]({ by: 'wang', note: null }, later).fields).toEqual(first.fields);
  });

  it('cannot be acknowledged once it is resolved', () => {
    const done = open.resolve({ by: 'li', note: null }, NOW);
    expect(() => done.acknowledge({ by: 'wang', note: 'n' }, later)).toThrow(
      expect.objectContaining({ code: 'alert.resolved', message: 'Alert 7 is resolved already.' }),
    );
  });
});
