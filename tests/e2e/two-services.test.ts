import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../support/eventually';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { agreement, type TestSite, testSite } from '../support/test-site';

const POSTS = 50;
const EDITS = 10;

/** Two real processes on one database and one file: one site. */
describe('two services of one site', () => {
  let database: TestDatabase;
  let dir: string;
  let file: string;
  let services: ChildProcess[];
  let urls: string[];
  let observer: TestSite;

  beforeAll(async () => {
    database = await createTestDatabase();
    dir = mkdtempSync(join(tmpdir(), 'watchgate-two-'));
    file = join(dir, 'cameras.yaml');
    const old = Array.from(
      { length: POSTS },
      (_, i) => `  - id: old${i}\n    name: alt ${i}\n    source: '0'\n    fps: 1\n`,
    );
    writeFileSync(file, `# 两个服务\ncameras:\n${old.join('')}`);
    services = ['domain', 'legacy'].map((path) => start(path));
    urls = await Promise.all(services.map(ready));
    observer = await testSite({ databaseUrl: database.url, camerasFile: file });
  });
  afterAll(async () => {
    await observer.close();
    await Promise.all(services.map(end));
    await database.drop();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (name: string): ChildProcess =>
    spawn(process.execPath, [resolve(__dirname, '../../dist/src/main.js')], {
      env: {
        ...process.env,
        PORT: '0',
        DATABASE_URL: database.url,
        CAMERAS_FILE: file,
        LOG_DIR: join(dir, name),
        USE_DOMAIN_SERVICE: String(name === 'domain'),
        ROLLOUT_PERCENT: '100',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  const post = (i: number) => send(urls[i % 2]!, 'POST', '/cameras', { id: `new${i}`, name: `neu ${i}`, source: '1' });
  const put = (i: number) => send(urls[(i + 1) % 2]!, 'PUT', `/cameras/old${i}`, { fps: 7 });

  /** As a program edits: read, change one value, replace the file; half of them in place. */
  const edit = (i: number) => {
    const text = readFileSync(file, 'utf8').replace(`name: alt ${i}\n`, `name: von Hand ${i}\n`);
    if (i % 2 === 0) return writeFileSync(file, text);
    writeFileSync(`${file}.swp`, text);
    renameSync(`${file}.swp`, file);
  };

  it(`lose nothing of ${POSTS} parallel POSTs, ${POSTS} PUTs and ${EDITS} edits of the file`, async () => {
    const all = Array.from({ length: POSTS }, (_, i) => [post(i), put(i)]).flat();
    let done = 0;
    for (const request of all) void request.then(() => (done += 1));
    for (let i = 0; i < EDITS; i++) {
      await eventually(() => done >= i * 8, { within: 60_000 });
      edit(i);
      await eventually(() => readFileSync(file, 'utf8').includes(`von Hand ${i}`), {
        what: `edit ${i} to be taken in`,
      });
    }
    const statuses = (await Promise.all(all)).map((r) => r.status);
    // A legacy write that meets an edit at the very moment is told to try again; nothing else may be refused.
    expect(statuses.filter((s) => s !== 200 && s !== 409)).toEqual([]);
    const again = await Promise.all(
      all.map(async (request, k) => ((await request).status === 409 ? (k % 2 ? put : post)(k >> 1) : undefined)),
    );
    expect(again.filter((r) => r && r.status !== 200)).toEqual([]);
    await eventually(
      async () => {
        const { cameras } = await agreement(observer.container, file);
        const byId = new Map(cameras.map((c) => [c.id, c]));
        expect(cameras).toHaveLength(2 * POSTS);
        expect(byId.size).toBe(2 * POSTS);
        for (let i = 0; i < POSTS; i++) {
          expect(byId.get(`old${i}`)).toMatchObject({ fps: 7, name: i < EDITS ? `von Hand ${i}` : `alt ${i}` });
          expect(byId.get(`new${i}`)).toMatchObject({ name: `neu ${i}` });
        }
      },
      { within: 15_000 },
    );
  }, 120_000);

  it('show a change made through one at the other at once', async () => {
    await send(urls[0]!, 'PUT', '/cameras/old1', { fps: 99 });
    const seen = await send(urls[1]!, 'GET', '/cameras/old1');
    expect(seen.body).toMatchObject({ fps: 99 });
  });
});

async function send(
  url: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/api/v1${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, body: await response.json() };
}

function ready(service: ChildProcess): Promise<string> {
  return new Promise((found, fail) => {
    let out = '';
    service.stdout?.on('data', (data) => {
      out += String(data);
      const url = /API\s+(http:\/\/[^/]+)/.exec(out)?.[1];
      if (url) found(url);
    });
    service.once('exit', (code) => fail(new Error(`the service ended with ${code}: ${out}`)));
  });
}

function end(service: ChildProcess): Promise<void> {
  return new Promise((ended) => {
    service.once('exit', () => ended());
    service.kill('SIGTERM');
  });
}
