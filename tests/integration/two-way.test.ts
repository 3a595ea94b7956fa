import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Site } from '../../src/composition/site';
import { FileWatcher } from '../../src/infrastructure/files/file-watcher';
import { eventually } from '../support/eventually';
import { type TestDatabase, createTestDatabase } from '../support/test-database';
import { TWO_CAMERAS, type TestSite, agreementOf, testSite } from '../support/test-site';

const WITHIN_MS = 2_000;

/** A configuration, and edits of its file by a person. */
interface Subject {
  readonly what: string;
  readonly name: string;
  readonly text: string;
  of(site: TestSite): Site['cameras'] | Site['regions'];
  edited(value: number): string;
  readonly first: (value: number) => object;
  /** A change over the API. */
  change(site: Site, value: number): Promise<object>;
  /** An edit that changes no entry. */
  readonly idle: string;
}

const outline = '[[0, 0], [40, 0], [0, 30]]';
const ONE_REGION = `{
  "regions": [
    {"region_id": "r1", "region_type": "custom", "polygon": ${outline}, "rules": {"max_occupancy": 25}},
    {"region_id": "r2", "type": "entrance", "points": [{"x": "0", "y": "0"}, {"x": 4, "y": 0}, {"x": 0, "y": 3}]}
  ]
}
`;

const SUBJECTS: readonly Subject[] = [
  {
    what: 'cameras',
    name: 'cameras.yaml',
    text: TWO_CAMERAS,
    of: ({ modules }) => modules.cameras,
    edited: (fps) => TWO_CAMERAS.replace('fps: 25', `fps: ${fps}`),
    first: (fps) => ({ fps }),
    change: async ({ cameras }, fps) => (await cameras.domain.update({ camera_id: 'cam1', fps })).camera,
    idle: `${TWO_CAMERAS}# nichts geändert\n`,
  },
  {
    what: 'regions',
    name: 'regions.json',
    text: ONE_REGION,
    of: ({ modules }) => modules.regions,
    edited: (most) => ONE_REGION.replace('"max_occupancy": 25', `"max_occupancy": ${most}`),
    first: (most) => ({ rules: { max_occupancy: most } }),
    change: ({ regions }, most) => regions.service.update({ region: 'r1', rules: { max_occupancy: most } }),
    idle: `${ONE_REGION}\n\n`,
  },
];

describe.each(SUBJECTS)('an edit of the $what file', (subject) => {
  let database: TestDatabase;
  let site: TestSite;
  let watcher: FileWatcher;
  let file: string;

  const write = (text: string) => writeFileSync(file, text);
  const text = () => readFileSync(file, 'utf8');
  const agreement = () => agreementOf(subject.of(site), file);
  const reconcile = () => subject.of(site).configuration.reconcile();
  const edited = (value: number) => subject.edited(value);

  beforeEach(async () => {
    database = await createTestDatabase();
    site = await testSite({ databaseUrl: database.url });
    file = join(dirname(site.file), subject.name);
    write(subject.text);
    await watch();
  });
  afterEach(async () => {
    await watcher.stop();
    await site.close();
    await database.drop();
  });

  async function watch(): Promise<void> {
    await reconcile();
    watcher = new FileWatcher(file, async () => void (await reconcile()), site.log);
    await watcher.start();
  }

  const seen = (value: number) =>
    eventually(async () => expect((await agreement()).entries[0]).toMatchObject(subject.first(value)), {
      within: WITHIN_MS,
      what: `the value ${value}`,
    });

  it('in place reaches the table within two seconds', async () => {
    write(edited(7));
    await seen(7);
  });

  it('by rename, as most editors save, reaches the table within two seconds, again and again', async () => {
    for (const fps of [7, 8, 9]) {
      writeFileSync(`${file}~`, edited(fps));
      renameSync(`${file}~`, file);
      await seen(fps);
    }
  });

  it('by swapping a link on the way to it, as a ConfigMap does, reaches the table within two seconds', async () => {
    const dir = dirname(file);
    await watcher.stop();
    for (const [name, fps] of [
      ['v1', 25],
      ['v2', 7],
      ['v3', 8],
    ] as const) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, subject.name), edited(fps));
    }
    symlinkSync('v1', join(dir, '..data'));
    unlinkSync(file);
    symlinkSync(`..data/${subject.name}`, file);
    await watch();
    for (const [name, fps] of [
      ['v2', 7],
      ['v3', 8],
    ] as const) {
      symlinkSync(name, join(dir, '..data.new'));
      renameSync(join(dir, '..data.new'), join(dir, '..data'));
      await seen(fps);
    }
    expect(await subject.change(site.modules, 9)).toMatchObject(subject.first(9));
    expect(readFileSync(join(dir, 'v3', subject.name), 'utf8')).toMatch(/(fps|max_occupancy)"?: 9/);
  });

  it('is found even if it happens while nobody watches', async () => {
    await watcher.stop();
    write(edited(7));
    await watch();
    await seen(7);
  });

  it('that deletes the file is undone: the newest revision is put back', async () => {
    unlinkSync(file);
    await eventually(() => expect(text()).toBe(subject.text), { within: WITHIN_MS });
    await agreement();
  });

  it('that empties the file is a fault, not a removal of all cameras', async () => {
    write('');
    await eventually(
      async () => {
        const { faults } = await reconcile();
        expect(faults).toHaveLength(1);
      },
      { within: WITHIN_MS },
    );
    expect(await subject.of(site).repository.all()).toHaveLength(2);
    write(subject.text);
    await eventually(() => agreement().then(() => true), { within: WITHIN_MS });
  });

  it('of no entry is a revision, but changes no camera', async () => {
    write(subject.idle);
    await eventually(
      async () => expect((await agreement()).head).toMatchObject({ number: 2, origin: 'file', changes: [] }),
      { within: WITHIN_MS },
    );
  });

  it('with a fault is refused as a whole, with its place, until it is corrected', async () => {
    write(subject.edited(7).slice(0, -20));
    await eventually(
      async () => {
        const { faults } = await reconcile();
        expect(faults.length).toBeGreaterThan(0);
        for (const { line, column } of faults) expect([line > 0, column > 0]).toEqual([true, true]);
      },
      { within: WITHIN_MS },
    );
    const error: unknown = await subject.change(site.modules, 9).catch((refused: unknown) => refused);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(camera|region)_config\.file_invalid$/),
      details: { extra: { file_faults: expect.any(Array) } },
    });
    expect((await subject.of(site).repository.all())[0]?.fields).toMatchObject(subject.first(25));
    write(subject.edited(8));
    await seen(8);
  });

  it('and one over the API that change the same setting are a conflict with both values', async () => {
    await watcher.stop();
    write(subject.edited(7));
    const error: unknown = await subject.change(site.modules, 9).catch((refused: unknown) => refused);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(camera|region)\.conflict$/),
      details: { extra: { conflicts: [expect.objectContaining({ field: Object.keys(subject.first(0))[0] })] } },
    });
    expect((await agreement()).entries[0]).toMatchObject(subject.first(7));
    await watcher.start();
  });

  it('and a change over the API keep the mode of the file', async () => {
    chmodSync(file, 0o640);
    await subject.change(site.modules, 7);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });
});
