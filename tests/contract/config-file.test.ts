import { closeSync, existsSync, ftruncateSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigFile } from '../../src/application/shared/config-file';
import { sha256 } from '../../src/domain/shared/sha256';
import { DiskConfigFile } from '../../src/infrastructure/files/disk-config-file';
import { InMemoryConfigFile } from '../support/in-memory-config-file';
import { temporaryDirectory } from '../support/temporary-directory';

interface Place {
  readonly file: ConfigFile;
  /** A person replaces the file, or removes it. */
  readonly edit: (text: string | undefined) => void;
  /** A person has the file open, and saves into it later. */
  readonly openEditor: () => (text: string) => void;
  /** Texts that lie beside the file. */
  readonly staged: () => number;
  readonly copies: () => number;
  readonly close: () => void;
}

function onDisk(): Place {
  const dir = temporaryDirectory();
  const path = join(dir, 'cameras.yaml');
  writeFileSync(path, 'first');
  const beside = (end: string) => readdirSync(dir).filter((name) => name.endsWith(end)).length;
  return {
    file: new DiskConfigFile(
      'camera',
      path,
      () => new Date(),
      () => undefined,
    ),
    edit: (text) => (text === undefined ? rmSync(path) : writeFileSync(path, text)),
    openEditor: () => {
      const opened = openSync(path, 'r+');
      return (text) => {
        ftruncateSync(opened);
        writeSync(opened, text, 0);
        closeSync(opened);
      };
    },
    staged: () => beside('.tmp'),
    copies: () => beside('.rejected'),
    close: () => existsSync(dir) && rmSync(dir, { recursive: true }),
  };
}

function inMemory(): Place {
  const file = new InMemoryConfigFile('first', () => new Date());
  return {
    file,
    edit: (text) => file.edit(text),
    openEditor: () => (text) => file.saveLate(text),
    staged: () => file.staged.size,
    copies: () => file.rejected.length,
    close: () => undefined,
  };
}

describe.each([
  { where: 'on disk', open: onDisk },
  { where: 'in memory', open: inMemory },
])('the cameras file $where', ({ open }) => {
  let place: Place;
  let file: ConfigFile;
  beforeEach(() => {
    place = open();
    file = place.file;
  });
  afterEach(() => place.close());

  it('is read with the hash of its bytes, settled or not; none is nothing', async () => {
    const seen = await file.read();
    expect(seen).toEqual({ text: 'first', sha256: sha256('first'), modifiedAt: expect.any(Date) });
    expect((await file.readStable())?.text).toBe('first');
    place.edit(undefined);
    expect([await file.read(), await file.readStable()]).toEqual([undefined, undefined]);
  });

  it('is replaced by a staged text, which lies beside it until then', async () => {
    const staged = await file.stage('第二');
    expect([(await file.read())?.text, place.staged()]).toEqual(['first', 1]);
    expect(await staged.replace(sha256('first'))).toBe(true);
    expect([(await file.read())?.sha256, place.staged()]).toEqual([sha256('第二'), 0]);
  });

  it('is not replaced where it holds something else by now', async () => {
    const staged = await file.stage('second');
    place.edit('edited');
    expect(await staged.replace(sha256('first'))).toBe(false);
    expect(await staged.replace(undefined)).toBe(false);
    expect((await file.read())?.text).toBe('edited');
    await staged.discard();
    expect(place.staged()).toBe(0);
  });

  it('is made where there is none', async () => {
    place.edit(undefined);
    const staged = await file.stage('second');
    expect(await staged.replace(sha256('first'))).toBe(false);
    expect(await staged.replace(undefined)).toBe(true);
    expect((await file.read())?.text).toBe('second');
  });

  it('loses what crashed writers left beside it', async () => {
    await file.stage('second');
    await file.sweep();
    expect([place.staged(), (await file.read())?.text]).toEqual([0, 'first']);
  });

  it('is copied for a person to look at, and stays', async () => {
    expect(await file.moveAway()).toMatch(/cameras\.yaml\.rejected$/);
    expect([place.copies(), (await file.read())?.text]).toEqual([1, 'first']);
  });

  it('has no late save where nobody saved late', async () => {
    expect(await file.lateSave()).toBeUndefined();
    await (await file.stage('second')).replace(sha256('first'));
    expect(await file.lateSave()).toBeUndefined();
  });

  it('knows a save that went into the text it replaced, until that is forgotten', async () => {
    const save = place.openEditor();
    await (await file.stage('second')).replace(sha256('first'));
    save('first, edited');
    expect(await file.lateSave()).toEqual({ text: 'first, edited', base: sha256('first') });
    expect((await file.read())?.text).toBe('second');
    await file.forgetLateSave();
    expect(await file.lateSave()).toBeUndefined();
  });
});
