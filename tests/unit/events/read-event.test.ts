import { openedBy } from '../../../src/domain/events/opened-violation';
import { InvalidEvent, readEvent } from '../../../src/domain/events/read-event';
import { acceptedTimes } from '../../../src/domain/events/time-window';
import { DEFAULT_VIOLATION_TYPES, type Event } from '../../../src/domain/shared/event';

const NOW = new Date('2026-06-01T12:00:00Z');
const now = NOW.getTime() / 1000;
const times = acceptedTimes(NOW, 180);
const good = { ts: now, type: 'frozen', camera_id: 'cam1' };
const read = (fields: object): Event => {
  const event = readEvent({ ...good, ...fields }, times);
  if (event instanceof InvalidEvent) throw new Error(event.why);
  return event;
};

describe('an event', () => {
  it.each([
    ['seconds', now - 0.123456, now - 0.123456],
    ['more digits than are kept', now + 0.12345678, now + 0.123457],
    ['an ISO time', '2026-06-01T11:59:59.250Z', now - 0.75],
    ['an ISO time of another zone', '2026-06-01T19:59:00+08:00', now - 60],
    ['an ISO time without a zone, which is UTC', '2026-06-01T11:59:00', now - 60],
    ['a time with a space', '2026-06-01 11:59:00', now - 60],
  ])('has a time from %s', (_, ts, expected) => {
    expect(read({ ts }).ts).toBeCloseTo(expected, 6);
  });

  it.each([
    ['soon'],
    [null],
    [undefined],
    [Number.NaN],
    [''],
    [{}],
    [now * 1000],
    [0],
    [now + 86_400],
    ['2026-13-01T00:00:00'],
  ])('is refused with the time %p', (ts) => {
    expect(readEvent({ ...good, ts }, times)).toEqual({ why: expect.stringMatching(/^ts /) });
  });

  it('is the same event when the same content is sent again, in whatever order its keys are', () => {
    const evidence = { a: 1, b: { c: [1, 2], d: null } };
    const { id } = read({ evidence });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(read({ evidence: { b: { d: null, c: [1, 2] }, a: 1 } }).id).toBe(id);
    const others = [{}, { evidence: { a: 2 } }, { evidence, track_id: 0 }, { evidence, ts: now - 1 }];
    for (const other of others) expect(read(other).id).not.toBe(id);
  });

  it('keeps a UUID as its id, and makes one of any other id', () => {
    const uuid = '019a0000-0000-7000-8000-000000000001';
    expect(read({ id: uuid })).toMatchObject({ id: uuid, externalId: null });
    const named = read({ id: 'cam1-7' });
    expect(named).toMatchObject({ externalId: 'cam1-7', id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(read({ id: 'cam1-7', ts: now - 5 }).id).toBe(named.id);
    expect(read({ id: 42 })).toMatchObject({ externalId: '42' });
  });

  it('opens a violation when its type is one, with the box as an object', () => {
    const evidence = { confidence: 0.9, bbox: [1, 2, 11, 22], snapshot_path: 'x.jpg' };
    expect(openedBy(read({ type: 'NO_HAIRNET_AT_SINK', evidence }), DEFAULT_VIOLATION_TYPES)).toEqual({
      violationType: 'no_hairnet',
      confidence: 0.9,
      snapshotPath: 'x.jpg',
      bbox: { x: 1, y: 2, width: 10, height: 20 },
    });
    const bare = openedBy(read({ type: 'SKIP_DRYING', evidence: { bbox: 'x' } }), DEFAULT_VIOLATION_TYPES);
    expect(bare).toEqual({ violationType: 'no_sanitize', confidence: null, snapshotPath: null, bbox: null });
    expect(openedBy(read({ type: 'toString' }), DEFAULT_VIOLATION_TYPES)).toBeUndefined();
  });
});
