import { appendFileSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal, JournalFile, JournalFiles, RejectFile } from '../../src/application/events/journal';
import { parsedJson } from '../../src/domain/shared/json';
import { DiskJournal, DiskRejectFile } from '../../src/infrastructure/journal/disk-journal';
import { DiskJournalFiles } from '../../src/infrastructure/journal/disk-journal-files';
import { InMemoryJournal, InMemoryRejects } from '../support/in-memory-journal';
import { temporaryDirectory } from '../support/temporary-directory';

interface Place {
  readonly journal: Journal;
  readonly files: JournalFiles;
  readonly rejects: RejectFile;
  /** A detector writes. */
  readonly write: (text: string) => void;
  /** Somebody puts the file aside; nobody writes to it any more. */
  readonly rotate: () => void;
  /** Somebody empties the file and begins it anew. */
  readonly replace: (text: string) => void;
  readonly kept: () => readonly unknown[];
  readonly close: () => void;
}

function onDisk(): Place {
  const dir = temporaryDirectory();
  const [path, rejected] = [join(dir, 'events.jsonl'), join(dir, 'rejects')];
  return {
    journal: new DiskJournal(path),
    files: new DiskJournalFiles(path),
    rejects: new DiskRejectFile(rejected, () => new Date()),
    write: (text) => appendFileSync(path, text),
    rotate: () => {
      utimesSync(path, 0, 0);
      renameSync(path, join(dir, 'events.1.jsonl'));
    },
    replace: (text) => writeFileSync(path, text),
    kept: () =>
      readFileSync(rejected, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => parsedJson(line)),
    close: () => rmSync(dir, { recursive: true }),
  };
}

function inMemory(): Place {
  const [journal, rejects] = [new InMemoryJournal('events.jsonl'), new InMemoryRejects()];
  return {
    journal,
    files: journal,
    rejects,
    write: (text) => journal.write(text),
    rotate: () => journal.rotate('events.1.jsonl'),
    replace: (text) => journal.replace(text),
    kept: () => rejects.kept,
    close: () => undefined,
  };
}

const event = (id: string) => ({ id, ts: 1, type: 't', camera_id: 'c', track_id: null, evidence: null });

describe.each([
  { where: 'on disk', open: onDisk },
  { where: 'in memory', open: inMemory },
])('the journal $where', ({ open }) => {
  let place: Place;
  beforeEach(() => {
    place = open();
  });
  afterEach(() => place.close());

  const only = async (): Promise<JournalFile> => {
    const [file, ...others] = await place.files.list();
    if (!file || others.length > 0) throw new Error('there is not exactly one file');
    return file;
  };
  const written = async (file: JournalFile) => {
    const { lines } = await place.files.read(file, 0);
    return lines.filter((line) => line !== '');
  };

  it('has no file before somebody writes', async () => {
    await place.journal.append([]);
    expect([...(await place.files.list())]).toEqual([]);
  });

  it('takes events, a line each, whatever a writer before left unfinished', async () => {
    place.write('{"torn":');
    await place.journal.append([event('a'), event('b')]);
    const [torn, ...lines] = await written(await only());
    expect(torn).toBe('{"torn":');
    expect(lines.map((line) => parsedJson(String(line)))).toEqual([event('a'), event('b')]);
  });

  it('gives whole lines from a position on, and says where they end', async () => {
    place.write('one\ntwo\nthr');
    const file = await only();
    expect(file).toMatchObject({ size: 11, closed: false });
    expect(await place.files.read(file, 0)).toEqual({ lines: ['one', 'two'], next: 8 });
    expect(await place.files.read(file, 4)).toEqual({ lines: ['two'], next: 8 });
    expect(await place.files.read(file, 8)).toEqual({ lines: [], next: 8 });
    place.write('ee\n');
    expect(await place.files.read(await only(), 8)).toEqual({ lines: ['three'], next: 14 });
  });

  it('knows a file again that was put aside, reads it first and to its end', async () => {
    place.write('one\ntw');
    const { id } = await only();
    place.rotate();
    place.write('new\n');
    const [aside, current] = await place.files.list();
    if (!aside || !current) throw new Error('a file is missing');
    expect([aside.id, aside.closed, current.closed]).toEqual([id, true, false]);
    expect(current.id).not.toBe(id);
    expect(await place.files.read(aside, 4)).toEqual({ lines: ['tw'], next: 6 });
    expect(await written(current)).toEqual(['new']);
  });

  it('tells by what stands before a position whether a file was begun anew', async () => {
    place.write('one\ntwo\n');
    const tail = await place.files.tail(await only(), 4);
    place.write('three\n');
    expect(await place.files.tail(await only(), 4)).toBe(tail);
    place.replace('uno\ntwo\n');
    expect(await place.files.tail(await only(), 4)).not.toBe(tail);
  });

  it('keeps lines that are no events, each with its reason and its file', async () => {
    await place.rejects.keep('events.jsonl', [
      { why: 'is no JSON', line: '{"' },
      { why: 'too long', line: '' },
    ]);
    await place.rejects.keep('events.jsonl', []);
    expect(place.kept()).toMatchObject([
      { file: 'events.jsonl', why: 'is no JSON', line: '{"' },
      { file: 'events.jsonl', why: 'too long', line: '' },
    ]);
    expect(place.kept()).toHaveLength(2);
  });
});
