import fc from 'fast-check';
import type { StatisticsSource } from '../../src/application/statistics/statistics-service';
import { PgStatistics } from '../../src/infrastructure/postgres/pg-statistics';
import { storedEvents } from '../support/event-counts';
import { eventLine, write } from '../support/events';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const NOW = new Date('2026-04-20T10:17:31.123Z');
const DAYS = 90;
const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const TYPES = ['HANDWASHING_ACTIVE', 'NO_HAIRNET_AT_SINK', 'frozen'];
const EVENTS = 4_000;

interface Seen {
  readonly at: number;
  readonly type: string;
  readonly camera_id: string;
}

/** Events over the ninety days, thick around some moments, many of them exactly on a minute, an hour or a day. */
function someEvents(): Seen[] {
  const at = fc.oneof(
    fc.integer({ min: 0, max: DAYS * DAY }),
    fc.integer({ min: 0, max: DAYS * 24 }).map((hours) => hours * 60 * MINUTE),
    fc.integer({ min: 0, max: 120 }).map((minutes) => minutes * MINUTE),
    fc.integer({ min: 0, max: 5 * MINUTE }),
  );
  const event = fc.record({
    at: at.map((ago) => NOW.getTime() - ago),
    type: fc.constantFrom(...TYPES),
    camera_id: fc.constantFrom('cam1', 'cam2'),
  });
  return fc.sample(event, { numRuns: EVENTS, seed: 7 });
}

function countOf(events: readonly Seen[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** Dates by the parts of another formatter than the one under test. */
function dateIn(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('de-DE', { timeZone: zone, dateStyle: 'short' });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `20${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
}

describe.each(['Europe/Berlin', 'Asia/Shanghai'])('the sums in %s', (zone) => {
  let database: TestDatabase;
  let site: TestSite;
  let source: StatisticsSource;
  const events = someEvents();

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, clock: () => NOW, events: { zone } });
    const { modules, journal } = site;
    await modules.events.eventRetention.prepare();
    // Late ones too: in no order, in several batches.
    for (const part of [events.filter((_, i) => i % 3 > 0), events.filter((_, i) => i % 3 === 0)]) {
      write(journal, ...part.map(({ at, ...rest }) => eventLine({ ts: at / 1000, ...rest })));
      await modules.events.ingestor.pass();
    }
    source = new PgStatistics(modules.platform.database, zone);
  });

  afterAll(async () => {
    await site.close();
    await database.drop();
  });

  it('agree with the events of any window', async () => {
    expect(await storedEvents(site)).toBe(EVENTS);
    const moment = fc.oneof(
      fc.integer({ min: -MINUTE, max: DAYS * DAY }),
      fc.integer({ min: 0, max: DAYS * 1_440 }).map((minutes) => minutes * MINUTE),
      fc.constantFrom(...events.slice(0, 200).map(({ at }) => NOW.getTime() - at)),
    );
    await fc.assert(
      fc.asyncProperty(moment, moment, fc.constantFrom(undefined, 'cam1'), async (a, b, cameraId) => {
        const [from, to] = [NOW.getTime() - Math.max(a, b), NOW.getTime() - Math.min(a, b) + 1];
        const inside = events.filter(
          (e) => e.at >= from && e.at < to && (cameraId === undefined || e.camera_id === cameraId),
        );
        expect(await source.counts({ from, to }, cameraId)).toEqual(countOf(inside));
      }),
      { numRuns: 150 },
    );
  });

  it('agree with the events of each local day, those of 23 hours included', async () => {
    const statistics = site.modules.events.statistics.domain;
    const days = await statistics.daily({ days: DAYS });
    expect(days).toHaveLength(DAYS);
    const dateOf = dateIn(zone);
    const dated = events.map((event) => ({ ...event, date: dateOf(event.at) }));
    for (const { date, counts_by_type, total_events } of days) {
      const ofDay = dated.filter((event) => event.date === date);
      expect({ date, counts: counts_by_type }).toEqual({ date, counts: countOf(ofDay) });
      expect(total_events).toBe(ofDay.length);
    }
  });
});
