import request from 'supertest';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

describe('the metrics of a site', () => {
  let database: TestDatabase;
  let site: TestSite;
  let now: Date;
  const sites: TestSite[] = [];
  const another = async () => {
    const made = await testSite({ databaseUrl: database.url, clock: () => now });
    sites.push(made);
    return made;
  };
  beforeEach(async () => {
    now = new Date('2026-05-04T10:00:30.000Z');
    database = await createTestDatabase();
    site = await another();
    await site.modules.cameras.configuration.reconcile();
  });
  afterEach(async () => {
    await Promise.all(sites.splice(0).map((s) => s.close()));
    await database.drop();
  });

  const get = (path: string, of = site) => request(httpOf(of)).get(`/api/v1${path}`);
  const metrics = async (of = site) => (await get('/monitoring/metrics', of).expect(200)).body;
  const save = (of: TestSite) => of.modules.monitoring.minuteMetrics.save(of.modules.monitoring.minutes);

  it('are zero before the first request', async () => {
    expect(await metrics()).toMatchObject({
      window_seconds: 900,
      instances: 1,
      complete: true,
      requests: { total: 0, success: 0, error: 0, success_rate: 100, error_rate: 0, by_status: {} },
      domain_service: { usage_count: 0, old_count: 0, usage_rate: 0 },
      response_time: { p50_ms: 0, p95_ms: 0, p99_ms: 0, max_ms: 0, avg_ms: 0 },
      errors: { total: 0, recent: [] },
      data_consistency: {
        consistent: true,
        issues_count: 0,
        db_count: 2,
        yaml_count: 2,
        last_check: expect.any(String),
      },
      operations: [],
    });
  });

  it('count requests by status, and calls by the path that served them', async () => {
    for (let i = 0; i < 3; i++) await get('/cameras?force_domain=true').expect(200);
    await get('/cameras?force_domain=false').expect(200);
    await get('/cameras/nobody?force_domain=true').expect(404);
    await get('/events/recent?limit=nonsense').expect(422);
    const found = await metrics();
    expect(found).toMatchObject({
      requests: {
        total: 6,
        success: 4,
        error: 2,
        success_rate: 66.67,
        error_rate: 33.33,
        by_status: { 200: 4, 404: 1, 422: 1 },
      },
      domain_service: { usage_count: 4, old_count: 1, usage_rate: 80 },
      errors: {
        total: 2,
        recent: [
          { timestamp: now.toISOString(), status_code: 404, operation: 'cameras.get' },
          { timestamp: now.toISOString(), status_code: 422, operation: 'events.recent' },
        ],
      },
    });
    const { p50_ms, p95_ms, p99_ms, max_ms, avg_ms } = found.response_time;
    expect(p50_ms).toBeGreaterThan(0);
    expect([p50_ms, p95_ms, p99_ms, max_ms]).toEqual([p50_ms, p95_ms, p99_ms, max_ms].sort((a, b) => a - b));
    expect(avg_ms).toBeLessThanOrEqual(max_ms);
    expect(found.operations).toEqual([
      expect.objectContaining({ operation: 'cameras.get', path: 'domain', calls: 1, ok: 0, reject: 1, failure: 0 }),
      expect.objectContaining({ operation: 'cameras.list', path: 'domain', calls: 3, ok: 3, reject: 0, failure: 0 }),
      expect.objectContaining({ operation: 'cameras.list', path: 'legacy', calls: 1, ok: 1 }),
      expect.objectContaining({ operation: 'events.recent', path: null, calls: 1, reject: 1 }),
    ]);
  });

  it('are the same in every service of the site, and outlive the service that counted them', async () => {
    const other = await another();
    await get('/cameras').expect(200);
    await get('/cameras', other).expect(200);
    await get('/cameras', other).expect(200);
    await save(other);
    expect(await metrics(site)).toMatchObject({ instances: 2, requests: { total: 3 } });
    await save(other);
    await save(site);
    expect(await metrics(other)).toMatchObject({ instances: 2, requests: { by_status: { 200: expect.any(Number) } } });
    const third = await another();
    expect((await metrics(third)).requests.total).toBeGreaterThanOrEqual(3);
  });

  it('forget what is older than the window, here and in the table', async () => {
    await get('/cameras').expect(200);
    await save(site);
    now = new Date(now.getTime() + 14 * 60_000);
    expect((await metrics()).requests.total).toBe(1);
    now = new Date(now.getTime() + 60_000);
    // The question before is a request as well.
    expect((await metrics()).requests.by_status).toEqual({ 200: 1 });
    now = new Date(now.getTime() + 60 * 60_000);
    await save(site);
    const rows = await site.modules.platform.database.query('SELECT 1 FROM metric_minutes', []);
    expect(rows).toHaveLength(0);
  });

  it('are those of this service alone, which is said, while the database is away', async () => {
    await get('/cameras').expect(200);
    sites.splice(0);
    await site.close();
    expect(await metrics()).toMatchObject({ complete: false, instances: 1, requests: { total: 1 } });
  });
});
