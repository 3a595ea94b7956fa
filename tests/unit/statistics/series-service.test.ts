import { type SeriesQuery, SeriesService } from '../../../src/application/statistics/series-service';
import { EventRows, InMemorySeries } from '../../support/in-memory-events';

const NOW = new Date('2030-01-01T12:00:00Z');

describe('series', () => {
  const rows = new EventRows();
  rows.events.push({
    id: '018fd3c2-7a10-7000-8000-000000000001',
    externalId: null,
    ts: NOW.getTime() / 1_000 - 7_200,
    type: 'HANDWASH',
    cameraId: 'gate',
    trackId: null,
    evidence: null,
  });
  const service = new SeriesService(new InMemorySeries(rows), 'Asia/Shanghai', () => NOW);
  const ask = (more: Partial<SeriesQuery> = {}) =>
    service.series({ metric: 'events', bucket: '1h', by: 'type', ...more });

  it('are of the last buckets, in the zone of the site, unless something else is asked for', async () => {
    expect(await ask()).toMatchObject({
      time_zone: 'Asia/Shanghai',
      from: '2029-12-30T00:00:00.000Z',
      to: NOW.toISOString(),
      series: [{ key: 'HANDWASH', points: [{ at: '2030-01-01T10:00:00.000Z', count: 1 }] }],
    });
    expect((await ask({ bucket: '1d' })).series[0]?.points[0]?.at).toBe('2029-12-31T16:00:00.000Z');
    expect((await ask({ camera_id: 'dock' })).series).toEqual([]);
  });

  it.each<[string, Partial<SeriesQuery>]>([
    ['too many buckets', { bucket: '1m', from: '2029-12-30T00:00:00Z' }],
    ['a zone that there is not', { tz: 'Mars/Olympus' }],
  ])('are refused: %s', async (_what, more) => {
    await expect(ask(more)).rejects.toMatchObject({ code: 'statistics.series_invalid' });
  });
});
