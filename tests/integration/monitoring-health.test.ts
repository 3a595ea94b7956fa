import request from 'supertest';
import { MonitoringService } from '../../src/application/monitoring/monitoring-service';
import * as probes from '../../src/application/monitoring/probes';
import { checkWithin } from '../../src/application/monitoring/probes';
import { inTime } from '../support/in-time';
import { rememberingLog } from '../support/quiet-log';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const up = (seconds: number) => () => seconds;
const journal = (state: Partial<probes.JournalState>) =>
  probes.journalProbe(() => ({ lagBytes: 0, rejected: 0, rejectsLost: 0, unreadable: [], stuckSeconds: 0, ...state }));

describe('the health of a site', () => {
  let database: TestDatabase;
  let site: TestSite;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.cameras.configuration.reconcile();
  });
  afterAll(async () => {
    await site.close();
    await database.drop();
  });

  const get = (path: string) => request(httpOf(site)).get(path);
  const health = async () => (await get('/api/v1/monitoring/health').expect(200)).body;

  it('is told by short answers that scripts rely on', async () => {
    await get('/health').expect(200, { status: 'healthy' });
    await get('/livez').expect(200, { status: 'live' });
    await get('/readyz').expect(200, { status: 'ready' });
    const { body } = await get('/api/ping').expect(200);
    expect(body).toEqual({ message: 'pong', timestamp: expect.stringMatching(/Z$/) });
  });

  it('is healthy when every part is, and has the keys of the contract', async () => {
    expect(await health()).toEqual({
      status: 'healthy',
      timestamp: expect.any(String),
      checks: expect.objectContaining({
        database: 'ok',
        redis: 'ok',
        domain_services: 'ok',
        camera_data_consistency: 'ok',
        consistency_details: { db_count: 2, yaml_count: 2 },
        configuration: 'ok',
        configuration_details: { writable: true },
        journal: 'ok',
        workers: 'ok',
        rollout: 'ok',
        disk: 'ok',
        alerts: 'ok',
      }),
      parts: expect.arrayContaining([expect.objectContaining({ name: 'database', status: 'ok', remedy: null })]),
    });
  });

  it('names what differs between the table and the file, without a value', async () => {
    const was = site.text();
    site.write(was.replace('geheim', 'anders'));
    const { status, checks } = await health();
    expect(status).toBe('degraded');
    expect(checks).toMatchObject({
      camera_data_consistency: 'inconsistent',
      consistency_issues: ['cam1 differs in source.'],
      consistency_details: { db_count: 2, yaml_count: 2 },
    });
    expect(JSON.stringify(checks)).not.toMatch(/geheim|anders/);
    site.write(was);
    expect(await health()).toMatchObject({ status: 'healthy' });
  });

  it('names the group that was taken back to legacy', async () => {
    site.modules.rollout.policy.trip('camera-config', 0);
    expect(await health()).toMatchObject({
      status: 'degraded',
      checks: { rollout: 'degraded', rollout_details: { taken_back: ['camera-config'] } },
    });
  });

  it('is no more ready when the database is gone, yet live, and says which part it is', async () => {
    const gone = await testSite({ databaseUrl: database.url });
    await gone.close();
    const server = httpOf(gone);
    const ready = await request(server).get('/readyz').expect(503);
    expect(ready.body).toMatchObject({
      code: 'service.not_ready',
      detail: expect.stringMatching(/^Not ready: database/),
    });
    expect(ready.headers['retry-after']).toBe('2');
    await request(server).get('/livez').expect(200);
    const { body } = await request(server).get('/api/v1/monitoring/health').expect(200);
    expect(body).toMatchObject({ status: 'degraded', checks: { database: 'error', camera_data_consistency: 'error' } });
    expect(JSON.stringify(body)).not.toMatch(/postgres|127\.0\.0\.1|\/tmp/);
  });
});

describe('a part that', () => {
  const log = rememberingLog();
  const hangs = { name: 'slow', check: () => new Promise<never>(() => undefined) };

  it('hangs is told to be late, and the others are told all the same', async () => {
    const read = () => Promise.reject(new Error('not asked for'));
    const from = performance.now();
    const { checks } = await new MonitoringService(
      [hangs, probes.redisProbe],
      [],
      { read },
      () => new Date(),
      log,
    ).health();
    expect(checks).toMatchObject({ slow: 'error', slow_error: 'timed out', redis: 'ok' });
    inTime(performance.now() - from, 1_500);
  });

  it('throws says no more than that', async () => {
    const broken = { name: 'broken', check: async () => Promise.reject(new Error('postgres://user:geheim@host')) };
    expect(await checkWithin(broken, 100, log)).toEqual({ status: 'error', error: 'failed, see the log' });
  });

  it.each([
    [
      'a wanted camera that failed',
      probes.workersProbe(async () => [{ id: 'a', state: 'failed', wanted: true }]),
      'degraded',
    ],
    [
      'a failed camera that nobody wants',
      probes.workersProbe(async () => [{ id: 'a', state: 'failed', wanted: false }]),
      'ok',
    ],
    [
      'cameras that wait long for a look',
      probes.detectorProbe(async () => ({ state: 'running', details: { wait_ms: 501 } })),
      'degraded',
    ],
    [
      'cameras that wait as long as they may',
      probes.detectorProbe(async () => ({ state: 'running', details: { wait_ms: 500 } })),
      'ok',
    ],
    ['a detector that fails', probes.detectorProbe(async () => ({ state: 'backoff', details: {} })), 'degraded'],
    ['no detector', probes.detectorProbe(async () => ({ state: 'absent', details: {} })), 'ok'],
    ['another service in control', probes.workersProbe(async () => undefined), 'ok'],
    ['a disk with 4 % left', probes.diskProbe(async () => ({ data: { freeBytes: 4, freePercent: 4 } })), 'degraded'],
    ['a disk with 5 % left', probes.diskProbe(async () => ({ data: { freeBytes: 5, freePercent: 5 } })), 'ok'],
    [
      'rules an hour behind',
      probes.alertsProbe(async () => ({ evaluationLag: 3_600, dead: 0, deadLately: 0, oldestWaiting: 0 }), up(1)),
      'degraded',
    ],
    [
      'a delivery given up yesterday',
      probes.alertsProbe(async () => ({ evaluationLag: 5, dead: 1, deadLately: 0, oldestWaiting: 0 }), up(1)),
      'ok',
    ],
    [
      'a delivery given up just now',
      probes.alertsProbe(async () => ({ evaluationLag: 5, dead: 1, deadLately: 1, oldestWaiting: 0 }), up(1)),
      'degraded',
    ],
    [
      'a delivery that waits for three minutes',
      probes.alertsProbe(async () => ({ evaluationLag: 5, dead: 0, deadLately: 0, oldestWaiting: 180 }), up(1)),
      'degraded',
    ],
    [
      'rules that were never looked at, right after the start',
      probes.alertsProbe(async () => ({ evaluationLag: null, dead: 0, deadLately: 0, oldestWaiting: 0 }), up(30)),
      'ok',
    ],
    [
      'rules that were never looked at, a while after the start',
      probes.alertsProbe(async () => ({ evaluationLag: null, dead: 0, deadLately: 0, oldestWaiting: 0 }), up(90)),
      'degraded',
    ],
    ['a cameras file that it may not replace', probes.configurationProbe(async () => false), 'degraded'],
    ['a cameras file that it may replace', probes.configurationProbe(async () => true), 'ok'],
    ['a journal far behind', journal({ lagBytes: 20_000_000 }), 'degraded'],
    ['a file of the journal that cannot be read for a moment', journal({ unreadable: ['a'], stuckSeconds: 30 }), 'ok'],
    [
      'a file of the journal that cannot be read for long',
      journal({ unreadable: ['a'], stuckSeconds: 90 }),
      'degraded',
    ],
    ['lines that could be written nowhere', journal({ rejectsLost: 1 }), 'degraded'],
    [
      'a clock two minutes ahead',
      probes.databaseProbe(
        async () => undefined,
        () => 120_000,
      ),
      'degraded',
    ],
  ])('has %s', async (_, probe, status) => {
    expect(await probe.check()).toMatchObject({ status });
  });
});
