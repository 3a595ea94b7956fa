import { randomUUID } from 'node:crypto';
import type { ConfigUnitOfWork } from '../../src/application/shared/config-unit-of-work';
import { Camera } from '../../src/domain/cameras/camera';
import { Region, RegionCanvas } from '../../src/domain/regions/region';
import type { FullRevision, RevisionRepository } from '../../src/domain/shared/config-revision';
import { DomainError, effectOf } from '../../src/domain/shared/domain-error';
import { type ConfigEntry, type EntryRepository, changesBetween } from '../../src/domain/shared/entry-changes';
import type { JsonObject } from '../../src/domain/shared/json';
import { sha256 } from '../../src/domain/shared/sha256';
import { STORE_SETS, type StoreSite, type Stores, storesForEach } from '../support/store-sets';

const BORN = new Date('2030-01-01T00:00:00Z');
const LATER = new Date('2030-02-01T00:00:00Z');
const TRIANGLE = [
  [0, 0],
  [4, 0.5],
  [0, 3],
];

const revision = (number: number, text = `text ${number}`, more: Partial<FullRevision> = {}): FullRevision => ({
  number,
  token: randomUUID(),
  sha256: sha256(text),
  origin: 'api',
  author: 'li',
  requestId: 'r-1',
  at: BORN,
  changes: [{ id: 'cam1', kind: 'changed', fields: [{ field: 'fps', before: 25, after: 5 }] }],
  inFile: false,
  text,
  ...more,
});

interface ConfigStores<E extends ConfigEntry<E>> {
  readonly entries: EntryRepository<E>;
  readonly revisions: RevisionRepository;
  readonly unit: ConfigUnitOfWork<E>;
}

/** What holds for every configuration, whatever its entries are. */
function configuration<E extends ConfigEntry<E>>(
  open: () => Promise<StoreSite>,
  of: (stores: Stores) => ConfigStores<E>,
  entry: (id: string) => E,
): void {
  const here = storesForEach(open);
  const stores = () => of(here.stores);
  const add = (...all: FullRevision[]) =>
    stores().unit.exclusively((site) =>
      site.commit(async ({ revisions }) => {
        for (const one of all) await revisions.add(one);
      }),
    );

  it('writes entries in a unit of work only', async () => {
    await expect(stores().entries.apply([entry('a')], [])).rejects.toThrow('unit of work');
  });

  it('knows nothing before the first revision', async () => {
    const { revisions } = stores();
    expect([await revisions.head(), await revisions.newest(), await revisions.get(1)]).toEqual([
      undefined,
      0,
      undefined,
    ]);
    expect(await revisions.page(10, 0)).toEqual({ items: [], total: 0 });
  });

  it('finds revisions by number, text and token, and lists them newest first without their texts', async () => {
    const { revisions } = stores();
    const all = [revision(1, 'same'), revision(2), revision(3, 'same', { origin: 'file', author: null })];
    await add(...all);
    const { text: _, ...head } = all[2] ?? revision(0);
    expect(await revisions.head()).toEqual(head);
    expect(await revisions.newest()).toBe(3);
    expect(await revisions.get(1)).toEqual(all[0]);
    expect((await revisions.withText(sha256('same')))?.number).toBe(3);
    expect(await revisions.withText(sha256('other'))).toBeUndefined();
    expect((await revisions.withToken(all[1]?.token ?? ''))?.number).toBe(2);
    expect(await revisions.withToken(randomUUID())).toBeUndefined();
    const { items, total } = await revisions.page(2, 1);
    expect([items.map(({ number }) => number), total]).toEqual([[2, 1], 3]);
    expect(items[0]).not.toHaveProperty('text');
  });

  it('gives back every text of a long history of small changes, and of a large one', async () => {
    let text = Array.from({ length: 300 }, (_, i) => `line ${i}: 正门 🚪`).join('\n');
    const all: FullRevision[] = [revision(1, text)];
    for (let number = 2; number <= 420; number++) {
      text = text.replace(`line ${(number * 7) % 300}:`, `line ${(number * 7) % 300}: ${number}`);
      if (number === 205) text = text.split('\n').reverse().join('\n');
      all.push(revision(number, number % 50 === 0 ? `${text}\n` : text));
    }
    await stores().unit.exclusively((site) =>
      site.commit(async ({ revisions }) => {
        for (const [i, one] of all.entries()) await revisions.add(one, all[i - 1]);
      }),
    );
    const { revisions } = stores();
    for (const number of [1, 2, 50, 199, 200, 201, 204, 205, 206, 399, 400, 420])
      expect(await revisions.get(number)).toEqual(all[number - 1]);
    expect((await revisions.withText(all[98]?.sha256 ?? ''))?.text).toBe(all[98]?.text);
    expect(await revisions.head()).not.toHaveProperty('text');
  });

  it('notes that a revision is in the file', async () => {
    await add(revision(1), revision(2));
    await stores().revisions.markInFile(1);
    const { items } = await stores().revisions.page(10, 0);
    expect(items.map(({ inFile }) => inFile)).toEqual([false, true]);
  });

  it('refuses a second revision of a number', async () => {
    await add(revision(1));
    await expect(add(revision(1, 'other'))).rejects.toThrow();
    expect((await stores().revisions.get(1))?.text).toBe('text 1');
  });

  it('stores all of a transaction or nothing, and says that nothing was left', async () => {
    const refusal = new DomainError('camera.exists', 'no');
    const failed = stores().unit.exclusively((site) =>
      site.commit(async (tables) => {
        await tables.entries.apply([entry('a')], changesBetween([], [entry('a').fields]));
        await tables.revisions.add(revision(1));
        expect(await tables.revisions.newest()).toBe(1);
        throw refusal;
      }),
    );
    await expect(failed).rejects.toBe(refusal);
    expect(effectOf(refusal)).toBe('rolled-back');
    expect([await stores().entries.all(), await stores().revisions.newest()]).toEqual([[], 0]);
  });

  it('lets nobody else in until the work under the lock has ended, however it ends', async () => {
    const order: string[] = [];
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const first = stores().unit.exclusively(async () => {
      order.push('first begins');
      await held;
      order.push('first ends');
      throw new Error('went wrong');
    });
    const second = stores().unit.exclusively(async () => void order.push('second'));
    finish();
    await expect(first).rejects.toThrow('went wrong');
    await second;
    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });

  it('answers under the lock what was committed under it', async () => {
    const seen = await stores().unit.exclusively(async (site) => {
      await site.commit((tables) => tables.revisions.add(revision(1)));
      await site.revisions.markInFile(1);
      return site.revisions.head();
    });
    expect(seen).toMatchObject({ number: 1, inFile: true });
  });
}

describe.each(STORE_SETS)('the configuration of the cameras in $where', ({ open }) => {
  configuration(
    open,
    ({ cameras, revisions, unit }) => ({ entries: cameras, revisions, unit }),
    (id) => Camera.register({ id, name: id, source: '0' }, BORN),
  );
});

const region = (id: string, more: JsonObject = {}) =>
  Region.register({ region_id: id, region_type: 'custom', polygon: TRIANGLE, ...more }, BORN);

describe.each(STORE_SETS)('the configuration of the regions in $where', ({ open }) => {
  configuration(open, ({ regions }) => regions, region);
});

describe.each(STORE_SETS)('the regions in $where', ({ open }) => {
  const here = storesForEach(open);
  const canvas = RegionCanvas.restore({ fit_mode: 'cover', canvas_size: { width: 8, height: 6 } }, BORN, BORN);
  const full = {
    camera_id: 'cam1',
    name: '门',
    is_active: false,
    description: 'd',
    rules: { required_behaviors: ['a'] },
  };

  it('keep their order, every setting, what else the file says, and what they are measured on', async () => {
    const { entries, unit } = here.stores.regions;
    const odd = Region.restore({ ...region('b', full).fields, stats: { violations: 2 }, colour: 'red' }, BORN, LATER);
    const first = [odd, region('a'), canvas];
    const fieldsOf = (all: readonly ConfigEntry<unknown>[]) => all.map(({ fields }) => fields);
    await unit.exclusively((site) =>
      site.commit((tables) => tables.entries.apply(first, changesBetween([], fieldsOf(first)))),
    );
    expect(await entries.all()).toEqual(first);
    const second = [region('a').change({ is_active: false }, LATER), region('c')];
    await unit.exclusively((site) =>
      site.commit((tables) => tables.entries.apply(second, changesBetween(fieldsOf(first), fieldsOf(second)))),
    );
    expect(await entries.all()).toEqual(second);
  });
});
