import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { manyCameras } from '../../bench/many-cameras';
import type { FullRevision } from '../../src/domain/shared/config-revision';
import { sha256 } from '../../src/domain/shared/sha256';
import { DAY_MS } from '../../src/domain/shared/time';
import { eventCounts } from '../../src/infrastructure/postgres/pg-statistics';
import { NodeWorkerHost } from '../../src/infrastructure/process/node-worker-host';
import { rememberingLog } from '../support/quiet-log';
import { temporaryDirectory } from '../support/temporary-directory';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const revision = (number: number, text: string, daysOld: number): FullRevision => ({
  number,
  token: randomUUID(),
  sha256: sha256(text),
  origin: 'api',
  author: null,
  requestId: null,
  at: new Date(Date.now() - daysOld * DAY_MS),
  changes: [],
  inFile: true,
  text,
});

describe('what grows', () => {
  let database: TestDatabase;
  let site: TestSite;
  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({
      databaseUrl: database.url,
      events: { retentionDays: 180, historyDays: 1_095, auditDays: 365 },
    });
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  const sql = <Row>(text: string, values: readonly unknown[] = []) =>
    site.modules.platform.database.execute<Row>(text, values);
  const run = () => site.modules.events.retention.run();
  const ages = async (table: string, column: string) =>
    (
      await sql<{ days: number }>(
        `SELECT round(extract(epoch FROM now() - ${column}) / 86400)::int AS days FROM ${table} ORDER BY 1`,
      )
    ).map(({ days }) => days);
  const DAYS = `(VALUES (1), (100), (179), (181), (364), (366), (1094), (1096)) AS a(days)`;
  const ago = `now() - days * interval '1 day'`;

  it('is kept as long as it says, each kind of thing', async () => {
    await sql(`INSERT INTO event_keys SELECT gen_random_uuid(), ${ago} FROM ${DAYS}`);
    for (const grain of ['minute', 'hour'])
      await sql(`INSERT INTO event_rollups SELECT '${grain}', ${ago}, 'c', 't', 1 FROM ${DAYS}`);
    await sql(
      `INSERT INTO violation_events (camera_id, timestamp, violation_type) SELECT 'c', ${ago}, 't' FROM ${DAYS}`,
    );
    await sql(`INSERT INTO violation_changes (violation_id, at, actor, request_id, before, after)
      SELECT id, timestamp, 'a', 'r', '{}', '{}' FROM violation_events`);
    await sql(`INSERT INTO alert_history (camera_id, timestamp, alert_type) SELECT 'c', ${ago}, 't' FROM ${DAYS}`);
    await sql(`INSERT INTO alert_deliveries (alert_id, channel, target, status, created_at)
      SELECT id, channel, '', s.status, timestamp FROM alert_history, (VALUES ('log', 'dead'), ('email', 'delivered')) AS s(channel, status)`);
    await sql(`INSERT INTO statistics_hourly SELECT 'c', ${ago}, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 FROM ${DAYS}`);
    await sql(
      `INSERT INTO audit_log (at, role, operation, status, request_id, address) SELECT ${ago}, 'r', 'o', 1, 'r', 'a' FROM ${DAYS}`,
    );
    await sql(`INSERT INTO api_tokens (id, name, role, hash, created_at, revoked_at)
      SELECT lpad(days::text, 16, '0'), 'n', 'viewer', repeat('0', 64), now() - interval '9999 days', CASE WHEN days > 100 THEN ${ago} END FROM ${DAYS}`);
    await sql(
      `INSERT INTO rollout_instances SELECT gen_random_uuid(), 'n', ${ago}, 1, ${ago}, ${ago} FROM (VALUES (0), (2)) AS a(days)`,
    );
    await run();
    expect(await ages('event_keys', 'ts')).toEqual([1, 100, 179]);
    expect(await ages(`event_rollups WHERE grain = 'minute'`, 'bucket')).toEqual([1, 100, 179]);
    const kept = [1, 100, 179, 181, 364, 366, 1_094];
    expect(await ages(`event_rollups WHERE grain = 'hour'`, 'bucket')).toEqual(kept);
    for (const [table, column] of [
      ['violation_events', 'timestamp'],
      ['violation_changes', 'at'],
      ['alert_history', 'timestamp'],
      ['statistics_hourly', 'hour_start'],
      [`alert_deliveries WHERE status = 'dead'`, 'created_at'],
    ] as const)
      expect([table, await ages(table, column)]).toEqual([table, kept]);
    expect(await ages(`alert_deliveries WHERE status = 'delivered'`, 'created_at')).toEqual([1, 100, 179]);
    expect(await ages('audit_log', 'at')).toEqual([1, 100, 179, 181, 364]);
    expect(await ages('api_tokens WHERE revoked_at IS NOT NULL', 'revoked_at')).toEqual([179, 181, 364]);
    expect(await sql('SELECT FROM api_tokens WHERE revoked_at IS NULL')).toHaveLength(2);
    expect(await sql('SELECT FROM rollout_instances')).toHaveLength(1);
  });

  it('of positions in the journal are those of files that are gone', async () => {
    writeFileSync(site.journal, '{"ts": 1}\n');
    const [file] = await site.modules.events.journalFiles.list();
    const rotated = (n: number) => `/logs/events_record-${n}.jsonl`;
    const add = (id: string, name: string, days: number) =>
      sql(
        `INSERT INTO journal_files (file, name, position, updated_at) VALUES ($1, $2, 9, now() - $3 * interval '1 day')`,
        [id, name, days],
      );
    const current = '/logs/events_record.jsonl';
    await add(file?.id ?? '', rotated(1), 300);
    await add('gone', rotated(2), 300);
    await add('young', rotated(3), 100);
    await add('before', current, 300);
    await add('now', current, 200);
    await add('of another machine', '/var/events_record.jsonl', 300);
    await run();
    const left = await sql<{ file: string }>('SELECT file FROM journal_files ORDER BY file');
    expect(new Set(left.map((row) => row.file))).toEqual(new Set([file?.id, 'now', 'of another machine', 'young']));
  });

  it('leaves the counter of all events ever taken in as it was, and is done once', async () => {
    await sql(
      `INSERT INTO event_rollups SELECT 'day', ${ago}, 'c', t, 10 FROM ${DAYS}, (VALUES ('x'), ('y')) AS ts(t)`,
    );
    const before = await eventCounts(site.modules.platform.database);
    for (let i = 0; i < 2; i++) {
      await run();
      expect(await eventCounts(site.modules.platform.database)).toEqual(before);
      expect(await sql(`SELECT FROM event_rollups WHERE grain = 'day'`)).toHaveLength(2 * 7 + 2);
    }
  });

  it('is deleted in more than one go where there is much of it', async () => {
    await sql(
      `INSERT INTO event_keys SELECT gen_random_uuid(), now() - interval '200 days' FROM generate_series(1, 25000)`,
    );
    await run();
    expect(await sql('SELECT FROM event_keys')).toEqual([]);
  });

  it('of revisions keeps the newest thousand whatever their age, and ten thousand whatever their number', async () => {
    const revisions = (from: number, to: number, days: number) =>
      sql(
        `INSERT INTO camera_config_revisions SELECT n, gen_random_uuid(), 's', 'api', NULL, NULL, now() - $3 * interval '1 day', '[]', true, 't'
           FROM generate_series($1::int, $2::int) n`,
        [from, to, days],
      );
    await revisions(1, 3_000, 400);
    await revisions(3_001, 3_500, 1);
    await run();
    const numbers = async () =>
      (
        await sql<{ least: number; n: number }>(
          'SELECT min(number) AS least, count(*)::int AS n FROM camera_config_revisions',
        )
      )[0];
    expect(await numbers()).toEqual({ least: 2_501, n: 1_000 });
    await revisions(3_501, 14_000, 1);
    await run();
    expect(await numbers()).toEqual({ least: 4_001, n: 10_000 });
    expect((await site.modules.cameras.revisions.page(1, 0)).total).toBe(10_000);
  });

  it('of revisions keeps the text that those that stay were made of', async () => {
    const { revisions } = site.modules.cameras;
    const text = (number: number) => manyCameras(20).replace('camera 7', `camera ${number}`);
    const one = (number: number) => revision(number, text(number), 400);
    for (let number = 1; number <= 1_350; number++)
      await revisions.add(one(number), number > 1 ? one(number - 1) : undefined);
    const numbers = async () =>
      (await sql<{ number: number }>('SELECT number FROM camera_config_revisions ORDER BY 1')).map((row) => row.number);
    await run();
    const left = await numbers();
    // 351 is the first of the newest thousand; 200 is the last before it with a text of its own.
    expect([left[0], left.length]).toEqual([200, 1_151]);
    for (const number of [200, 351, 400, 1_350]) expect((await revisions.get(number))?.text).toBe(text(number));
    const stored = 'SELECT count(text)::int AS texts, max(length(delta::text)) AS longest FROM camera_config_revisions';
    expect(await sql(stored)).toMatchObject([{ texts: 6, longest: expect.any(Number) }]);
  });

  it('leaves a full text of every revision while a service of an older version is there', async () => {
    const { revisions } = site.modules.cameras;
    const texts = [1, 2, 3].map((number) => manyCameras(20).replace('camera 7', `camera ${number}`));
    const one = (number: number) => revision(number, texts[number - 1] ?? '', 0);
    await revisions.add(one(1));
    await sql(
      `INSERT INTO site_services VALUES (gen_random_uuid(), 'old', 'host', 1, 's', 'place', 'file', '/f', clock_timestamp())`,
    );
    await revisions.add(one(2), one(1));
    await sql(`DELETE FROM site_services WHERE name = 'old'`);
    await revisions.add(one(3), one(2));
    expect(await sql('SELECT text IS NULL AS short FROM camera_config_revisions ORDER BY number')).toEqual([
      { short: false },
      { short: false },
      { short: true },
    ]);
    expect((await revisions.get(3))?.text).toBe(texts[2]);
  });

  it('of the evidence of a rollout are sums: a row a minute becomes a row a month', async () => {
    const evidence = site.modules.rollout.evidence;
    const sample = (calls: number) => ({
      group: 'g',
      entry: 1,
      operation: 'o',
      arm: 'domain' as const,
      n: calls,
      ok: calls,
      reject: 0,
      failure: 0,
      fallback: 0,
      drawn: calls,
      histogram: { 5: calls, 9: 1 },
    });
    for (let minute = 1; minute <= 50; minute++) {
      await evidence.add({ number: minute, samples: [sample(minute)], comparisons: [] });
      await sql(
        `UPDATE rollout_samples SET minute = minute - interval '3 days' - $1 * interval '1 minute', instance = $2
        WHERE minute > now() - interval '1 hour'`,
        [minute, randomUUID()],
      );
    }
    await evidence.add({ number: 51, samples: [sample(7)], comparisons: [] });
    const before = await evidence.samples({ group: 'g', entry: 1 });
    await run();
    await run();
    expect(await evidence.samples({ group: 'g', entry: 1 })).toEqual(before);
    const rows = await sql('SELECT FROM rollout_samples');
    expect(rows.length).toBeLessThanOrEqual(3);
  });
});

describe('what a deleted camera leaves', () => {
  it('is removed: its picture and its state at once, its log when nobody wrote to it for a week', async () => {
    const dir = temporaryDirectory();
    const [dataDir, logDir] = [path.join(dir, 'data'), path.join(dir, 'logs')];
    const options = { command: [], cwd: dir, dataDir, logDir, journal: path.join(logDir, 'j'), logBytes: 1_000 };
    const host = new NodeWorkerHost(options, rememberingLog());
    await host.sweep([]);
    const ids = ['kept', 'running', 'a/b', 'old', 'young', 'x.log.1'];
    const name = (id: string) => id.replaceAll('/', '%2F');
    for (const id of ids) {
      writeFileSync(path.join(dataDir, 'frames', `${name(id)}.jpg`), '');
      writeFileSync(path.join(dataDir, 'status', `${name(id)}.json`), '{}');
      writeFileSync(path.join(logDir, `detect_${name(id)}.log`), '');
    }
    const record = { id: 'running', pid: 1, startedAt: '1', token: 't', fingerprint: 'f', cmd: [] };
    writeFileSync(path.join(dataDir, 'workers', 'running.json'), JSON.stringify(record));
    writeFileSync(path.join(logDir, 'detect_old.log.1'), '');
    mkdirSync(path.join(dataDir, 'other'));
    const weekAgo = new Date(Date.now() - 8 * 86_400_000);
    for (const log of ['old.log', 'old.log.1', 'kept.log'])
      utimesSync(path.join(logDir, `detect_${log}`), weekAgo, weekAgo);
    writeFileSync(path.join(logDir, 'watchgate.log'), '');
    await host.sweep(['kept', 'a/b']);
    expect(readdirSync(path.join(dataDir, 'frames')).sort()).toEqual(['a%2Fb.jpg', 'kept.jpg', 'running.jpg']);
    expect(readdirSync(path.join(dataDir, 'status')).sort()).toEqual(['a%2Fb.json', 'kept.json', 'running.json']);
    expect(readdirSync(logDir).sort()).toEqual([
      'detect_a%2Fb.log',
      'detect_kept.log',
      'detect_running.log',
      'detect_x.log.1.log',
      'detect_young.log',
      'watchgate.log',
    ]);
    rmSync(dir, { recursive: true });
  });
});
