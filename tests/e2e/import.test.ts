import { Client } from 'pg';
import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeOldFiles, makeOldTables } from '../support/old-installation';
import { temporaryDirectory } from '../support/temporary-directory';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const IMPORT = path.resolve(__dirname, '../../dist/src/cli/import.js');
const run = promisify(execFile);

describe('taking over an old installation', () => {
  const [old, own] = [temporaryDirectory(), temporaryDirectory()];
  let databases: [TestDatabase, TestDatabase];
  let sql: Client;

  beforeAll(async () => {
    databases = [await createTestDatabase({ empty: true }), await createTestDatabase()];
    await makeOldTables(databases[0].url);
    const ts = Date.now() / 1000 - 600;
    const event = { type: 'NO_HAIRNET_AT_SINK', camera_id: 'cam1', track_id: 1, evidence: { region: 'sink' } };
    makeOldFiles(old, [
      { ts, ...event },
      { ts: ts + 1, ...event },
      { ts: 1_600_000_000, ...event },
    ]);
    sql = new Client({ connectionString: databases[1].url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    for (const database of databases) await database.drop();
    for (const dir of [old, own]) rmSync(dir, { recursive: true, force: true });
  });

  const take = async (...args: string[]) => {
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: databases[1].url,
      CAMERAS_FILE: path.join(own, 'cameras.yaml'),
      LOG_DIR: path.join(own, 'logs'),
    };
    const from = ['--from', old, '--database', databases[0].url, '--zone', 'Asia/Shanghai'];
    return (await run(process.execPath, [IMPORT, ...from, ...args], { env, cwd: own })).stdout;
  };
  const counts = async () => {
    const tables = ['cameras', 'events', 'violation_events', 'detection_records', 'alert_history'];
    const selects = tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ');
    const rules = `(SELECT count(*)::int FROM alert_rules WHERE name IN ('五次', 'broken', '发网')) AS rules`;
    return (await sql.query<Record<string, number>>(`SELECT ${selects}, ${rules}`)).rows[0];
  };

  it('says first what would be taken, what not, and why, and changes nothing', async () => {
    const said = await take();
    expect(said).toMatch(/nothing was changed; add --apply/);
    expect(said).toMatch(/cameras.yaml +2 taken, 0 known already, 0 left/);
    expect(said).toMatch(/regions.json +1 taken/);
    expect(said).toMatch(/detection_records +2 taken, 0 known already, 1 left\n +1 left: older than what is kept/);
    expect(said).toMatch(
      /violation_events +1 taken, 0 known already, 1 left\n +1 left: status is none of .* \(e.g. id 2\)/,
    );
    expect(said).toMatch(/alert_rules +2 taken, 0 known already, 1 left/);
    expect(said).toMatch(/alert_history +2 taken/);
    expect(said).toMatch(/events_record.jsonl +2 taken, 0 known already, 2 left/);
    expect(said).not.toMatch(/geheim/);
    expect(await counts()).toEqual({
      cameras: 0,
      events: 0,
      violation_events: 0,
      detection_records: 0,
      alert_history: 0,
      rules: 0,
    });
    expect(existsSync(path.join(own, 'regions.json'))).toBe(false);
  });

  const THERE = { cameras: 2, events: 2, violation_events: 1, detection_records: 2, alert_history: 2, rules: 2 };

  it('takes it over, and the second time nothing more', async () => {
    expect(await take('--apply')).toMatch(/Taken over:/);
    expect(await counts()).toEqual(THERE);
    const again = await take('--apply');
    expect(again).toMatch(/cameras.yaml +0 taken, 2 known already, 0 left/);
    expect(again).toMatch(/violation_events +0 taken, 1 known already, 1 left/);
    expect(await counts()).toEqual(THERE);
  });

  it('keeps ids, and alerts nobody twice: a rule of a new site makes room for one that says the same', async () => {
    const { rows: rules } = await sql.query('SELECT id::int AS id, name FROM alert_rules ORDER BY id');
    // 1 was taken back: ours that says the same as the old third one. 2 is ours and stays.
    expect(rules).toEqual([
      { id: 1, name: '五次' },
      { id: 2, name: 'Hand washing skipped for long' },
      { id: 3, name: '发网' },
    ]);
    const ids = async (table: string) =>
      (await sql.query<{ id: number }>(`SELECT id::int AS id FROM ${table} ORDER BY id`)).rows.map(({ id }) => id);
    expect(await ids('violation_events')).toEqual([1]);
    expect(await ids('alert_history')).toEqual([1, 2]);
    const made = await sql.query<{ id: number }>(
      `INSERT INTO violation_events (camera_id, timestamp, violation_type) VALUES ('cam1', now(), 'no_hairnet') RETURNING id::int AS id`,
    );
    expect(made.rows[0]?.id).toBeGreaterThan(2);
    await sql.query('DELETE FROM violation_events WHERE id = $1', [made.rows[0]?.id]);
  });

  it('can be repeated until the day of the change: takes what came newer, and what was changed there but not here', async () => {
    const old = new Client({ connectionString: databases[0].url });
    await old.connect();
    await old.query(`UPDATE violation_events SET status = 'resolved', handled_by = 'wang', notes = 'seen' WHERE id = 1;
      INSERT INTO violation_events (camera_id, timestamp, violation_type) VALUES ('cam1', '2026-01-03 08:00:00', 'no_hairnet')`);
    const said = await take('--apply');
    expect(said).toMatch(/violation_events +1 taken, 1 known already, 1 left\n +1 known already, changed there since/);
    const rows = () => sql.query('SELECT id::int AS id, status, handled_by, notes FROM violation_events ORDER BY id');
    expect((await rows()).rows).toEqual([
      { id: 1, status: 'resolved', handled_by: 'wang', notes: 'seen' },
      { id: 3, status: 'pending', handled_by: null, notes: null },
    ]);
    // Once somebody has handled it here, this is where it lives.
    await sql.query(`INSERT INTO violation_changes (violation_id, at, actor, request_id, before, after)
      VALUES (1, now(), 'li', 'r', '{}', '{}')`);
    await old.query(
      `UPDATE violation_events SET status = 'pending' WHERE id = 1; DELETE FROM violation_events WHERE id = 3`,
    );
    await old.end();
    const kept = await take('--apply');
    expect(kept).not.toMatch(/changed there since/);
    expect(kept).toMatch(/ 1 known already, handled here too: left as they are here \(e.g. id 1\)/);
    expect((await rows()).rows[0]).toMatchObject({ status: 'resolved' });
    await sql.query('DELETE FROM violation_events WHERE id = 3');
    await sql.query(`UPDATE violation_events SET status = 'confirmed', handled_by = 'li' WHERE id = 1`);
  });

  it('keeps what it means: times of the old zone, who handled what, rules of history, sums', async () => {
    const { rows: violations } = await sql.query(
      'SELECT timestamp, status, handled_by, handled_at FROM violation_events',
    );
    expect(violations).toEqual([
      {
        timestamp: new Date('2026-01-02T00:00:00Z'),
        status: 'confirmed',
        handled_by: 'li',
        handled_at: expect.any(Date),
      },
    ]);
    const { rows: history } = await sql.query(
      'SELECT r.name FROM alert_history h LEFT JOIN alert_rules r ON r.id = h.rule_id ORDER BY h.id',
    );
    expect(history).toEqual([{ name: '五次' }, { name: null }]);
    const { rows: hours } = await sql.query<object>(
      'SELECT total_frames::int AS frames, total_persons::int AS persons, fps_sum, records::int AS records FROM statistics_hourly ORDER BY hour_start',
    );
    expect(hours).toEqual([
      { frames: 3_600, persons: 40, fps_sum: 12, records: 0 },
      { frames: 2, persons: 3, fps_sum: 30, records: 2 },
    ]);
    expect(readFileSync(path.join(own, 'cameras.yaml'), 'utf8')).toMatch(/mounted_by: Ali/);
    expect(existsSync(path.join(own, 'logs/events_record-imported.jsonl'))).toBe(true);
  });

  it('takes what came newer into the sums and the journal, and renumbers ids that leave no room', async () => {
    const there = new Client({ connectionString: databases[0].url });
    await there.connect();
    await there.query(`
      INSERT INTO detection_records (camera_id, timestamp, frame_number, person_count, fps)
        SELECT camera_id, timestamp + interval '1 minute', 11, 5, 10 FROM detection_records WHERE frame_number = 10;
      INSERT INTO violation_events (id, camera_id, timestamp, violation_type)
        VALUES (4503599627370497, 'cam1', '2026-01-04 08:00:00', 'no_hairnet')`);
    await there.end();
    const event = { ts: Date.now() / 1000 - 300, type: 'SANITIZED', camera_id: 'cam1', track_id: 2, evidence: {} };
    appendFileSync(path.join(old, 'logs/events_record.jsonl'), `${JSON.stringify(event)}\n`);
    for (const said of [await take('--apply'), await take('--apply')]) expect(said).toMatch(/Taken over:/);
    const sums = await sql.query<object>(
      'SELECT total_persons::int AS persons, fps_sum, records::int AS records FROM statistics_hourly ORDER BY hour_start DESC LIMIT 1',
    );
    expect(sums.rows).toEqual([{ persons: 8, fps_sum: 40, records: 3 }]);
    const journal = (folder: string, name: string) => readFileSync(path.join(folder, 'logs', name), 'utf8');
    expect(journal(own, 'events_record-imported.jsonl')).toBe(journal(old, 'events_record.jsonl'));
    const { rows } = await sql.query<{ id: string }>(
      `SELECT id FROM violation_events WHERE timestamp = '2026-01-04T00:00:00Z'`,
    );
    expect(rows.map(({ id }) => Number(id) < 1_000)).toEqual([true]);
  });

  it('says what is missing', async () => {
    await expect(run(process.execPath, [IMPORT])).rejects.toMatchObject({
      stderr: expect.stringMatching(/--from is required/),
    });
  });
});
