import { StatisticsService } from '../../../src/application/statistics/statistics-service';
import { DEFAULT_VIOLATION_TYPES, type Event } from '../../../src/domain/shared/event';
import { EventRows, InMemoryEvents, InMemorySiteActivity, InMemoryStatistics } from '../../support/in-memory-events';
import { Outage } from '../../support/outage';

const NOW = new Date('2030-01-02T23:30:00Z');
const seconds = NOW.getTime() / 1_000;
const ZONE = 'Europe/Berlin';

describe('statistics', () => {
  let rows: EventRows;
  let outage: Outage;
  let statistics: StatisticsService;
  beforeEach(() => {
    [rows, outage] = [new EventRows(), new Outage()];
    const activity = new InMemorySiteActivity(
      rows,
      async () => ['door', 'sink'],
      async () => new Map([['cam1', 'One']]),
      async () => 3,
    );
    statistics = new StatisticsService(
      outage.over(new InMemoryStatistics(rows, ZONE)),
      outage.over(new InMemoryEvents(rows)),
      activity,
      { violationTypes: DEFAULT_VIOLATION_TYPES, zone: ZONE, startedAt: new Date(NOW.getTime() - 3_725_000) },
      () => NOW,
    );
  });
  const see = (minutesAgo: number, type = 'HANDWASHING_ACTIVE', more: Partial<Event> = {}) => {
    const event: Event = {
      id: `${rows.events.length}`,
      externalId: null,
      ts: seconds - minutesAgo * 60,
      type,
      cameraId: 'cam1',
      trackId: null,
      evidence: null,
      ...more,
    };
    rows.events.push(event);
  };

  it('tell what goes on now, also of cameras whose clock runs ahead', async () => {
    for (const minutes of [-30, 0, 59.9, 60.1]) see(minutes);
    see(1, 'NO_HAIRNET_AT_SINK');
    see(2, 'SANITIZED');
    expect(await statistics.realtime()).toEqual({
      timestamp: NOW.toISOString(),
      system_status: 'active',
      detection_stats: {
        total_detections_today: 5,
        handwashing_detections: 3,
        disinfection_detections: 1,
        hairnet_detections: 1,
        violation_count: 1,
      },
      region_stats: { active_regions: 2, monitored_areas: ['door', 'sink'] },
      performance_metrics: { average_processing_time: 0, detection_accuracy: 0, system_uptime: '1:02:05' },
      alerts: { active_alerts: 3, recent_violations: [] },
    });
  });

  it('sum up the last minutes with the newest as samples, oldest first', async () => {
    for (const minutes of [1, 2, 3, 30]) see(minutes);
    see(2, 'frozen', { cameraId: 'cam2' });
    const { samples, ...sums } = await statistics.summary({ minutes: 10, limit: 2, camera_id: 'cam1' });
    expect(sums).toEqual({ window_minutes: 10, total_events: 3, counts_by_type: { HANDWASHING_ACTIVE: 3 } });
    expect(samples.map(({ ts }) => (seconds - ts) / 60)).toEqual([2, 1]);
    expect(await statistics.summary({ minutes: 10, limit: 0 })).toMatchObject({ total_events: 4, samples: [] });
  });

  it('count the days of the zone, those without events included', async () => {
    // Half past midnight in Berlin: a new day there.
    for (const minutes of [0, 31, 2_000]) see(minutes);
    expect(await statistics.daily({ days: 3 })).toEqual([
      { date: '2030-01-01', total_events: 1, counts_by_type: { HANDWASHING_ACTIVE: 1 } },
      { date: '2030-01-02', total_events: 1, counts_by_type: { HANDWASHING_ACTIVE: 1 } },
      { date: '2030-01-03', total_events: 1, counts_by_type: { HANDWASHING_ACTIVE: 1 } },
    ]);
    expect(await statistics.daily({ days: 1, camera_id: 'nobody' })).toEqual([
      { date: '2030-01-03', total_events: 0, counts_by_type: {} },
    ]);
  });

  it('list events of a time, a day without a beginning', async () => {
    see(60, 'frozen', { evidence: { confidence: 0.7, region: 'sink' } });
    see(1_500);
    expect(await statistics.events({ limit: 9 })).toMatchObject({
      total: 1,
      events: [{ type: 'frozen', confidence: 0.7, region: 'sink', metadata: { region: 'sink' } }],
    });
    const asked = { start_time: '2030-01-01T00:00:00Z', end_time: '2030-01-02T20:00:00Z' };
    expect((await statistics.events({ ...asked, limit: 9 })).events.map(({ type }) => type)).toEqual([
      'HANDWASHING_ACTIVE',
    ]);
  });

  it('name the cameras of a history as they are called now', async () => {
    see(1);
    see(2, 'frozen', { cameraId: 'gone' });
    expect(await statistics.history({ minutes: 10, limit: 9 })).toMatchObject([
      { camera_id: 'cam1', camera_name: 'One', type: 'HANDWASHING_ACTIVE', event_type: 'HANDWASHING_ACTIVE' },
      { camera_id: 'gone', camera_name: null },
    ]);
  });

  it('are not guessed while the database is away', async () => {
    outage.away = true;
    await expect(statistics.realtime()).rejects.toMatchObject({ code: 'database.unavailable' });
    await expect(statistics.daily({ days: 1 })).rejects.toMatchObject({ code: 'database.unavailable' });
  });
});
