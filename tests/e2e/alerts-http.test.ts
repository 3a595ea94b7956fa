import request from 'supertest';
import type { Server } from 'node:http';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

const API = '/api/v1/alerts';
const RULE = { name: '测试规则', rule_type: 'violation', conditions: { threshold: 5 } };

describe.each(['true', 'false'])('alerts over HTTP with force_domain=%s', (force) => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  beforeAll(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    server = httpOf(site).listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    server.close();
    await site.close();
    await database.drop();
  });

  const q = `?force_domain=${force}`;
  const create = async (body: object): Promise<number> =>
    (await request(server).post(`${API}/rules${q}`).send(body)).body.id;

  it('create a rule from the command line as it stands in the old documents', async () => {
    const created = await request(server)
      .post(`${API}/rules${q}`)
      .set('content-type', 'application/x-www-form-urlencoded')
      .send(JSON.stringify(RULE));
    expect(created.body).toEqual({ ok: true, id: expect.any(Number) });
    expect(created.headers['x-served-by']).toBe(force === 'true' ? 'domain' : 'legacy');
    const { body } = await request(server).get(`${API}/rules/${created.body.id}${q}`).expect(200);
    expect(body).toMatchObject({ name: '测试规则', rule_type: 'violation_threshold', conditions: { threshold: 5 } });
  });

  it('list, change and remove rules', async () => {
    const id = await create({ ...RULE, camera_id: 'cam1', priority: 'high' });
    const { body } = await request(server).get(`${API}/rules${q}&camera_id=cam1&enabled=True`).expect(200);
    expect(body).toMatchObject({ count: 1, total: 1, items: [{ id, priority: 'high', recipients: null }] });
    await request(server).put(`${API}/rules/${id}${q}`).send({ enabled: false }).expect(200, { ok: true });
    await request(server).put(`${API}/rules/${id}${q}`).expect(200, { ok: true });
    expect((await request(server).get(`${API}/rules/${id}${q}`)).body.enabled).toBe(false);
    await request(server).delete(`${API}/rules/${id}${q}`).expect(200, { ok: true });
    expect((await request(server).get(`${API}/rules/${id}${q}`).expect(404)).body.code).toBe('alert_rule.not_found');
  });

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['name', 'rule_type', 'conditions']],
    ['a missing name', { rule_type: 'violation', conditions: { threshold: 1 } }, ['name']],
    ['an unknown type', { ...RULE, rule_type: 'odd' }, ['rule_type']],
    ['threshold 0', { ...RULE, conditions: { threshold: 0 } }, ['conditions.threshold']],
    ['a negative threshold', { ...RULE, conditions: { threshold: -3 } }, ['conditions.threshold']],
    ['a threshold in a text', { ...RULE, conditions: { threshold: '5' } }, ['conditions.threshold']],
    ['an unknown channel', { ...RULE, notification_channels: ['pager'] }, ['notification_channels.0']],
    [
      '10,000 recipients',
      { ...RULE, recipients: Array.from({ length: 10_000 }, (_, i) => `a${i}@b.example`) },
      ['recipients'],
    ],
    ['conditions null', { ...RULE, conditions: null }, ['conditions']],
    ['conditions in a list', { ...RULE, conditions: [] }, ['conditions']],
    [
      'several faults at once',
      { rule_type: 'odd', conditions: [], priority: 'x', channels: [] },
      ['name', 'rule_type', 'conditions', 'priority', 'channels'],
    ],
  ])('refuse %s with 400 and every fault', async (_what, body, places) => {
    const { body: problem } = await request(server).post(`${API}/rules${q}`).send(body).expect(400);
    expect(problem).toMatchObject({ status: 400, code: 'alert_rule.invalid', detail: expect.any(String) });
    const named = (problem.errors as { loc: string[] }[]).map(({ loc }) => loc.slice(1).join('.'));
    expect(named.sort()).toEqual([...places].sort());
  });

  it.each(['0', 'abc', '9223372036854775808', '-1', '1.5'])('refuse the rule %s with 422', async (id) => {
    for (const verb of ['get', 'put', 'delete'] as const)
      await request(server)[verb](`${API}/rules/${id}${q}`).expect(422);
  });

  it('know nothing of an unknown rule', async () => {
    for (const verb of ['get', 'put', 'delete'] as const)
      await request(server)[verb](`${API}/rules/4040${q}`).expect(404);
    await request(server).post(`${API}/rules/4040/test`).expect(404);
  });

  it('list all rules where no page is asked for, as the old list did', async () => {
    const before = (await request(server).get(`${API}/rules${q}`)).body.total as number;
    for (let i = 0; i < 101; i++) await create({ ...RULE, name: `rule ${i}` });
    const { body } = await request(server).get(`${API}/rules${q}`).expect(200);
    expect([body.count, body.total, body.items.length]).toEqual([before + 101, before + 101, before + 101]);
  });

  it('refuse a page that is none', async () => {
    for (const query of ['limit=0', 'limit=1001', 'offset=-1', 'limit=x'])
      await request(server).get(`${API}/history-db${q}&${query}`).expect(422);
    await request(server).get(`${API}/rules${q}&enabled=maybe`).expect(422);
    await request(server).get(`${API}/deliveries?status=odd`).expect(422);
  });

  it('acknowledge and resolve what was told, in that order', async () => {
    const sql = `INSERT INTO alert_history (camera_id, alert_type) VALUES ('cam', 'no_detection') RETURNING id`;
    const [row] = await site.modules.platform.database.query<{ id: string }>(sql, []);
    const at = (what: string) => `${API}/history/${row?.id}/${what}`;
    const { body: acknowledged } = await request(server)
      .post(at('acknowledge'))
      .send({ by: 'Ali', note: 'on my way' })
      .expect(200);
    expect(acknowledged).toMatchObject({
      status: 'acknowledged',
      acknowledged_by: 'Ali',
      note: 'on my way',
      resolved_at: null,
    });
    const { body: resolved } = await request(server).post(at('resolve')).send({ by: 'Bo' }).expect(200);
    expect(resolved).toMatchObject({
      status: 'resolved',
      acknowledged_by: 'Ali',
      resolved_by: 'Bo',
      note: 'on my way',
    });
    expect((await request(server).post(at('resolve')).send({ by: 'Cy' })).body).toEqual(resolved);
    expect((await request(server).post(at('acknowledge')).expect(409)).body.code).toBe('alert.resolved');
    await request(server).post(`${API}/history/999999/resolve`).expect(404);
    const { body } = await request(server).get(`${API}/history-db${q}`).expect(200);
    expect(body).toMatchObject({ count: 1, items: [resolved] });
  });

  it('run dry over nothing', async () => {
    const id = await create(RULE);
    const { body } = await request(server).post(`${API}/rules/${id}/test`).send({ hours: 2 }).expect(200);
    expect(body).toMatchObject({ rule_id: id, events: 0, count: 0, total: 0, alerts: [] });
    expect(new Date(body.to).getTime() - new Date(body.from).getTime()).toBe(7_200_000);
    for (const hours of [0, 200, 'x'])
      await request(server).post(`${API}/rules/${id}/test`).send({ hours }).expect(400);
  });
});
