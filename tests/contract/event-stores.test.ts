import type { Batch, IncomingEvent } from '../../src/application/events/event-intake';
import type { ViolationConditions, ViolationPlace } from '../../src/application/records/violation-store';
import type { SeriesSpan } from '../../src/application/statistics/series-service';
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

  describe('series', () => {
    const points = async (asked: Partial<SeriesSpan>) =>
      (
        await here.stores.series.series({
          metric: 'events',
          bucket: '1h',
          by: 'type',
          from: new Date('2026-03-28T00:00:00Z'),
          to: new Date('2026-03-31T00:00:00Z'),
          zone: 'Europe/Berlin',
          ...asked,
        })
      ).map(({ key, at, count }) => [key, at.toISOString().slice(5, 16), count]);
    const at = (text: string) => Date.parse(text) / 1_000;
    beforeEach(() =>
      store([
        opening(1, at('2026-03-28T22:59:00Z')),
        opening(2, at('2026-03-28T23:01:00Z'), { cameraId: 'cam2' }),
        event(3, at('2026-03-29T21:59:00Z')),
        event(4, at('2026-03-29T22:14:30Z')),
        event(5, at('2026-03-29T22:16:00Z')),
      ]),
    );

    it('count by type, camera or not at all, in hours, quarters and minutes', async () => {
      expect(await points({ by: 'none' })).toEqual([
        ['', '03-28T22:00', 1],
        ['', '03-28T23:00', 1],
        ['', '03-29T21:00', 1],
        ['', '03-29T22:00', 2],
      ]);
      expect(await points({ metric: 'violations', by: 'camera' })).toEqual([
        ['cam1', '03-28T22:00', 1],
        ['cam2', '03-28T23:00', 1],
      ]);
      expect(await points({ bucket: '15m', by: 'none', from: new Date('2026-03-29T22:10:00Z') })).toEqual([
        ['', '03-29T22:00', 1],
        ['', '03-29T22:15', 1],
      ]);
      expect(await points({ bucket: '1m', metric: 'violations', cameraId: 'cam2' })).toEqual([
        ['no_hairnet', '03-28T23:01', 1],
      ]);
    });

    it('count the days of any zone, also the one that lacks an hour', async () => {
      expect(await points({ bucket: '1d', by: 'none' })).toEqual([
        ['', '03-27T23:00', 1],
        ['', '03-28T23:00', 2],
        ['', '03-29T22:00', 2],
      ]);
      expect(await points({ bucket: '1d', by: 'none', zone: 'UTC' })).toEqual([
        ['', '03-28T00:00', 2],
        ['', '03-29T00:00', 3],
      ]);
      expect(await points({ bucket: '1d', metric: 'violations', type: 'no_hairnet' })).toEqual([
        ['no_hairnet', '03-27T23:00', 1],
        ['no_hairnet', '03-28T23:00', 1],
      ]);
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
      (await here.stores.violations.page(conditions, { limit, offset, after })).map(({ fields }) => fields.id);
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

    it('are found by their last change', async () => {
      await status('confirmed', [2]);
      await here.stores.violations.change([3], (violation) =>
        violation.handle({ status: 'resolved' }, new Date('2090-01-01T00:00:00Z')),
      );
      const latest = await here.stores.violations.changedLast(1);
      expect(latest.map(({ fields }) => fields.id)).toEqual([3]);
    });

    it('are found by time, by who handled them, and by confidence, in either order', async () => {
      const at = (seconds: number) => new Date((now - seconds) * 1_000);
      expect(await ids({ from: at(20), to: at(10) })).toEqual([3, 2]);
      expect(await ids({ from: at(10) })).toEqual([1]);
      expect(await ids({ minConfidence: 0.9 })).toEqual([1, 3, 2]);
      expect(await ids({ minConfidence: 0.95 })).toEqual([]);
      await here.stores.violations.change([2], (v) => v.handle({ status: 'confirmed', handledBy: 'li' }, NOW));
      expect(await ids({ handledBy: 'li' })).toEqual([2]);
      const oldest = { limit: 2, order: 'oldest' } as const;
      const page = await here.stores.violations.page({}, oldest);
      expect(page.map(({ fields }) => fields.id)).toEqual([2, 3]);
      const next = await here.stores.violations.page({}, { ...oldest, after: page.at(-1)!.fields });
      expect(next.map(({ fields }) => fields.id)).toEqual([1]);
    });

    it('have their snapshot named once, whatever becomes of them', async () => {
      const named = opening(8, now - 5);
      await store([{ ...named, violation: { ...named.violation!, snapshotPath: null } }]);
      await here.stores.violations.setSnapshot(1, 'captures/other', NOW);
      expect((await here.stores.violations.find(1))?.fields.snapshotPath).toBe('a/b.jpg');
      const [newest] = await ids({ from: new Date((now - 6) * 1_000) });
      await here.stores.violations.setSnapshot(newest!, 'captures/x', NOW);
      expect((await here.stores.violations.find(newest!))?.fields).toMatchObject({
        snapshotPath: 'captures/x',
        version: 1,
      });
    });

    it('are counted by status, camera, type, hour and day, whatever the window', async () => {
      await status('confirmed', [2]);
      const { queue } = here.stores;
      expect(await queue.counts('status', {})).toEqual({ confirmed: 1, pending: 2 });
      expect(await queue.counts('camera', {})).toEqual({ cam1: 2, cam2: 1 });
      expect(await queue.counts('type', { status: 'pending' })).toEqual({ no_hairnet: 2 });
      expect(await queue.counts('hour', {})).toEqual({ '2026-03-29T12:00:00Z': 3 });
      expect(await queue.counts('status', { minConfidence: 0.5, cameraId: 'cam1' })).toEqual({ pending: 2 });
      await status('resolved', [1, 2, 3]);
      expect(await queue.counts('status', {})).toEqual({ resolved: 3 });
    });

    it('of any window are counted as they are listed', async () => {
      const times = [0, 59, 61, 3_599, 3_600, 7_199, 7_200, 80_000, 86_399, 86_400, 172_799, 172_800, 300_000];
      await store(times.map((seconds, i) => opening(20 + i, now - seconds - 40_000)));
      const edges = [0, 1_800, 3_600, 40_000, 50_000, 90_000, 130_000, 220_000, 400_000];
      for (const from of edges)
        for (const to of edges.filter((edge) => edge < from)) {
          const window = { from: new Date((now - from) * 1_000), to: new Date((now - to) * 1_000) };
          for (const asked of [window, { from: window.from }, { to: window.to }]) {
            const listed = (await here.stores.violations.page(asked, { limit: 100 })).length;
            for (const by of ['status', 'hour'] as const) {
              const counted = Object.values(await here.stores.queue.counts(by, asked)).reduce((a, b) => a + b, 0);
              expect({ asked, by, counted }).toEqual({ asked, by, counted: listed });
            }
          }
        }
    });

    it('are grouped by camera and type, with one track or close after each other', async () => {
      await store([
        opening(11, now - 1_000, { trackId: 5 }),
        opening(12, now - 970, { trackId: 6 }),
        opening(13, now - 500, { trackId: 6 }),
        opening(14, now - 300, { trackId: null }),
        opening(15, now - 1_000, { cameraId: 'cam2', trackId: 5 }),
      ]);
      const shown = async (order: 'oldest' | 'newest', limit = 100) =>
        (await here.stores.queue.groups({}, order, limit)).map(({ cameraId, trackId, ids: all }) => [
          cameraId,
          trackId,
          all.length,
        ]);
      expect(await shown('oldest')).toEqual([
        ['cam1', null, 3],
        ['cam2', 5, 1],
        ['cam1', null, 1],
        ['cam1', 7, 2],
        ['cam2', null, 1],
      ]);
      expect((await shown('newest'))[0]).toEqual(['cam1', 7, 2]);
      expect(await shown('newest', 1)).toEqual([['cam1', 7, 1]]);
    });

    it('are claimed for a while by one at a time', async () => {
      const { queue } = here.stores;
      const [until, later] = [new Date(NOW.getTime() + 30_000), new Date(NOW.getTime() + 31_000)];
      expect(await queue.claim([1, 2, 99], 'li', NOW, until)).toEqual([]);
      expect(await queue.claim([2, 3], 'wang', NOW, until)).toEqual([{ violationId: 2, by: 'li', expiresAt: until }]);
      expect((await queue.claims(NOW)).map(({ violationId, by }) => [violationId, by])).toEqual([
        [1, 'li'],
        [2, 'li'],
        [3, 'wang'],
      ]);
      await queue.release([1, 3], 'li');
      expect((await queue.claims(NOW)).map(({ violationId }) => violationId)).toEqual([2, 3]);
      expect(await queue.claims(later)).toEqual([]);
      expect(await queue.claim([2], 'wang', later, new Date(later.getTime() + 30_000))).toEqual([]);
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
