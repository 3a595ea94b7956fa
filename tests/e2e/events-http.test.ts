import request from 'supertest';
import type { Server } from 'node:http';
import { eventLine } from '../support/events';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const now = () => Date.now() / 1000;

describe('the API of events, statistics and records', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  const get = (path: string) => request(server).get(`/api/v1${path}`);
  const put = (path: string) => request(server).put(`/api/v1${path}`);
  const post = (body: unknown) => request(server).post('/api/v1/events').send(JSON.stringify(body));

  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.cameras.configuration.reconcile();
    await site.modules.events.eventRetention.prepare();
    server = httpOf(site).listen(0, '127.0.0.1');
    const breaches = Array.from({ length: 3 }, () => eventLine({ ts: now() - 30, type: 'NO_HAIRNET_AT_SINK' }));
    await post([...breaches, eventLine({ ts: now() - 60, type: 'detection', evidence: { person_count: 1 } })]);
    await site.modules.events.ingestor.pass();
  });
  afterAll(async () => {
    server.close();
    await site.close();
    await database.drop();
  });

  it('answers every read on both paths in the shape its row describes', async () => {
    const paths = [
      '/events/recent',
      '/events/export',
      '/statistics/realtime',
      '/statistics/summary?minutes=30',
      '/statistics/daily',
      '/statistics/events?start_time=2026-01-01T00:00:00Z',
      '/statistics/history?period=7d',
      '/records/violations?status=pending',
      '/records/violations/1',
      '/records/violations/1/changes',
      '/records/violations/export',
      '/records/statistics/summary',
      '/records/statistics/cam1',
      '/records/detection-records/cam1',
      '/records/health',
    ];
    for (const path of paths)
      for (const force of [true, false]) {
        const query = `${path}${path.includes('?') ? '&' : '?'}force_domain=${force}`;
        const { headers } = await get(query).expect(200);
        expect(headers['x-served-by']).toBe(force ? 'domain' : 'legacy');
      }
  });

  it('takes one event, a list, or a list in an object', async () => {
    const event = () => eventLine({ ts: now() });
    const accepted = async (body: unknown) => (await post(body).expect(200)).body;
    expect(await accepted(event())).toEqual({ ok: true, accepted: 1, duplicates: 0, rejected: [] });
    expect(await accepted([event(), event()])).toMatchObject({ accepted: 2 });
    expect(await accepted({ events: [event()] })).toMatchObject({ accepted: 1 });
    expect(await accepted([{ type: 'x' }, 7])).toMatchObject({ accepted: 0, rejected: [{ index: 0 }, { index: 1 }] });
    expect((await post([]).expect(200)).body).toMatchObject({ accepted: 0 });
  });

  it('refuses a body that is no list of events, too many of them, and too much', async () => {
    await post('text').expect(422);
    await post({}).expect(400);
    await post({ events: 'x' }).expect(400);
    await post({ events: [], evnts: 1 }).expect(400);
    const { body } = await post(Array.from({ length: 1_001 }, () => ({}))).expect(400);
    expect(body.errors).toMatchObject([{ loc: ['body', 'events'] }]);
    await post([{ evidence: 'x'.repeat(5_000_000) }]).expect(413);
  });

  it.each([
    ['/events/recent?minutes=0', ['minutes']],
    ['/events/recent?limit=99999&minutes=x', ['limit', 'minutes']],
    ['/statistics/daily?days=91', ['days']],
    ['/statistics/summary?minutes=1441&limit=0', ['minutes', 'limit']],
    ['/statistics/events?start_time=2026-02-02T00:00:00Z&end_time=2026-02-01T00:00:00Z', ['end_time']],
    ['/statistics/events?start_time=whenever', ['start_time']],
    ['/records/violations?status=maybe&limit=-1', ['status', 'limit']],
    ['/records/violations/abc', ['violation_id']],
    ['/records/violations/9223372036854775808', ['violation_id']],
    ['/records/violations/0', ['violation_id']],
    ['/records/statistics/cam1?start_time=whenever&end_time=x', ['start_time', 'end_time']],
    ['/records/detection-records/cam1?offset=-1', ['offset']],
  ])('refuses %s and names every fault', async (path, names) => {
    const { body } = await get(path).expect(422);
    const named = body.errors.map((e: { loc: string[] }) => e.loc[1]);
    expect(new Set(named)).toEqual(new Set(names));
    expect(body.detail).not.toMatch(/SELECT|\/src\//);
  });

  it('changes a status by query, by body, and on a version', async () => {
    const old = await put('/records/violations/1/status?status=confirmed&notes=seen%20on%20video&handled_by=li');
    expect(old.body).toEqual({ ok: true, violation_id: 1, status: 'confirmed', version: 2 });
    await put('/records/violations/1/status').set('if-match', '"1"').send({ status: 'resolved' }).expect(412);
    await put('/records/violations/1/status').set('if-match', '"2"').send({ status: 'resolved' }).expect(200);
    const { body } = await put('/records/violations/1/status').send({ status: 'maybe' }).expect(400);
    expect(body).toMatchObject({ code: 'violation.invalid', errors: [{ loc: ['body', 'status'] }] });
    await put('/records/violations/1/status').expect(422);
    await put('/records/violations/77/status?status=resolved').expect(404);
    await put('/records/violations/1/status?status=resolved&version=x').expect(422);
  });

  it('changes up to 500 at once, and refuses more', async () => {
    const many = (count: number) => ({
      violation_ids: Array.from({ length: count }, (_, i) => i + 2),
      status: 'resolved',
    });
    expect((await put('/records/violations/status').send(many(500)).expect(200)).body.updated).toEqual([2, 3]);
    await put('/records/violations/status').send(many(501)).expect(400);
    await put('/records/violations/status')
      .send({ violation_ids: ['1', null], status: 'resolved' })
      .expect(400);
  });

  it('sends tables as files', async () => {
    const { headers, text } = await get('/records/violations/export?status=resolved').expect(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe('attachment; filename="violations.csv"');
    expect(text.trim().split('\r\n')).toHaveLength(4);
  });
});
