import request from 'supertest';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { allOperations } from '../../src/api/catalogue';
import { docsPage } from '../../src/api/http/docs-page';
import { openApi } from '../../src/api/http/openapi';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { httpOf } from '../support/test-http';
import { type TestSite, testSite } from '../support/test-site';

/** What would run or style something without being loaded from an address of its own. */
const INLINE = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i;

let database: TestDatabase;
let site: TestSite;
let server: Server;

beforeAll(async () => {
  database = await createTestDatabase();
  site = await testSite({ databaseUrl: database.url });
  await site.modules.cameras.configuration.reconcile();
  server = httpOf(site).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await site.close();
  await database.drop();
});

const unescaped = (text: string): string =>
  text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

describe('the page of the API', () => {
  let page: string;
  beforeAll(async () => {
    const answer = await request(server).get('/docs').expect(200).expect('content-type', 'text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'");
    page = answer.text;
  });

  it('has nothing inline and nothing of another address', () => {
    expect(page).not.toMatch(INLINE);
    const linked = [...page.matchAll(/\s(?:src|href)="([^"#][^"]*)"/g)].map(([, address]) => address);
    expect(new Set(linked)).toEqual(new Set(['/docs/filter.js', '/docs/style.css', '/openapi.json']));
  });

  it.each([
    ['/docs/style.css', 'text/css; charset=utf-8'],
    ['/docs/filter.js', 'text/javascript; charset=utf-8'],
  ])('gets its %s from this service', async (path, type) => {
    await request(server).get(path).expect(200).expect('content-type', type);
  });

  it.each(allOperations.map((operation) => [operation.id, operation] as const))('shows %s', (id, operation) => {
    const shown = new RegExp(`<details id="${id}">[^]*?</details>`).exec(page)?.[0] ?? '';
    for (const part of [
      operation.verb,
      `${operation.base}${operation.path}`,
      operation.summary,
      operation.role,
      'curl -s',
    ])
      expect(unescaped(shown)).toContain(part);
  });

  it.each(['/ws/events', '/ws/status'])('shows the web socket %s, and what is said there', (path) => {
    const shown = new RegExp(`<details id="${path}">[^]*?</details>`).exec(page)?.[0] ?? '';
    for (const part of ['viewer', 'bearer.', 'The service sends', 'A client may send', '"ping"'])
      expect(unescaped(shown)).toContain(part);
  });

  it('shows lines that a shell can run', async () => {
    const { port } = server.address() as AddressInfo;
    const lines = [...page.matchAll(/<pre class="curl">([^]*?)<\/pre>/g)].map(([, line]) => unescaped(line ?? ''));
    expect(lines.length).toBeGreaterThan(allOperations.length);
    const create = lines.find((line) => line.includes('-X POST') && line.includes('/api/v1/cameras'));
    expect(create).toContain(`http://127.0.0.1:${port}/api/v1/cameras`);
    const { stdout } = await promisify(execFile)('sh', ['-c', create ?? '']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, camera: { id: 'sink' } });
  });

  it('takes no text for HTML, wherever it stands', () => {
    const planted = `<script>alert("it's")</script>`;
    const texts = new Set(['title', 'summary', 'description', 'x-role', 'value', 'default', 'format']);
    const plant = (key: string, value: unknown) => (typeof value === 'string' && texts.has(key) ? planted : value);
    const document = JSON.parse(JSON.stringify(openApi(allOperations)), plant) as ReturnType<typeof openApi>;
    const shown = docsPage(document, { url: `http://${planted}`, needsToken: true });
    expect(shown).not.toMatch(INLINE);
    expect(shown).not.toContain('alert("');
    expect(shown).toContain('&lt;script&gt;');
  });

  it('is not led astray by the name under which it was asked for', async () => {
    const { text } = await request(server).get('/docs').set('Host', `localhost'; rm -rf / #`);
    expect(text).not.toContain('rm -rf');
  });
});
