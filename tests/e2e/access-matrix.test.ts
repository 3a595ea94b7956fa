import request from 'supertest';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { allOperations } from '../../src/api/catalogue';
import { SERVICE_TAG, openApi } from '../../src/api/http/openapi';
import { routesOf } from '../../src/api/http/openapi-view';
import type { Operation } from '../../src/api/http/operation';
import { type Role, covers, roles } from '../../src/domain/shared/role';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly 'x-role': Role | 'anybody';
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** Of the document, not of the catalogue: what it says of each operation is what is tried. */
const described = new Map(
  Object.values(openApi(allOperations).paths as unknown as Record<string, Record<string, Described>>)
    .flatMap((verbs) => Object.values(verbs))
    .filter(({ tags }) => !tags.includes(SERVICE_TAG))
    .map((operation) => [operation.operationId, operation] as const),
);

let database: TestDatabase;
let site: TestSite;
let server: Server;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  site = await testSite({ databaseUrl: database.url, access: { needsToken: true, perMinute: 0 } });
  for (const role of roles) {
    const { text } = await site.modules.access.tokens.create({ name: `the ${role}`, role });
    tokens.set(role, text);
  }
  await site.modules.access.authenticator.refresh();
  // Or every call about a process would wait for a service that controls the cameras.
  await site.modules.control.controller.take();
  server = httpOf(site).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await site.modules.control.controller.leave();
  await site.close();
  await database.drop();
});

/** With path parameters of things that do not exist, so that whoever is let in changes nothing. */
function ask({ verb, base, path }: Operation, role: Role | undefined, query = '') {
  const url = `${base}${path.replaceAll(/\{\w+\}/g, 'none-such')}${query}`;
  const call = request(server)[verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete'](url);
  const token = role && tokens.get(role);
  return token ? call.set('Authorization', `Bearer ${token}`) : call;
}

const outcome = (status: number): string => (status === 401 || status === 403 ? String(status) : 'admitted');

it('the document says of every operation who may call it, and how others are refused', () => {
  expect([...described.keys()].sort()).toEqual(allOperations.map((o) => o.id).sort());
  for (const { 'x-role': role, responses } of described.values()) {
    expect([...roles, 'anybody']).toContain(role);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403']));
  }
});

it('only browsers that sign in or out need no token', () => {
  const open = [...described.values()].filter((operation) => operation['x-role'] === 'anybody');
  expect(open.map((operation) => operation.operationId)).toEqual(['access.signIn', 'access.signOut']);
});

const withRole = allOperations.flatMap((operation) =>
  operation.role === 'anybody' ? [] : [[operation.id, operation, operation.role] as const],
);

describe.each(withRole)('%s', (id, operation, least) => {
  it('answers each role as the document says', async () => {
    expect(described.get(id)?.['x-role']).toBe(least);
    const none = await ask(operation, undefined);
    expect(none.status).toBe(401);
    expect(none.headers['www-authenticate']).toBe('Bearer realm="watchgate"');
    expect(none.body).toMatchObject({ code: 'access.unauthorized', status: 401 });
    for (const role of roles) {
      const answer = await ask(operation, role);
      expect([role, outcome(answer.status)]).toEqual([role, covers(role, least) ? 'admitted' : '403']);
      if (answer.status === 403) expect(answer.body).toMatchObject({ code: 'access.forbidden' });
      // 503 is of the processes of cameras, which this site does not control.
      expect(answer.status).not.toBe(500);
    }
  });

  if (operation.switched)
    it('lets operators choose the path, and nobody below them', async () => {
      const answers = await Promise.all(roles.map((role) => ask(operation, role, '?force_domain=false')));
      expect(answers.map((a) => outcome(a.status))).toEqual(
        roles.map((role) => (covers(role, least) && covers(role, 'operator') ? 'admitted' : '403')),
      );
    });
});

describe('beside the operations', () => {
  it.each(['/openapi.json', '/docs', '/docs/style.css', '/api/v1/nothing', '/nothing'])(
    '%s shows nothing without a token',
    async (path) => {
      expect((await request(server).get(path)).status).toBe(401);
    },
  );

  const beside = routesOf(openApi(allOperations)).filter(({ operation }) => operation.tags.includes(SERVICE_TAG));

  it.each(beside.map(({ path, operation }) => [path, operation['x-role']]))(
    '%s is for whom the document says: %s',
    async (path, role) => {
      const { status } = await request(server).get(path);
      expect(status === 401).toBe(role !== 'anybody');
    },
  );

  it.each(['/openapi.json', '/docs', '/metrics'])('every token may read %s', async (path) => {
    for (const token of tokens.values())
      expect((await request(server).get(path).set('Authorization', `Bearer ${token}`)).status).toBe(200);
  });

  it('a token in the address is none', async () => {
    const url = `/api/v1/cameras?access_token=${tokens.get('admin')}&token=${tokens.get('admin')}`;
    expect((await request(server).get(url)).status).toBe(401);
  });

  it('a body is not read before the caller is known', async () => {
    const answer = await request(server).post('/api/v1/cameras').send('x'.repeat(1_000_000));
    expect(answer.status).toBe(401);
  });
});
