import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { takeAgain } from '../../src/cli/rejects';
import { JournalTail } from '../../src/infrastructure/journal/journal-tail';
import { WorkerJournal } from '../../src/worker/detection-worker';
import { storedEvents } from '../support/event-counts';
import { eventLine, write } from '../support/events';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { type TestSite, testSite } from '../support/test-site';

const now = () => Date.now() / 1_000;
const some = (count: number, fields: object = {}) =>
  Array.from({ length: count }, (_, i) => eventLine({ ts: now() - i, ...fields }));

describe('the journal', () => {
  let database: TestDatabase;
  let site: TestSite;
  let clock: () => Date;
  beforeEach(async () => {
    clock = () => new Date();
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url, clock: () => clock() });
    await site.modules.events.eventRetention.prepare();
  });
  afterEach(async () => {
    await site.close();
    await database.drop();
  });

  const ingestor = () => site.modules.events.ingestor;
  const pass = async () => {
    while (await ingestor().pass()) continue;
  };
  const dir = () => path.dirname(site.journal);
  const rejectFile = () => path.join(dir(), 'events_rejected.jsonl');
  const post = (...events: object[]) => site.modules.events.events.domain.post({ events });

  describe('with a torn line at its end', () => {
    const HALF = '{"ts": 17, "type": "A", "camera';

    it('keeps the next event of the bundled detector', async () => {
      write(site.journal, ...some(1));
      appendFileSync(site.journal, HALF);
      new WorkerJournal(site.journal, 'cam1').append('detection', now(), {});
      new WorkerJournal(site.journal, 'cam1').append('motion_started', now(), {});
      await pass();
      expect(await storedEvents(site)).toBe(2);
      expect(ingestor().state).toMatchObject({ stored: 3, rejected: 1 });
    });

    it('keeps an event that was posted at the very moment', async () => {
      await post(...some(1));
      // Between whatever look at the end there might be and the write.
      const posting = post(...some(1));
      appendFileSync(site.journal, HALF);
      await posting;
      await post(...some(1));
      // No look at the end of the file could do without it: the end of the line before belongs to the same write.
      expect(readFileSync(site.journal, 'utf8')).toMatch(/^\n\{.*\}\n/);
      await pass();
      expect(await storedEvents(site)).toBe(3);
    });
  });

  it('is the same file by its first line, whatever blank lines stand before it', async () => {
    await post(...some(1));
    const [first] = await site.modules.events.journalFiles.list();
    await post(...some(2));
    const [second] = await site.modules.events.journalFiles.list();
    expect(second?.id).toBe(first?.id);
    const other = path.join(dir(), 'events_record-other.jsonl');
    writeFileSync(other, `\n${JSON.stringify(eventLine({ ts: now() }))}\n`);
    const ids = (await site.modules.events.journalFiles.list()).map(({ id }) => id.split('-')[1]);
    expect(new Set(ids).size).toBe(2);
  });

  it('goes on when the file for lines that are no events cannot be written, and health says so', async () => {
    mkdirSync(rejectFile());
    write(site.journal, 'no event', ...some(3));
    await pass();
    expect(await storedEvents(site)).toBe(3);
    expect(ingestor().state).toMatchObject({ stored: 3, rejected: 1, rejectsLost: 1, lagBytes: 0 });
    expect(site.log.lines.join('\n')).toContain('cannot be written to the file for them');
  });

  it('goes on beside files that cannot be looked at, says which, and is well again without them', async () => {
    const loop = path.join(dir(), 'events_record-loop.jsonl');
    symlinkSync(loop, loop);
    write(site.journal, ...some(3));
    await pass();
    expect(await storedEvents(site)).toBe(3);
    expect(await site.modules.events.events.legacy.recent({ limit: 10, minutes: 10 })).toHaveLength(3);
    expect(ingestor().state.unreadable).toEqual([loop]);
    rmSync(loop);
    await pass();
    expect(ingestor().state).toMatchObject({ unreadable: [], stuckSeconds: 0 });
  });

  it('that cannot be read is unavailable on the legacy path, no fault of the program', async () => {
    symlinkSync(site.journal, site.journal);
    const legacy = site.modules.events.events.legacy;
    for (const call of [() => legacy.recent({ limit: 1, minutes: 1 }), () => legacy.post({ events: some(1) })])
      await expect(call()).rejects.toMatchObject({ kind: 'unavailable', code: 'journal.unavailable' });
  });

  it('that was emptied and written beyond the old place with the same first line is read from its beginning', async () => {
    const first = eventLine({ ts: now() - 100 });
    write(site.journal, first, ...some(10));
    await pass();
    truncateSync(site.journal);
    write(site.journal, first, ...some(40));
    await pass();
    expect(await storedEvents(site)).toBe(51);
  });

  it('is left in the middle when the service ends, and taken in whole after the next start', async () => {
    const lines = some(30_000).map((event) => JSON.stringify(event));
    write(site.journal, ...lines);
    const passing = ingestor().pass();
    await eventually(() => ingestor().state.stored > 0, { within: 30_000, every: 1 });
    ingestor().stop();
    await passing;
    const { stored } = ingestor().state;
    expect(stored).toBeLessThan(30_000);
    const next = await testSite({ databaseUrl: database.url, camerasFile: site.file, events: { logDir: dir() } });
    await next.modules.events.ingestor.pass();
    expect(await storedEvents(next)).toBe(30_000);
    await next.close();
  }, 180_000);

  it('has its lines that are no events noted once, by the service that took them in', async () => {
    const other = await testSite({ databaseUrl: database.url, camerasFile: site.file, events: { logDir: dir() } });
    write(site.journal, 'one', 'two', ...some(100));
    await Promise.all([ingestor().pass(), other.modules.events.ingestor.pass()]);
    await other.close();
    const noted = readFileSync(rejectFile(), 'utf8').trimEnd().split('\n');
    expect(noted.map((line) => (JSON.parse(line) as { line: string }).line)).toEqual(['one', 'two']);
  });

  it('gets lines again that were rejected for a wrong clock, and those of that reason alone', async () => {
    const right = new Date();
    clock = () => new Date(right.getTime() - 2 * 3_600_000);
    write(site.journal, 'no event', ...some(5));
    await pass();
    expect(await storedEvents(site)).toBe(0);
    clock = () => right;
    expect(await takeAgain(dir(), 'in the future')).toBe(5);
    await pass();
    expect(await storedEvents(site)).toBe(5);
    expect(readFileSync(rejectFile(), 'utf8')).toContain('no event');
    // What a killed command left is made up for, and what is stored already adds nothing.
    const again = { at: '', file: '', why: 'ts lies in the future', line: JSON.stringify(some(1)[0]) };
    writeFileSync(`${rejectFile()}.taking`, `${JSON.stringify(again)}\n`);
    expect(await takeAgain(dir(), '')).toBe(2);
    expect(await takeAgain(dir(), '')).toBe(0);
    await pass();
    expect(await storedEvents(site)).toBe(6);
  });

  it('is read for at most two callers at a time on the legacy path, and once for all who ask the same', async () => {
    write(site.journal, ...some(100));
    const files = site.modules.events.journalFiles;
    let [now, most, reads] = [0, 0, 0];
    const list = jest.spyOn(files, 'list').mockImplementation(async () => {
      [now, reads] = [now + 1, reads + 1];
      most = Math.max(most, now);
      await new Promise((done) => setTimeout(done, 20));
      now -= 1;
      return [];
    });
    const tail = new JournalTail(files, clock, 180);
    await Promise.all(Array.from({ length: 8 }, () => tail.since(0, (event) => event)));
    expect([most, reads]).toEqual([2, 8]);
    const legacy = site.modules.events.events.legacy;
    reads = 0;
    await Promise.all(Array.from({ length: 20 }, () => legacy.recent({ limit: 10, minutes: 600 })));
    expect(reads).toBe(2);
    list.mockRestore();
  });
});
