import { JournalIngestor, JournalReading } from '../../../src/application/events/journal-ingestor';
import { acceptedTimes } from '../../../src/domain/events/time-window';
import { DEFAULT_VIOLATION_TYPES } from '../../../src/domain/shared/event';
import { EventRows, InMemoryEventIntake } from '../../support/in-memory-events';
import { InMemoryJournal, InMemoryRejects } from '../../support/in-memory-journal';
import { Outage } from '../../support/outage';
import { rememberingLog } from '../../support/quiet-log';

const NOW = new Date('2030-01-01T12:00:00Z');
const seconds = NOW.getTime() / 1_000;
const line = (n: number, more: object = {}) =>
  `${JSON.stringify({ id: `event ${n}`, ts: seconds - n, type: 'HANDWASHING_ACTIVE', camera_id: 'cam1', ...more })}\n`;

describe('the ingestion of the journal', () => {
  let rows: EventRows;
  let journal: InMemoryJournal;
  let rejects: InMemoryRejects;
  const log = rememberingLog();
  const outage = new Outage();
  beforeEach(() => {
    [rows, journal, rejects] = [new EventRows(), new InMemoryJournal('events.jsonl'), new InMemoryRejects()];
    outage.away = false;
  });
  const ingestor = () => {
    const intake = outage.over(new InMemoryEventIntake(rows));
    const options = { violationTypes: DEFAULT_VIOLATION_TYPES, retentionDays: 180 };
    return new JournalIngestor(journal, intake, rejects, options, () => NOW, log);
  };
  const ids = () => rows.events.map(({ externalId }) => externalId);

  it('stores every line once, whichever service reads it, and says whether there was anything', async () => {
    const [one, other] = [ingestor(), ingestor()];
    expect(await one.pass()).toBe(false);
    journal.write(line(1) + line(2));
    expect([await one.pass(), await other.pass(), await one.pass()]).toEqual([true, false, false]);
    journal.write(line(2) + line(3));
    await other.pass();
    expect(ids()).toEqual(['event 1', 'event 2', 'event 3']);
    expect(other.state).toMatchObject({ stored: 1, duplicates: 1, lagBytes: 0, stuckSeconds: 0 });
  });

  it('opens the violations of events, and stores reports of detectors as reports', async () => {
    journal.write(line(1, { type: 'NO_HAIRNET_AT_SINK', evidence: { confidence: 0.9 } }));
    journal.write(line(2, { type: 'detection', evidence: { person_count: 3 } }));
    await ingestor().pass();
    expect(rows.violations.map(({ fields }) => [fields.violationType, fields.confidence])).toEqual([
      ['no_hairnet', 0.9],
    ]);
    expect([ids(), rows.detections.map(({ persons }) => persons)]).toEqual([['event 1'], [3]]);
  });

  it('keeps lines that are no events aside, each once, with the reason', async () => {
    journal.write(`no json\n\n${line(1)}${line(2, { camera_id: '' })}`);
    const reading = ingestor();
    await reading.pass();
    await reading.pass();
    expect(rejects.kept).toEqual([
      { file: 'events.jsonl', why: 'is not a JSON object', line: 'no json' },
      {
        file: 'events.jsonl',
        why: 'camera_id must be a text of 1 to 100 characters',
        line: line(2, { camera_id: '' }).trimEnd(),
      },
    ]);
    expect(reading.state).toMatchObject({ stored: 1, rejected: 2, rejectsLost: 0 });
  });

  it('is not held up where those lines cannot be kept, and counts them', async () => {
    rejects.broken = true;
    journal.write(`no json\n${line(1)}`);
    const reading = ingestor();
    await reading.pass();
    expect([ids(), reading.state.rejectsLost]).toEqual([['event 1'], 1]);
  });

  it('goes on where it was after the database was away', async () => {
    const reading = ingestor();
    journal.write(line(1));
    outage.away = true;
    await expect(reading.pass()).rejects.toMatchObject({ code: 'database.unavailable' });
    outage.away = false;
    await reading.pass();
    expect(ids()).toEqual(['event 1']);
  });

  it('reads a file to its end that was put aside, and then the new one', async () => {
    const reading = ingestor();
    journal.write(line(1));
    await reading.pass();
    journal.write(line(2).trimEnd());
    journal.rotate('events.1.jsonl');
    journal.write(line(3));
    await reading.pass();
    expect(ids()).toEqual(['event 1', 'event 2', 'event 3']);
  });

  it.each([
    ['longer', [3, 4, 5]],
    ['of the same length, when somebody writes to it again', [3, 4]],
    ['shorter', [3]],
  ])('reads a file from its beginning that somebody has begun anew and that is %s', async (_, news) => {
    const reading = ingestor();
    journal.write(line(1) + line(2));
    await reading.pass();
    journal.replace(news.map((n) => line(n)).join(''));
    await reading.pass();
    journal.write(line(6));
    await reading.pass();
    expect(ids()).toEqual([1, 2, ...news, 6].map((n) => `event ${n}`));
  });

  it('names a file that cannot be read, and reads the others', async () => {
    journal.unreadable.set('events.2.jsonl', 'EACCES');
    journal.write(line(1));
    const reading = ingestor();
    await reading.pass();
    expect([ids(), reading.state.unreadable]).toEqual([['event 1'], ['events.2.jsonl']]);
    journal.unreadable.clear();
    await reading.pass();
    expect(reading.state.unreadable).toEqual([]);
  });

  it('begins nothing more once it is stopped', async () => {
    const reading = ingestor();
    journal.write(line(1));
    reading.stop();
    await reading.pass();
    expect(ids()).toEqual([]);
  });
});

describe('the reading of lines', () => {
  const read = (...lines: (string | { why: string })[]) => {
    const reading = new JournalReading(acceptedTimes(NOW, 180));
    reading.add(lines);
    return reading.result;
  };

  it('counts an event once, and that of a verification apart', () => {
    const [first, verifying] = [line(1), line(2, { camera_id: '~rollout-verify-1' })];
    const { events, verifications, rejects } = read(first, first, verifying, verifying, '');
    expect(events.map(({ externalId }) => externalId)).toEqual(['event 1']);
    expect([verifications, rejects]).toEqual([new Map([['rollout-verify-1', 1]]), []]);
  });

  it('says why a line is no event, also where it is no text', () => {
    expect(read({ why: 'the line is too long' }, '[]').rejects).toEqual([
      { why: 'the line is too long', line: '' },
      { why: 'is not a JSON object', line: '[]' },
    ]);
  });
});
