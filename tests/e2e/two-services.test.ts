import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { eventually } from '../support/eventually';
import { BareSite, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, agreement, testSite } from '../support/test-site';

const POSTS = 50;
const EDITS = 10;

/** Two real processes on one database and one file: one site. */
describe('two services of one site', () => {
  let database: TestDatabase;
  let urls: string[];
  let observer: TestSite;
  const services = [new BareSite(), new BareSite()];
  const file = services[0]!.camerasFile;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    const old = Array.from(
      { length: POSTS },
      (_, i) => `  - id: old${i}\n    name: alt ${i}\n    source: '0'\n    fps: 1\n`,
    );
    writeFileSync(file, `# 两个服务\ncameras:\n${old.join('')}`);
    const shared = { DATABASE_URL: database.url, CAMERAS_FILE: file, ROLLOUT_PERCENT: '100' };
    const started = services.map((site, i) => site.start({ ...shared, USE_DOMAIN_SERVICE: String(i === 0) }));
    urls = await Promise.all(started.map((service) => service.ready()));
    observer = await testSite({ databaseUrl: database.url, camerasFile: file });
  });
  afterAll(async () => {
    await observer.close();
    for (const site of services) await site.remove();
    await database.drop();
  });

  const post = (i: number) => call(urls[i % 2]!, 'POST', '/cameras', { id: `new${i}`, name: `neu ${i}`, source: '1' });
  const put = (i: number) => call(urls[(i + 1) % 2]!, 'PUT', `/cameras/old${i}`, { fps: 7 });

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
        const { cameras } = await agreement(observer.modules, file);
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
  }, 180_000);

  it('show a change made through one at the other at once', async () => {
    await call(urls[0]!, 'PUT', '/cameras/old1', { fps: 99 });
    const seen = await call(urls[1]!, 'GET', '/cameras/old1');
    expect(seen.body).toMatchObject({ fps: 99 });
  });
});
