import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { storedEvents } from '../support/event-counts';
import { eventLine, write } from '../support/events';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const now = () => Date.now() / 1000;
const some = (count: number, fields: object = {}) =>
  Array.from({ length: count }, (_, i) => eventLine({ ts: now() - i, ...fields }));

describe('taking in the journal', () => {
  let database: TestDatabase;
  let site: TestSite;
  const ingestor = () => site.modules.events.ingestor;
  const sql = <Row>(text: string) => site.modules.platform.database.query<Row>(text, []);
  const rejects = (): { why: string; line: string }[] => {
    const file = path.join(path.dirname(site.journal), 'events_rejected.jsonl');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { why: string; line: string });
  };

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    await site.modules.events.eventRetention.prepare();
  });

  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  it('waits for a journal, and for the end of a line', async () => {
    expect(await ingestor().pass()).toBe(false);
    const line = JSON.stringify(eventLine({ ts: now() }));
    appendFileSync(site.journal, line.slice(0, 40));
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(0);
    appendFileSync(site.journal, `${line.slice(40)}\n`);
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(1);
    expect(rejects()).toEqual([]);
  });

  it('keeps aside, with the reason, what is no event, and takes in everything around it', async () => {
    const [first, last] = some(2);
    const bad: [object | string, RegExp][] = [
      [eventLine({ ts: now() + 86_400 }), /future/],
      [eventLine({ ts: 0 }), /older/],
      [eventLine({ ts: 'yesterday' }), /ts must be/],
      ['{"ts": NaN, "type": "a", "camera_id": "b"}', /not a JSON object/],
      ['{"ts": 17', /not a JSON object/],
      ['[]', /not a JSON object/],
      [eventLine({ ts: now(), camera_id: 'a\u0000b' }), /camera_id/],
      [eventLine({ ts: now(), track_id: 1.5 }), /track_id/],
      [eventLine({ ts: now(), evidence: [] }), /evidence/],
      [eventLine({ ts: now(), evidence: { x: '\u0000' } }), /evidence/],
      [`{"ts":${now()},"type":"a","camera_id":"b","evidence":{"x":"\\ud800"}}`, /evidence/],
      [eventLine({ ts: now(), evidence: { x: 'x'.repeat(20_000) } }), /evidence/],
      [`{"ts":${now()},"type":"a","camera_id":"b","evidence":{"x":${'['.repeat(30)}${']'.repeat(30)}}}`, /evidence/],
      ['x'.repeat(1_000_000), /longer than/],
    ];
    write(site.journal, first ?? '', ...bad.map(([line]) => line));
    appendFileSync(site.journal, Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    write(site.journal, last ?? '');
    while (await ingestor().pass()) continue;
    expect(await storedEvents(site)).toBe(2);
    const kept = rejects();
    expect(kept).toHaveLength(bad.length + 1);
    for (const [i, [, why]] of bad.entries()) expect(kept[i]?.why).toMatch(why);
    expect(kept.at(-1)?.why).toMatch(/UTF-8/);
    // Whole, so that they can be taken in again.
    for (const [i, [line]] of bad.slice(0, -1).entries())
      expect(kept[i]?.line).toBe(typeof line === 'string' ? line : JSON.stringify(line));
    expect(await sql('SELECT sum(rejected)::int AS rejected FROM journal_files')).toEqual([{ rejected: 15 }]);
    expect(ingestor().state).toMatchObject({ stored: 2, rejected: 15, lagBytes: 0 });
  });

  it('goes on in the file that was put aside, and in the new one', async () => {
    write(site.journal, ...some(3));
    await ingestor().pass();
    write(site.journal, ...some(2));
    renameSync(site.journal, `${site.journal}.1`);
    write(site.journal, ...some(4));
    write(`${site.journal}.1`, ...some(1));
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(10);
    renameSync(`${site.journal}.1`, `${site.journal}.2`);
    renameSync(site.journal, `${site.journal}.1`);
    await ingestor().pass();
    expect(await sql('SELECT sum(duplicates)::int AS duplicates FROM journal_files')).toEqual([{ duplicates: 0 }]);
    expect(await storedEvents(site)).toBe(10);
  });

  it('loses nothing when the journal is copied and cut off', async () => {
    write(site.journal, ...some(5));
    await ingestor().pass();
    write(site.journal, ...some(5));
    copyFileSync(site.journal, `${site.journal}.1`);
    truncateSync(site.journal, 0);
    write(site.journal, ...some(2));
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(12);
  });

  it('starts again with a file that became shorter, and counts nothing twice', async () => {
    const lines = some(6);
    write(site.journal, ...lines);
    await ingestor().pass();
    writeFileSync(site.journal, '');
    write(site.journal, ...lines.slice(0, 3), ...some(1));
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(7);
  });

  it('counts an event once, however often and in whatever file it is written', async () => {
    const batch = [
      ...some(50),
      ...some(1, { id: undefined, ts: Math.floor(now()) - 500 }),
      ...some(1, { id: 'old-7' }),
    ];
    write(site.journal, ...batch, ...batch);
    await ingestor().pass();
    write(site.journal, ...batch);
    write(`${site.journal}.1`, eventLine({ ts: now() }), ...batch);
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(53);
  });

  it('goes on as one when two services take in the same journal', async () => {
    const other = await testSite({
      databaseUrl: database.url,
      camerasFile: site.file,
      events: { logDir: path.dirname(site.journal) },
    });
    for (let i = 0; i < 20; i++) {
      write(site.journal, ...some(100));
      await Promise.all([ingestor().pass(), other.modules.events.ingestor.pass()]);
    }
    expect(await storedEvents(site)).toBe(2_000);
    expect(ingestor().state.stored + other.modules.events.ingestor.state.stored).toBe(2_000);
    await other.close();
  });

  it('keeps aside the one event that the database will not have, and stores the others', async () => {
    await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF new.type = 'poison' THEN RAISE 'no' USING ERRCODE = '22000'; END IF; RETURN new; END $$`);
    await sql('CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()');
    write(site.journal, ...some(10), eventLine({ ts: now(), type: 'poison' }), ...some(10));
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(20);
    expect(rejects()).toMatchObject([
      { why: expect.stringMatching(/the database refuses/), line: expect.stringMatching(/poison/) },
    ]);
  });

  it('stores events in the order in which they were written, whatever their times', async () => {
    const times = [5, 3, 9, 1].map((ago) => now() - ago);
    write(site.journal, ...times.map((ts) => eventLine({ ts })));
    await ingestor().pass();
    const rows = await sql<{ ts: number }>('SELECT extract(epoch FROM ts)::float8 AS ts FROM events ORDER BY seq');
    expect(rows.map(({ ts }) => ts)).toEqual(times.map((ts) => expect.closeTo(ts, 5)));
  });

  it('drops what is too old, and sums days again when the zone changes', async () => {
    const days = (count: number) => now() - count * 86_400;
    write(site.journal, ...some(2), ...some(3, { ts: days(100) }), ...some(1, { ts: days(179) }));
    await ingestor().pass();
    expect(await storedEvents(site)).toBe(6);
    const settings = { databaseUrl: database.url, camerasFile: site.file };
    const other = await testSite({ ...settings, events: { retentionDays: 50, zone: 'Asia/Shanghai' } });
    const keeping = other.modules.events.eventRetention;
    await keeping.prepare();
    const zoned = await sql(`SELECT sum(events)::int AS events, count(*) FILTER (WHERE bucket <>
      date_trunc('day', bucket, 'Asia/Shanghai'))::int AS wrong FROM event_rollups WHERE grain = 'day'`);
    expect(zoned).toEqual([{ events: 6, wrong: 0 }]);
    await other.modules.events.retention.run();
    expect(await sql('SELECT count(*)::int AS count FROM events')).toEqual([{ count: 2 }]);
    expect(await sql('SELECT count(*)::int AS count FROM event_keys')).toEqual([{ count: 2 }]);
    await other.close();
  });
});
