import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import path from 'node:path';
import { mostConnections } from '../../src/infrastructure/system/host-system';
import { eventually } from '../support/eventually';
import { BareSite, type ServiceRun, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CAMERAS = `cameras:
  - {id: demo, name: Demo, source: 'testsrc:size=320x180,rate=5', auto_start: true}
  - {id: idle, name: Idle, source: 'rtsp://u:geheim@127.0.0.1:1/x', active: false}
`;

describe('the built service', () => {
  let database: TestDatabase;
  let site: BareSite;
  let run: ServiceRun;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    site = new BareSite();
    mkdirSync(path.dirname(site.camerasFile), { recursive: true });
    appendFileSync(site.camerasFile, CAMERAS);
    chmodSync(site.camerasFile, 0o644);
    run = site.start({ DATABASE_URL: database.url });
    url = await run.ready();
  }, 180_000);
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  const files = (dir: string): string[] =>
    readdirSync(dir, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name));

  it('S12: keeps what it writes from other users of the machine, and says what they can read', async () => {
    await eventually(
      async () => expect((await call(url, 'GET', '/cameras/demo/status')).body).toMatchObject({ state: 'running' }),
      {
        within: 30_000,
      },
    );
    await eventually(() =>
      expect(files(path.join(site.dir, 'data')).map((file) => path.basename(file))).toContain('demo.jpg'),
    );
    const written = [...files(path.join(site.dir, 'data')), ...files(path.join(site.dir, 'logs'))];
    const open = written.filter((file) => (statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077);
    expect(written.length).toBeGreaterThan(4);
    expect(open).toEqual([]);
    await eventually(() => expect(run.output).toMatch(/can read .*cameras\.yaml.* chmod o-r/));
  }, 180_000);

  it('S12: makes a cameras file that nobody else can read', async () => {
    const other = new BareSite();
    const own = await createTestDatabase();
    try {
      const where = await other.start({ DATABASE_URL: own.url }).ready();
      const camera = { id: 'a', name: 'a', source: 'rtsp://u:geheim@127.0.0.1:1/x', active: false };
      expect((await call(where, 'POST', '/cameras', camera)).status).toBe(200);
      expect((statSync(other.camerasFile).mode & 0o777).toString(8)).toBe('600');
    } finally {
      await other.remove();
      await own.drop();
    }
  }, 180_000);

  it('S10: says which ffmpeg decodes, at the start and in its health', async () => {
    await eventually(() => expect(run.output).toMatch(/video is decoded by (the )?ffmpeg/));
    const { body } = await call(url, 'GET', '/monitoring/health');
    const { ffmpeg_details: details } = (body as { checks: Record<string, unknown> }).checks;
    expect(details).toEqual({ version: expect.stringMatching(/\d/), bundled: expect.any(Boolean) });
    const { bundled } = details as { bundled: boolean };
    expect(/of 2018.*apt-get install ffmpeg/.test(run.output)).toBe(bundled);
  });

  it('S28: shows names of logs, not where they lie, also of cameras that are none', async () => {
    const answers = await Promise.all([
      call(url, 'POST', '/cameras/batch-status', { camera_ids: ['none', 'demo'] }),
      call(url, 'GET', '/cameras/demo/status'),
      call(url, 'GET', '/cameras/demo/stats'),
      call(url, 'GET', '/cameras/demo/logs'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain(site.dir);
    expect(answers[1]?.body).toMatchObject({ log: 'detect_demo.log' });
  });

  it('S9: does not wait for a pipe in place of the cameras file, nor read what is too large', async () => {
    const kept = `${site.camerasFile}.kept`;
    renameSync(site.camerasFile, kept);
    execFileSync('mkfifo', [site.camerasFile]);
    const ready = async () => (await fetch(`${url}/readyz`)).status;
    for (let i = 0; i < 6; i += 1) await ready();
    expect((await call(url, 'GET', '/cameras/config')).body).toMatchObject({
      detail: expect.stringContaining('no ordinary file'),
    });
    renameSync(kept, site.camerasFile);
    await eventually(async () => expect(await ready()).toBe(200), { within: 10_000 });
    expect((await call(url, 'GET', '/system/config')).status).toBe(200);
    expect((await call(url, 'GET', '/cameras/demo/logs')).status).toBe(200);
    // Sparse: it takes no room.
    renameSync(site.camerasFile, kept);
    appendFileSync(site.camerasFile, '');
    truncateSync(site.camerasFile, 2_000_000_000);
    expect((await call(url, 'GET', '/cameras/config')).body).toMatchObject({
      detail: expect.stringContaining('larger than 5 MB'),
    });
    renameSync(kept, site.camerasFile);
    await eventually(async () => expect(await ready()).toBe(200), { within: 10_000 });
  }, 180_000);

  it('S4: needs a token on this machine, too, where that is set, and does not start before there is one', async () => {
    const other = new BareSite();
    // A database of its own: a site has one cameras file.
    const own = await createTestDatabase();
    const settings = { DATABASE_URL: own.url, REQUIRE_TOKEN: 'true' };
    try {
      const refused = await other.start(settings).ended;
      expect([refused.code, refused.output]).toEqual([
        1,
        expect.stringMatching(/REQUIRE_TOKEN=true.* npm run token -- create/s),
      ]);
      const token = await other.token('admin', 'li', settings);
      const where = await other.start(settings).ready();
      expect((await fetch(`${where}/api/v1/cameras`)).status).toBe(401);
      expect((await fetch(`${where}/api/v1/cameras`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
        200,
      );
      const wrong = await other.start({ ...settings, REQUIRE_TOKEN: 'yes', TRUSTED_PROXY: 'proxy.example' }).ended;
      expect(wrong.output).toMatch(/REQUIRE_TOKEN must be true or false(.|\n)*TRUSTED_PROXY must be addresses/);
    } finally {
      await other.remove();
      await own.drop();
    }
  }, 180_000);

  it('S2: takes no more connections than leave descriptors for its own files', async () => {
    const { pid } = run.child;
    const [, limit] = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8')) ?? [];
    expect(Number(limit)).toBeGreaterThan(0);

    expect(mostConnections()).toBeLessThanOrEqual(Number(limit) / 2);
  });
});
