import { request as ask } from 'node:http';
import { WebSite } from './web-site';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const PAGE = { accept: 'text/html,application/xhtml+xml' };

describe('the service', () => {
  let site: WebSite;
  beforeAll(async () => {
    site = await WebSite.start([], { REQUIRE_TOKEN: 'true' });
  });
  afterAll(() => site.remove());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const sent = ask(site.url + path, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('latin1'),
          }),
        );
      });
      sent.on('error', reject);
      sent.end();
    });

  it.each(['/', '/cameras/line-1?tab=log', '/violations', '/no/such/page'])(
    'shows the dashboard at %s to everybody',
    async (path) => {
      const { status, headers, text } = await get(path, PAGE);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-cache',
      ]);
      expect(text).toContain('<div id="app">');
      expect((await get(path, { ...PAGE, 'if-none-match': String(headers.etag) })).status).toBe(304);
      const head = await get(path, PAGE, 'HEAD');
      expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', headers['content-length']]);
    },
  );

  it.each(['/api/v1/nothing', '/api/v1/cameras', '/docs', '/openapi.json', '/metrics', '/assets/none.js'])(
    'answers %s itself, whatever a browser accepts',
    async (path) => {
      const { status, text } = await get(path, PAGE);
      expect(status).toBe(401);
      expect(text).not.toContain('<div id="app">');
    },
  );

  it('leaves what programs ask for as it was', async () => {
    expect((await get('/nothing')).status).toBe(401);
    expect((await get('/health', PAGE)).text).toContain('healthy');
    expect((await get('/', {}, 'POST')).status).not.toBe(200);
  });

  it('keeps scripts for ever, packed as the browser likes', async () => {
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec((await get('/', PAGE)).text) ?? [];
    const [plain, gzip, br] = await Promise.all(
      ['identity', 'gzip', 'gzip, deflate, br'].map((accepted) => get(script, { 'accept-encoding': accepted })),
    );
    expect([plain, gzip, br].map((answer) => answer?.headers['content-encoding'])).toEqual([undefined, 'gzip', 'br']);
    expect(plain?.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const length = (answer: Answer | undefined) => Number(answer?.headers['content-length']);
    expect(length(gzip)).toBeLessThan(length(plain) / 2);
    expect(length(br)).toBeLessThan(length(gzip));
  });

  it('says on every answer which build of the dashboard it serves', async () => {
    const builds = await Promise.all(
      ['/', '/health', '/api/v1/cameras'].map(async (path) => (await get(path)).headers['x-watchgate-build']),
    );
    expect(builds[0]).toMatch(/^[\da-f]{16}$/);
    expect(new Set(builds).size).toBe(1);
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("img-src 'self' data: blob:");
  });
});
