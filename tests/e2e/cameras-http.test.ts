import request from 'supertest';
import type { Test } from 'supertest';
import type { Server } from 'node:http';
import type { ConfigStep } from '../../src/application/shared/configuration-publication';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { TWO_CAMERAS, type TestSite, testSite } from '../support/test-site';

const API = '/api/v1/cameras';

describe('the camera API', () => {
  let database: TestDatabase;
  let site: TestSite;
  let server: Server;
  /** What the disk answers to whoever writes the cameras file. */
  let failing: string | undefined;

  beforeAll(async () => {
    database = await createTestDatabase();
    const onStep = async (step: ConfigStep) => {
      if (failing && step.startsWith('stage.'))
        throw Object.assign(new Error(`${failing}: injected`), { code: failing });
    };
    site = await testSite({ databaseUrl: database.url, onStep });
    server = httpOf(site).listen(0, '127.0.0.1');
  });
  beforeEach(async () => {
    site.write(TWO_CAMERAS);
    await site.modules.cameras.configuration.reconcile();
  });
  afterEach(() => site.agreement());
  afterAll(async () => {
    server.close();
    await site.close();
    await database.drop();
  });

  const json = (test: Test, body: unknown) => test.set('content-type', 'application/json').send(JSON.stringify(body));

  it('says which path served a call and why, and lets force_domain choose', async () => {
    const by = async (query: string) => (await request(server).get(`${API}${query}`).expect(200)).headers;
    expect(await by('')).toMatchObject({ 'x-served-by': 'domain', 'x-rollout-reason': 'static' });
    expect(await by('?force_domain=false')).toMatchObject({ 'x-served-by': 'legacy', 'x-rollout-reason': 'forced' });
    expect(await by('?force_domain=Yes&unknown=1')).toMatchObject({
      'x-served-by': 'domain',
      'x-rollout-reason': 'forced',
    });
  });

  it('answers every operation on both paths in the shape its row describes', async () => {
    for (const force of ['?force_domain=true', '?force_domain=false']) {
      await request(server).get(`${API}${force}&active_only=ON`).expect(200);
      await request(server).get(`${API}/cam1${force}`).expect(200);
      await json(request(server).post(`${API}${force}`), { id: 'n1', name: 'N', source: '1' }).expect(200);
      await json(request(server).put(`${API}/n1${force}`), { fps: 3 }).expect(200);
      await request(server).delete(`${API}/n1${force}`).expect(200);
    }
    const { body } = await request(server).get(`${API}/config/revisions?limit=5`).expect(200);
    await request(server).get(`${API}/config/revisions/${body.total}`).expect(200);
    await request(server).post(`${API}/config/revisions/1/restore`).expect(200);
    await request(server).get(`${API}/config`).expect(200);
  });

  it.each(['true', 'false'])(
    'changes a camera only as it was read, by the header If-Match, on the path %s',
    async (force) => {
      const one = `${API}/cam1?force_domain=${force}`;
      const { headers, body } = await request(server).get(one).expect(200);
      expect(headers.etag).toBe(`"${body.updated_at}"`);
      const put = (etag: string, fps: number) => json(request(server).put(one).set('if-match', etag), { fps });
      const { headers: after } = await put(String(headers.etag), 7).expect(200);
      const { body: problem } = await put(String(headers.etag), 8).expect(412);
      expect(problem).toMatchObject({
        code: 'camera.changed',
        conflicts: [{ field: 'fps', base: 25, theirs: 7, mine: 8 }],
        changed_by: { revision: expect.any(Number) },
      });
      await request(server).delete(one).set('if-match', '"1"').expect(412);
      await put('*', 9).expect(200);
      await put(String(after.etag), 10).expect(412);
      const { body: last } = await request(server).get(one).expect(200);
      await request(server).delete(one).set('if-match', `W/"${last.updated_at}"`).expect(200);
    },
  );

  it('shows the masked file, takes it back with its secrets, and says beforehand what that does', async () => {
    const text = `${API}/config/text`;
    const { body: file } = await request(server).get(text).expect(200);
    expect(file.text).toBe(TWO_CAMERAS.replace('geheim', '***'));
    const sent = file.text.replace('fps: 25', 'fps: 10');
    const { body: draft } = await json(request(server).post(`${API}/config/check`), { text: sent }).expect(200);
    expect(draft).toMatchObject({ faults: [], changes: [{ camera_id: 'cam1' }], restarts: [] });
    expect(site.text()).toBe(TWO_CAMERAS);
    const { body: saved } = await json(request(server).put(text), { text: sent, base_sha256: file.sha256 }).expect(200);
    expect(site.text()).toBe(TWO_CAMERAS.replace('fps: 25', 'fps: 10'));
    const { head } = await site.agreement();
    expect(head).toMatchObject({ number: saved.revision, origin: 'api', inFile: true });
    await json(request(server).put(text), { text: sent, base_sha256: file.sha256 }).expect(412);
    const change = { change: 'restore', number: head.number - 1 };
    const { body: back } = await json(request(server).post(`${API}/config/preview`), change).expect(200);
    expect(back.diff).toContain('+    fps: 25');
  });

  it('does not keep a sent text in the audit trail, where its secrets could not be masked', async () => {
    const secret = 'cameras:\n  - {id: a, name: A, source: "0", env: {X: streng}}\n';
    await json(request(server).put(`${API}/config/text`), { text: secret, base_sha256: 'x' }).expect(412);
    const { body } = await request(server).get('/api/v1/access/audit?operation=camera-config.save&limit=1').expect(200);
    expect(body.entries[0].input).toEqual({ text: `${secret.length} characters`, base_sha256: 'x' });
  });

  it('takes JSON whatever the content type says, as old clients send it', async () => {
    const body = '{"id":"n2","name":"N","source":"1"}';
    await request(server).post(API).set('content-type', 'application/x-www-form-urlencoded').send(body).expect(200);
  });

  it('gives every answer a request id, its own or a new one', async () => {
    const own = await request(server).get(`${API}/nope`).set('x-request-id', 'my-id-1').expect(404);
    expect([own.headers['x-request-id'], own.body.request_id]).toEqual(['my-id-1', 'my-id-1']);
    const made = await request(server).get(API).set('x-request-id', 'bad id\u00e9').expect(200);
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('redirects a trailing slash, and refuses a verb or path that is not there', async () => {
    expect((await request(server).get(`${API}/?active_only=1`).expect(307)).headers.location).toBe(
      `${API}?active_only=1`,
    );
    expect((await request(server).patch(`${API}/cam1`).expect(405)).headers.allow).toBe(
      'GET, HEAD, PUT, DELETE, OPTIONS',
    );
    expect((await request(server).get('/api/v2/x').expect(404)).body).toMatchObject({
      code: 'request.not_found',
      status: 404,
    });
  });

  const deep = (n: number) => `{"metadata":${'{"a":'.repeat(n)}1${'}'.repeat(n)}}`;
  it('answers a read with 304 to whoever has it, until it changes', async () => {
    const first = await request(server).get(`${API}/cam1`);
    const etag = String(first.headers.etag);
    expect([first.status, etag]).toEqual([200, expect.stringMatching(/^".+"$/)]);
    const again = await request(server).get(`${API}/cam1`).set('if-none-match', etag);
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
    await request(server).put(`${API}/cam1`).send({ name: 'renamed' }).expect(200);
    const changed = await request(server).get(`${API}/cam1`).set('if-none-match', etag);
    expect([changed.status, changed.text]).toEqual([200, expect.stringContaining('renamed')]);
  });

  it.each<[string, number, string, string, string?]>([
    ['an unknown field', 400, 'PUT', '{"fsp":1}', 'fsp'],
    ['a wrong type', 400, 'PUT', '{"fps":"7"}', 'fps'],
    ['several faults at once', 400, 'PUT', '{"fps":0,"resolution":"x","active":"y"}', 'resolution'],
    ['an array for the object', 422, 'PUT', '[{"fps":1}]', 'JSON object'],
    ['a number for the object', 422, 'PUT', '5', 'JSON object'],
    ['a body that is not JSON', 422, 'PUT', '{"fps":', 'JSON'],
    ['a body that is not UTF-8', 422, 'PUT', '{"name":"\u00ff"}', 'UTF-8'],
    ['a duplicate key', 400, 'PUT', '{"fps":1,"fps":2}', 'fps'],
    ['a duplicate key in a nested object', 400, 'PUT', '{"env":{"A":"1","\\u0041":"2"}}', 'A'],
    ['nesting of 30 levels', 400, 'PUT', deep(30), 'nested'],
    ['nesting of 10,000 levels', 400, 'PUT', deep(10_000), 'nested'],
    ['a list nested 100,000 levels deep', 400, 'PUT', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'nested'],
    ['a prototype key', 400, 'PUT', '{"__proto__":{"fps":1}}', '__proto__'],
    ['a body of 1 MB', 413, 'PUT', `{"name":"${'x'.repeat(1_000_000)}"}`, 'larger'],
    ['an id with a slash', 400, 'POST', '{"id":"a/b","name":"x","source":"1"}', 'id'],
    ['a path for an id', 400, 'POST', '{"id":"../../etc/passwd","name":"x","source":"1"}', 'id'],
    ['a number for a string', 400, 'POST', '{"id":"a","name":5,"source":1}', 'source'],
    ['nothing at all', 400, 'POST', '', 'id'],
    ['null', 400, 'POST', 'null', 'name'],
    ['a file address', 400, 'POST', '{"id":"a","name":"x","source":"file:///etc/passwd"}', 'source'],
    ['an option for a source', 400, 'POST', '{"id":"a","name":"x","source":"-f"}', 'source'],
    ['a source of 4 kB', 400, 'POST', `{"id":"a","name":"x","source":"rtsp://${'h'.repeat(4096)}"}`, 'source'],
  ])('refuses %s, names it and stores nothing', async (_what, status, verb, body, named = '') => {
    const before = site.text();
    const test = verb === 'PUT' ? request(server).put(`${API}/cam1`) : request(server).post(API);
    const bytes = Buffer.from(body, body.includes('\u00ff') ? 'latin1' : 'utf8');
    const answer = await test
      .set('content-type', 'application/json')
      .serialize((b: unknown) => b as string)
      .send(bytes as unknown as string);
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(JSON.stringify(answer.body)).toContain(named);
    expect(answer.body).toMatchObject({
      status,
      detail: expect.any(String),
      code: expect.any(String),
      request_id: expect.any(String),
    });
    expect(site.text()).toBe(before);
  });

  it.each([
    ['active_only=maybe', 'bool_parsing'],
    ['force_domain=', 'bool_parsing'],
  ])('refuses the query %s with 422', async (query, type) => {
    const { body } = await request(server).get(`${API}?${query}`).expect(422);
    expect(body.errors).toEqual([{ loc: ['query', query.split('=')[0]], msg: expect.any(String), type }]);
  });

  it.each(['abc', '0', '-1', '2147483648', '1.5', '1e3'])('refuses the revision number %s with 422', async (number) => {
    const { body } = await request(server).get(`${API}/config/revisions/${number}`).expect(422);
    expect(body.errors[0].loc).toEqual(['path', 'number']);
  });

  it('answers 404 for odd ids in the path, never a file', async () => {
    for (const id of ['..%2f..%2fetc%2fpasswd', '%00', 'a%2Fb', '%E6%91%84', 'x'.repeat(200)]) {
      await request(server).get(`${API}/${id}`).expect(404);
      await request(server).delete(`${API}/${id}`).expect(404);
    }
    await request(server).get(`${API}/%zz`).expect(400);
  });

  it('answers 503 with Retry-After while the disk refuses, and changes nothing', async () => {
    const before = site.text();
    for (const force of [true, false]) {
      failing = 'ENOSPC';
      const { body, headers } = await json(request(server).put(`${API}/cam1?force_domain=${force}`), { fps: 3 }).expect(
        503,
      );
      failing = undefined;
      expect(headers['retry-after']).toMatch(/^\d+$/);
      expect(body).toMatchObject({ status: 503, code: 'camera_config.file_unwritable' });
      expect(body.detail).toMatch(/nothing was changed/i);
      expect(site.text()).toBe(before);
    }
    await json(request(server).put(`${API}/cam1`), { fps: 3 }).expect(200);
  });

  it('answers 500 to what nobody foresaw, and shows nothing of it', async () => {
    const file = site.modules.cameras.file;
    const stage = jest
      .spyOn(file, 'stage')
      .mockRejectedValue(Object.assign(new Error('bug with rtsp://u:geheim@h/'), { code: 'EX' }));
    const { body } = await json(request(server).put(`${API}/cam1?force_domain=true`), { fps: 3 }).expect(500);
    stage.mockRestore();
    expect(body).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(body)).not.toMatch(/geheim|stack|at /);
    // The log has all of it, masked where it is written: tests/e2e/secrets.
    expect(site.log.lines).toContainEqual(expect.stringContaining('a request failed'));
  });

  it('restores a revision byte for byte, as a new revision, and sets a faulty file aside', async () => {
    const first = (await request(server).get(`${API}/config`).expect(200)).body.revision;
    await json(request(server).put(`${API}/cam1`), { fps: 3 }).expect(200);
    site.write(`${site.text()}  - broken: [\n`);
    expect((await request(server).get(`${API}/config`).expect(200)).body).toMatchObject({
      state: 'degraded',
      revision: first + 1,
    });
    expect((await json(request(server).put(`${API}/cam1`), { fps: 4 }).expect(409)).body).toMatchObject({
      code: 'camera_config.file_invalid',
      file_faults: [{ line: expect.any(Number), column: expect.any(Number), type: 'syntax' }],
    });
    const { body } = await request(server).post(`${API}/config/revisions/${first}/restore`).expect(200);
    expect(body).toEqual({ status: 'success', restored: first, revision: first + 2 });
    expect(site.text()).toBe(TWO_CAMERAS);
    expect((await request(server).get(`${API}/config`).expect(200)).body).toMatchObject({
      state: 'in_sync',
      faults: [],
    });
  });
});
