import type { EventService } from '../../src/application/events/event-service';
import type { StatisticsService } from '../../src/application/statistics/statistics-service';
import { eventLine, write } from '../support/events';
import { mediaText } from '../support/media-text';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const NOW = new Date('2026-03-29T12:00:00.500Z');
const now = NOW.getTime() / 1000;

/** Events of one morning: the night the clocks went forward in Berlin, late ones, and two of the same moment. */
const LINES = [
  eventLine({ id: 'b0000000-0000-4000-8000-000000000001', ts: now - 3_600.25, type: 'frozen', evidence: null }),
  eventLine({ id: 'b0000000-0000-4000-8000-000000000002', ts: now - 60, camera_id: 'cam2' }),
  eventLine({ id: 'b0000000-0000-4000-8000-000000000003', ts: now - 60, type: 'NO_HAIRNET_AT_SINK', track_id: null }),
  eventLine({ id: 'from the old one', ts: now - 1_800.123456, evidence: { region: '水槽', bbox: [10, 20, 30, 60] } }),
  { ts: now - 100, type: 'SKIP_DRYING', camera_id: 'cam1', track_id: 3, evidence: { from: 'sink', to: 'door' } },
  eventLine({ ts: now - 30 * 3_600, type: 'HANDWASHING_ACTIVE' }),
  eventLine({ ts: '2026-03-29T00:59:59.5Z', type: 'SANITIZED' }),
  eventLine({ ts: now - 5, type: 'detection', evidence: { person_count: 2 } }),
  eventLine({ ts: now + 120, type: 'HANDWASHING_ACTIVE', camera_id: '__proto__' }),
];

describe.each(['domain', 'legacy'] as const)('events and statistics on the %s path', (path) => {
  let database: TestDatabase;
  let site: TestSite;
  let events: EventService;
  let statistics: StatisticsService;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({
      databaseUrl: database.url,
      clock: () => NOW,
      yaml: 'cameras:\n  - {id: cam1, name: A, source: "0", region_id: sink}\n',
      events: { zone: 'Europe/Berlin' },
    });
    const { modules } = site;
    await modules.cameras.configuration.reconcile();
    await modules.events.eventRetention.prepare();
    write(site.journal, ...LINES, 'no json', JSON.stringify(LINES[1]));
    await modules.events.ingestor.pass();
    const on = path === 'domain';
    events = on ? modules.events.events.domain : modules.events.events.legacy;
    statistics = on ? modules.events.statistics.domain : modules.events.statistics.legacy;
  });

  afterAll(async () => {
    await site.close();
    await database.drop();
  });

  it('answers the newest events as they were written, newest first', async () => {
    const recent = await events.recent({ limit: 100, minutes: 60 });
    expect(recent.map(({ ts }) => ts)).toEqual([now + 120, now - 60, now - 60, now - 100, now - 1_800.123456]);
    expect(recent[1]).toEqual({ ...(LINES[2] as object), ts: now - 60 });
    expect(recent[4]).toMatchObject({ id: 'from the old one', evidence: { region: '水槽', bbox: [10, 20, 30, 60] } });
  });

  it('answers the same events to every filter', async () => {
    expect(await events.recent({ limit: 2, minutes: 60 })).toHaveLength(2);
    expect(await events.recent({ limit: 9, minutes: 61, etype: 'frozen' })).toMatchObject([{ evidence: null }]);
    expect(await events.recent({ limit: 9, minutes: 60, camera_id: 'cam2' })).toHaveLength(1);
    expect(await events.recent({ limit: 9, minutes: 60, camera_id: 'nobody' })).toEqual([]);
  });

  it('counts the last hour by kind', async () => {
    expect(await statistics.realtime()).toMatchObject({
      timestamp: NOW.toISOString(),
      detection_stats: {
        total_detections_today: 5,
        handwashing_detections: 3,
        disinfection_detections: 0,
        hairnet_detections: 1,
        violation_count: 2,
      },
      region_stats: { active_regions: 1, monitored_areas: ['sink'] },
      alerts: { recent_violations: [{ violation_type: 'no_hairnet' }, { violation_type: 'no_sanitize' }] },
    });
  });

  it('sums up the last minutes, with the newest as samples, oldest first', async () => {
    const { samples, ...sums } = await statistics.summary({ minutes: 120, limit: 2 });
    expect(sums).toEqual({
      window_minutes: 120,
      total_events: 6,
      counts_by_type: { frozen: 1, HANDWASHING_ACTIVE: 3, NO_HAIRNET_AT_SINK: 1, SKIP_DRYING: 1 },
    });
    expect(samples.map(({ ts }) => ts)).toEqual([now - 60, now + 120]);
    expect(await statistics.summary({ minutes: 60, limit: 5, camera_id: 'cam2' })).toMatchObject({ total_events: 1 });
  });

  it('counts days of the configured zone, also the one that has no two o’clock', async () => {
    const days = await statistics.daily({ days: 3 });
    expect(days).toEqual([
      { date: '2026-03-27', total_events: 0, counts_by_type: {} },
      { date: '2026-03-28', total_events: 1, counts_by_type: { HANDWASHING_ACTIVE: 1 } },
      {
        date: '2026-03-29',
        total_events: 7,
        counts_by_type: { SANITIZED: 1, frozen: 1, HANDWASHING_ACTIVE: 3, NO_HAIRNET_AT_SINK: 1, SKIP_DRYING: 1 },
      },
    ]);
    expect(await statistics.daily({ days: 1, camera_id: '__proto__' })).toMatchObject([{ total_events: 1 }]);
  });

  it('lists single events of a time, and of the last minutes', async () => {
    const found = await statistics.events({ start_time: '2026-03-29T11:30:00Z', limit: 10, event_type: 'SKIP_DRYING' });
    expect(found).toEqual({
      total: 1,
      events: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          timestamp: '2026-03-29T11:58:20.500Z',
          type: 'SKIP_DRYING',
          event_type: 'SKIP_DRYING',
          camera_id: 'cam1',
          camera_name: 'A',
          confidence: 0,
          track_id: 3,
          region: null,
          metadata: { from: 'sink', to: 'door' },
        },
      ],
    });
    const before = await statistics.events({ end_time: '2026-03-29T01:00:00', limit: 10 });
    expect(before.events.map(({ type }) => type)).toEqual(['SANITIZED', 'HANDWASHING_ACTIVE']);
    const [newest] = await statistics.history({ minutes: 60, limit: 1 });
    expect(newest).toMatchObject({ ts: now + 120, region: 'sink', detail: { region: 'sink', confidence: 0.5 } });
    const names: Record<string, string | null> = {};
    for (const item of await statistics.history({ minutes: 1_440, limit: 100 })) {
      expect(item.event_type).toBe(item.type);
      names[item.camera_id] = item.camera_name;
    }
    expect(names).toMatchObject({ cam1: 'A' });
  });

  it('exports a time as a table', async () => {
    const media = await events.exportCsv({ start_time: '2026-03-29T11:58:00Z' });
    const text = await mediaText(media);
    expect(media.type).toBe('text/csv; charset=utf-8');
    const [head, ...rows] = text.slice(1).trimEnd().split('\r\n');
    expect(head).toBe('id,time,type,camera_id,track_id,evidence');
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatch(/,2026-03-29T11:58:20.500Z,SKIP_DRYING,cam1,3,"{.*""to"":""door"".*}"$/);
  });

  it('takes in events, each once, and says what is wrong with the others', async () => {
    const fresh = eventLine({ ts: now - 1, type: `sent on ${path}` });
    const bad = [{ ...fresh, ts: Number.NaN }, { ...fresh, ts: now + 90_000 }, { ...fresh, ts: 0 }, 'x', { ts: now }];
    expect(await events.post({ events: [fresh, fresh, LINES[0], LINES[4], ...bad] })).toEqual({
      ok: true,
      accepted: 1,
      duplicates: 3,
      rejected: [
        { index: 4, reason: 'ts must be seconds since 1970 or an ISO time' },
        { index: 5, reason: 'ts lies in the future' },
        { index: 6, reason: 'ts is older than what is kept' },
        { index: 7, reason: 'is not a JSON object' },
        { index: 8, reason: 'type must be a text of 1 to 100 characters' },
      ],
    });
    expect(await events.post({ events: [fresh] })).toMatchObject({ accepted: 0, duplicates: 1 });
    await site.modules.events.ingestor.pass();
    expect(await events.recent({ limit: 9, minutes: 1, etype: `sent on ${path}` })).toEqual([fresh]);
  });

  it('tells two callers who send the same at once that it counts once', async () => {
    const batch = Array.from({ length: 50 }, () => eventLine({ ts: now - 2 }));
    const answers = await Promise.all([1, 2, 3].map(() => events.post({ events: batch })));
    expect(answers.map(({ accepted }) => accepted).sort((a, b) => a - b)).toEqual([0, 0, 50]);
  });
});
