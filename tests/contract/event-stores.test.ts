import type { Batch, IncomingEvent } from '../../src/application/events/event-intake';
import type { ViolationConditions, ViolationPlace } from '../../src/application/records/violation-store';
import { runInCall } from '../../src/application/shared/call-context';
import type { Detection } from '../../src/domain/events/detection';
import { DomainError } from '../../src/domain/shared/domain-error';
import type { Event } from '../../src/domain/shared/event';
import { STORE_SETS, storesForEach } from '../support/store-sets';

/** A moment that is no whole minute. */
const NOW = new Date('2026-03-29T12:00:30.500Z');
const now = NOW.getTime() / 1_000;
const id = (n: number) => `b0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const event = (n: number, ts: number, more: Partial<Event> = {}): Event => ({
  id: id(n),
  externalId: null,
  ts,
  type: 'HANDWASHING_ACTIVE',
  cameraId: 'cam1',
  trackId: 7,
  evidence: null,
  ...more,
});

const opening = (n: number, ts: number, more: Partial<Event> = {}): IncomingEvent => ({
  event: event(n, ts, { type: 'NO_HAIRNET_AT_SINK', ...more }),
  violation: { violationType: 'no_hairnet', confidence: 0.9, snapshotPath: 'a/b.jpg', bbox: { x: 1, y: 2 } },
});

const report = (n: number, ts: number, more: Partial<Detection> = {}): Detection => ({
  id: id(n),
  ts,
  cameraId: 'cam1',
  frameNumber: 100 + n,
  frames: 10,
  persons: 1,
  hairnetViolations: 0,
  handwashEvents: 0,
  sanitizeEvents: 0,
  confidence: null,
  fps: null,
  processingTime: null,
  ...more,
});

describe.each(STORE_SETS)('events in $where', ({ open }) => {
  const here = storesForEach(open);
  let position: number;
  beforeEach(() => {
    position = 0;
  });

  const batch = (events: readonly (Event | IncomingEvent)[], more: Partial<Batch> = {}): Batch => ({
    file: 'f',
    name: 'events.jsonl',
    from: position,
    to: position + 100,
    tail: `tail at ${position + 100}`,
    events: events.map((one) => ('event' in one ? one : { event: one })),
    detections: [],
    verifications: new Map(),
    rejected: 0,
    ...more,
  });
  const store = async (events: readonly (Event | IncomingEvent)[], more: Partial<Batch> = {}) => {
    const taken = await here.stores.intake.store(batch(events, more));
    position += 100;
    return taken;
  };
  const numbers = (events: readonly Event[]) => events.map((one) => Number(one.id.slice(-4)));

  describe('the intake', () => {
    it('stores each event once and moves on in the file', async () => {
      expect(await store([event(1, now), event(2, now - 1)])).toEqual({ stored: 2, duplicates: 0, refused: [] });
      expect(await store([event(2, now - 1), event(3, now)], { detections: [report(1, now), report(4, now)] })).toEqual(
        {
          stored: 2,
          duplicates: 2,
          refused: [],
        },
      );
      expect(await here.stores.intake.positions()).toEqual(new Map([['f', { position: 200, tail: 'tail at 200' }]]));
      expect(numbers(await here.stores.events.newest({ from: 0 }, 9))).toEqual([3, 1, 2]);
    });

    it('stores nothing of a stretch that somebody else has read', async () => {
      await store([event(1, now)]);
      expect(await here.stores.intake.store(batch([event(2, now)], { from: 0, to: 50 }))).toBe('moved');
      expect(await here.stores.intake.store(batch([event(2, now)], { from: 200, to: 250 }))).toBe('moved');
      expect(await here.stores.events.known([event(2, now)])).toEqual(new Set());
      expect((await here.stores.intake.positions()).get('f')?.position).toBe(100);
    });

    it('knows every file by itself', async () => {
      await store([event(1, now)]);
      await here.stores.intake.store(batch([event(2, now)], { file: 'g', from: 0, to: 7 }));
      expect([...(await here.stores.intake.positions()).keys()].sort()).toEqual(['f', 'g']);
    });

    it('counts the events of a verification and stores none of them', async () => {
      await here.stores.verifications.begin('rollout-verify-1', 'event-post', { leaseSeconds: 60, violation: false });
      await store([], { verifications: new Map([['rollout-verify-1', 3]]) });
      await store([], { verifications: new Map([['rollout-verify-1', 2]]) });
      expect(await here.stores.verifications.find('rollout-verify-1')).toMatchObject({ events: 5 });
    });
  });

  describe('the history of events', () => {
    beforeEach(async () => {
      const evidence = { region: '水槽', bbox: [1, 2] };
      await store([
        event(1, now - 60, { evidence, externalId: 'sent as this' }),
        event(2, now - 60, { type: 'frozen', trackId: null }),
        event(3, now, { cameraId: 'cam2' }),
        event(4, now - 3_600.25),
      ]);
    });

    it('is read newest first, events of one moment in one order', async () => {
      const found = await here.stores.events.newest({ from: 0 }, 9);
      expect(numbers(found)).toEqual([3, 2, 1, 4]);
      expect(found[2]).toEqual(
        event(1, now - 60, { evidence: { region: '水槽', bbox: [1, 2] }, externalId: 'sent as this' }),
      );
      expect(numbers(await here.stores.events.newest({ from: 0 }, 2))).toEqual([3, 2]);
    });

    it('is read from a time up to before another, by type and camera', async () => {
      const found = async (filter: object) =>
        numbers(await here.stores.events.newest({ from: (now - 60) * 1_000, ...filter }, 9));
      expect(await found({})).toEqual([3, 2, 1]);
      expect(await found({ to: now * 1_000 })).toEqual([2, 1]);
      expect(await found({ type: 'frozen' })).toEqual([2]);
      expect(await found({ cameraId: 'cam2' })).toEqual([3]);
    });

    it('is read as a whole', async () => {
      const all: Event[] = [];
      for await (const one of here.stores.events.all({ from: 0, cameraId: 'cam1' })) all.push(one);
      expect(numbers(all)).toEqual([2, 1, 4]);
    });

    it('knows which events are there', async () => {
      expect(await here.stores.events.known([event(1, 0), event(9, 0)])).toEqual(new Set([id(1)]));
    });
  });

  describe('statistics', () => {
    it('count what lies in a window, to the moment, whole hours or not', async () => {
      const times = [0, 0.001, 59.9, 60, 3_599.5, 3_600, 7_200, 10_000].map((before) => now - before);
      await store(times.map((ts, i) => event(i + 1, ts, i % 2 ? { type: 'frozen' } : {})));
      const counts = (from: number, to: number) =>
        here.stores.statistics.counts({ from: NOW.getTime() - from, to: NOW.getTime() - to });
      expect(await counts(3_600_000, 0)).toEqual({ HANDWASHING_ACTIVE: 2, frozen: 3 });
      expect(await counts(60_000, 1)).toEqual({ HANDWASHING_ACTIVE: 1, frozen: 1 });
      expect(await counts(20_000_000, -1)).toEqual({ HANDWASHING_ACTIVE: 4, frozen: 4 });
    });

    it('count of one camera', async () => {
      await store([event(1, now), event(2, now, { cameraId: '__proto__', type: '__proto__' })]);
      const window = { from: 0, to: NOW.getTime() + 1 };
      expect(Object.entries(await here.stores.statistics.counts(window, '__proto__'))).toEqual([['__proto__', 1]]);
      expect(await here.stores.statistics.counts(window, 'nobody')).toEqual({});
    });

    it('count the days of their zone, also the one that lacks an hour', async () => {
      const at = (time: string) => Date.parse(time) / 1_000;
      await store([
        event(1, at('2026-03-28T22:59:59.9Z')),
        event(2, at('2026-03-28T23:00:00Z')),
        event(3, at('2026-03-29T21:59:59Z'), { type: 'frozen' }),
        event(4, at('2026-03-29T22:00:00Z'), { cameraId: 'cam2' }),
      ]);
      const dates = ['2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30'];
      expect(await here.stores.statistics.daily(dates)).toEqual(
        new Map([
          ['2026-03-28', { HANDWASHING_ACTIVE: 1 }],
          ['2026-03-29', { HANDWASHING_ACTIVE: 1, frozen: 1 }],
          ['2026-03-30', { HANDWASHING_ACTIVE: 1 }],
        ]),
      );
      expect(await here.stores.statistics.daily(dates.slice(0, 2))).toEqual(
        new Map([['2026-03-28', { HANDWASHING_ACTIVE: 1 }]]),
      );
      expect([...(await here.stores.statistics.daily(dates, 'cam2')).keys()]).toEqual(['2026-03-30']);
    });
  });

  describe('detection reports', () => {
    beforeEach(() =>
      store([], {
        detections: [
          report(1, now, { fps: 10, processingTime: 0.1, confidence: 0.5 }),
          report(2, now - 60, { fps: 20, persons: 3, processingTime: 0.4 }),
          report(3, now - 3_600, { sanitizeEvents: 2, frameNumber: null }),
          report(4, now, { cameraId: 'cam0' }),
        ],
      }),
    );

    it('are summed by camera over the hours that begin in a period', async () => {
      const hour = Date.parse('2026-03-29T12:00:00Z');
      const sums = await here.stores.reports.sums({ from: hour, to: NOW.getTime() });
      expect([...sums.keys()]).toEqual(['cam0', 'cam1']);
      expect(sums.get('cam1')).toEqual({
        records: 1,
        frames: 10,
        persons: 1,
        hairnetViolations: 0,
        handwashEvents: 0,
        sanitizeEvents: 0,
        fpsSum: 10,
        fpsRecords: 1,
        confidenceSum: 0.5,
        confidenceRecords: 1,
        processingTimeSum: 0.1,
        processingTimeRecords: 1,
        minProcessingTime: 0.1,
        maxProcessingTime: 0.1,
      });
      const before = await here.stores.reports.sums({ from: hour - 3_600_000, to: hour }, 'cam1');
      expect(before.get('cam1')).toMatchObject({ records: 2, persons: 4, sanitizeEvents: 2, fpsRecords: 1 });
      expect(before.get('cam1')).toMatchObject({ minProcessingTime: 0.4, confidenceSum: 0, confidenceRecords: 0 });
      expect((await here.stores.reports.sums({ from: hour + 1, to: NOW.getTime() })).size).toBe(0);
    });

    it('are listed newest first, and counted', async () => {
      const page = await here.stores.reports.page('cam1', 2, 1);
      expect(page.map(({ frame_number }) => frame_number)).toEqual([102, 0]);
      expect(page[0]).toEqual({
        id: expect.any(Number),
        camera_id: 'cam1',
        timestamp: new Date(NOW.getTime() - 60_000).toISOString(),
        frame_number: 102,
        person_count: 3,
        hairnet_violations: 0,
        handwash_events: 0,
        sanitize_events: 0,
        fps: 20,
        processing_time: 0.4,
      });
      expect([await here.stores.reports.count('cam1'), await here.stores.reports.count('nobody')]).toEqual([3, 0]);
      expect(await here.stores.reports.countSince('cam1', NOW.getTime() - 60_000)).toBe(2);
      expect(await here.stores.reports.trouble()).toBeUndefined();
    });

    it('are told as means of a window', async () => {
      const { activity } = here.stores;
      const means = await activity.detections({ from: NOW.getTime() - 60_000, to: NOW.getTime() + 1 });
      expect(means.processingTime).toBeCloseTo(0.25);
      expect(means.confidence).toBeCloseTo(0.5);
      expect(await activity.detections({ from: 0, to: 1 })).toEqual({ processingTime: null, confidence: null });
    });
  });

  describe('violations', () => {
    beforeEach(() =>
      store([
        opening(1, now - 10),
        opening(2, now - 20, { cameraId: 'cam2', trackId: null }),
        opening(3, now - 20),
        event(4, now),
      ]),
    );
    const ids = async (conditions: ViolationConditions = {}, limit = 9, offset = 0, after?: ViolationPlace) =>
      (await here.stores.violations.page(conditions, limit, offset, after)).map(({ fields }) => fields.id);
    const status = (to: 'confirmed' | 'resolved', of: readonly number[]) =>
      here.stores.violations.change(of, (violation) => violation.handle({ status: to }, NOW));

    it('are opened by their events', async () => {
      expect((await here.stores.violations.find(1))?.fields).toEqual({
        id: 1,
        cameraId: 'cam1',
        timestamp: new Date((now - 10) * 1_000),
        violationType: 'no_hairnet',
        trackId: 7,
        confidence: 0.9,
        status: 'pending',
        snapshotPath: 'a/b.jpg',
        bbox: { x: 1, y: 2 },
        handledAt: null,
        handledBy: null,
        notes: null,
        version: 1,
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      });
      expect(await here.stores.violations.find(99)).toBeUndefined();
    });

    it('are listed newest first, from a place on, and counted', async () => {
      expect(await ids()).toEqual([1, 3, 2]);
      expect(await ids({}, 1, 1)).toEqual([3]);
      expect(await ids({}, 9, 0, { timestamp: new Date((now - 20) * 1_000), id: 3 })).toEqual([2]);
      expect(await ids({ cameraId: 'cam2', violationType: 'no_hairnet' })).toEqual([2]);
      expect(await here.stores.violations.count({ status: 'pending' })).toBe(3);
      expect(await here.stores.violations.count({ violationType: 'no_sanitize' })).toBe(0);
    });

    it('are changed together, those that there are, with a trail of who did it', async () => {
      const { violations, unknown } = await runInCall({ requestId: 'r-1', actor: 'li' }, () =>
        status('confirmed', [3, 1, 77, 3]),
      );
      expect([violations.map(({ fields }) => fields.id), unknown]).toEqual([[1, 3], [77]]);
      expect(await ids({ status: 'confirmed' })).toEqual([1, 3]);
      await status('resolved', [1]);
      expect(await here.stores.violations.trail(1)).toEqual([
        {
          at: NOW.toISOString(),
          actor: 'li',
          request_id: 'r-1',
          before: { status: 'pending', handled_by: null, notes: null, version: 1 },
          after: { status: 'confirmed', handled_by: null, notes: null, version: 2 },
        },
        expect.objectContaining({ actor: 'anonymous', request_id: '' }),
      ]);
      expect(await here.stores.violations.trail(2)).toEqual([]);
    });

    it('are changed all or none', async () => {
      const refusal = new DomainError('violation.changed', 'no');
      const failed = here.stores.violations.change([1, 2], (violation) => {
        if (violation.fields.id === 2) throw refusal;
        return violation.handle({ status: 'resolved' }, NOW);
      });
      await expect(failed).rejects.toBe(refusal);
      expect([await ids({ status: 'resolved' }), await here.stores.violations.trail(1)]).toEqual([[], []]);
    });

    it('lose no change of many at once', async () => {
      await Promise.all(Array.from({ length: 5 }, () => status('confirmed', [1])));
      expect((await here.stores.violations.find(1))?.fields.version).toBe(6);
      expect(await here.stores.violations.trail(1)).toHaveLength(5);
    });

    it('are found by their last change, and tallied', async () => {
      await status('confirmed', [2]);
      await here.stores.violations.change([3], (violation) =>
        violation.handle({ status: 'resolved' }, new Date('2090-01-01T00:00:00Z')),
      );
      const latest = await here.stores.violations.changedLast(1);
      expect(latest.map(({ fields }) => fields.id)).toEqual([3]);
      const tally = here.stores.violations;
      expect(await tally.tally('status', {})).toEqual({ confirmed: 1, pending: 1, resolved: 1 });
      expect(await tally.tally('camera', { status: 'resolved' })).toEqual({ cam1: 1 });
      expect(await tally.tally('type', {})).toEqual({ no_hairnet: 3 });
    });

    it('of a window are told newest first', async () => {
      const window = { from: (now - 20) * 1_000, to: (now - 10) * 1_000 };
      expect(await here.stores.activity.violations(window, 9)).toMatchObject([{ id: 3 }, { id: 2 }]);
      expect(await here.stores.activity.violations({ ...window, to: now * 1_000 }, 1)).toEqual([
        { id: 1, camera_id: 'cam1', violation_type: 'no_hairnet', timestamp: '2026-03-29T12:00:20.500Z' },
      ]);
    });

    it('of a verification are in no list and no statistic', async () => {
      const { violation_id: own } = await here.stores.verifications.begin('rollout-verify-1', 'violation-status', {
        leaseSeconds: 60,
        violation: true,
      });
      expect(await here.stores.violations.find(own ?? 0)).toBeDefined();
      expect([await ids(), await here.stores.violations.count({})]).toEqual([[1, 3, 2], 3]);
      const always = { from: 0, to: Date.now() + 1_000_000_000_000 };
      expect((await here.stores.activity.violations(always, 9)).map(({ id }) => id)).not.toContain(own);
    });
  });
});
