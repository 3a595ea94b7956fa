import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { placeOf } from '../../src/infrastructure/system/process-identity';
import { eventually } from '../support/eventually';
import { PERF, inTime } from '../support/in-time';
import { BareSite, call } from '../support/service-run';
import { temporaryDirectory } from '../support/temporary-directory';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

/** With PERF=1 as many as a busy day has. */
const [WRITES, EDITS] = PERF ? [400, 20] : [40, 4];

describe('two services on one database', () => {
  let postgres: TestDatabase;
  const sites: BareSite[] = [];
  beforeEach(async () => {
    postgres = await createTestDatabase();
  });
  afterEach(async () => {
    for (const site of sites.splice(0)) await site.remove();
    await postgres.drop();
  });
  const at = () => ({ DATABASE_URL: postgres.url, NODE_CAPACITY: '0' });
  const site = () => {
    const one = new BareSite();
    sites.push(one);
    writeFileSync(one.camerasFile, 'cameras: []\n');
    return one;
  };

  const texts = () => sites.map(({ camerasFile }) => readFileSync(camerasFile, 'utf8'));
  const equal = () => expect(new Set(texts()).size).toBe(1);

  it('with a cameras file each: what is written at either, or edited in either, is in both', async () => {
    const [one, two] = [site(), site()];
    const [here, there] = [await one.start(at()).ready(), await two.start(at()).ready()];
    let lost = 0;
    const ids: string[] = [];
    for (let i = 0; i < WRITES; i++) {
      const id = `cam${i}`;
      const { status } = await call(i % 2 === 0 ? here : there, 'POST', '/cameras', { id, name: id, source: '0' });
      expect(status).toBe(200);
      ids.push(id);
      if (i % Math.floor(WRITES / EDITS) !== 1) continue;
      const edited = `hand${i}`;
      const { camerasFile } = i % 4 === 1 ? one : two;
      await eventually(() => expect(readFileSync(camerasFile, 'utf8')).toMatch(new RegExp(`id: ${id}[\\n,]`)));
      writeFileSync(
        camerasFile,
        `${readFileSync(camerasFile, 'utf8')}  - {id: ${edited}, name: by hand, source: "0"} # i ${i}\n`,
      );
      await eventually(() => texts().every((text) => text.includes(`id: ${edited},`)));
      ids.push(edited);
    }
    const from = performance.now();
    await eventually(equal);
    inTime(performance.now() - from, 2_000);
    const [text = ''] = texts();
    for (const id of ids) if (!new RegExp(`id: ${id}[\n,]`).test(text)) lost += 1;
    expect(lost).toBe(0);
    for (const url of [here, there]) {
      const { body } = await call(url, 'GET', '/cameras');
      expect((body as { cameras: { id: string }[] }).cameras.map(({ id }) => id).sort()).toEqual(ids.toSorted());
    }
    process.stdout.write(
      `${WRITES} writes, ${ids.length - WRITES} edits: ${lost} lost, equal after ${Math.round(performance.now() - from)} ms\n`,
    );
  }, 580_000);

  it('one of which is killed, and edited while it is away: its edit is merged when it is back', async () => {
    const [one, two] = [site(), site()];
    const here = await one.start(at()).ready();
    const second = two.start(at());
    await second.ready();
    await call(here, 'POST', '/cameras', { id: 'both', name: 'both', source: '0' });
    await eventually(equal);
    await second.end('SIGKILL');
    await call(here, 'POST', '/cameras', { id: 'meanwhile', name: 'meanwhile', source: '0' });
    writeFileSync(
      two.camerasFile,
      `${readFileSync(two.camerasFile, 'utf8')}  - {id: edited, name: by hand, source: "0"}\n`,
    );
    await two.start(at()).ready();
    await eventually(equal);
    for (const id of ['both', 'meanwhile', 'edited']) expect(texts()[0]).toContain(`id: ${id}`);
  }, 180_000);

  it('a file that was never one of the site is kept beside it, and gets the text of the site', async () => {
    const [one, two] = [site(), site()];
    const here = await one.start(at()).ready();
    await call(here, 'POST', '/cameras', { id: 'real', name: 'real', source: '0' });
    writeFileSync(two.camerasFile, 'cameras:\n  - {id: foreign, name: foreign, source: "0"}\n');
    await two.start(at()).ready();
    await eventually(equal);
    expect(texts()[0]).not.toContain('foreign');
    expect(readFileSync(`${two.camerasFile}.rejected`, 'utf8')).toContain('foreign');
  }, 180_000);

  it('with one cameras file, by whatever path: both run', async () => {
    const [one, two] = [site(), site()];
    await one.start({ DATABASE_URL: postgres.url }).ready();
    const link = path.join(two.dir, 'linked.yaml');
    symlinkSync(one.camerasFile, link);
    await two.start({ DATABASE_URL: postgres.url, CAMERAS_FILE: link }).ready();
  }, 180_000);
});

describe('the identity of a cameras file', () => {
  it('is that of the file, not of its text nor of the path', () => {
    const dir = temporaryDirectory();
    const at = (name: string) => path.join(dir, name);
    mkdirSync(at('a'));
    mkdirSync(at('b'));
    const file = at('a/cameras.yaml');
    const before = placeOf(file);
    writeFileSync(file, 'cameras: []\n');
    expect(placeOf(file)).toBe(before);
    // Replaced as a whole, as every change of it is.
    writeFileSync(at('a/new'), 'cameras: [] # new\n');
    renameSync(at('a/new'), file);
    expect(placeOf(file)).toBe(before);
    symlinkSync(at('a'), at('link'));
    expect(placeOf(at('link/cameras.yaml'))).toBe(before);
    linkSync(file, at('b/cameras.yaml'));
    expect(placeOf(at('b/cameras.yaml'))).not.toBe(before);
    rmSync(dir, { recursive: true });
  });
});
