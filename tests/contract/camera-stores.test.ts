import { randomUUID } from 'node:crypto';
import { Camera } from '../../src/domain/cameras/camera';
import { changesBetween } from '../../src/domain/shared/entry-changes';
import type { FullRevision } from '../../src/domain/shared/config-revision';
import { DomainError, effectOf } from '../../src/domain/shared/domain-error';
import { sha256 } from '../../src/domain/shared/sha256';
import { STORE_SETS, storesForEach } from '../support/store-sets';

const BORN = new Date('2030-01-01T00:00:00Z');
const LATER = new Date('2030-02-01T00:00:00Z');
const camera = (id: string, more: object = {}) => Camera.register({ id, name: id, source: '0', ...more }, BORN);

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

describe.each(STORE_SETS)('the camera configuration in $where', ({ open }) => {
  const here = storesForEach(open);

  const fieldsOf = (cameras: readonly Camera[]) => cameras.map(({ fields }) => fields);
  const apply = async (after: readonly Camera[]) => {
    const before = await here.stores.cameras.all();
    const changes = changesBetween(fieldsOf(before), fieldsOf(after));
    await here.stores.unit.exclusively((site) => site.commit((tables) => tables.entries.apply(after, changes)));
  };
  const add = (...all: FullRevision[]) =>
    here.stores.unit.exclusively((site) =>
      site.commit(async ({ revisions }) => {
        for (const one of all) await revisions.add(one);
      }),
    );

  it('keeps cameras in the order they are given, with every setting they have', async () => {
    const full = { fps: 5, imgsz: 640, env: { K: 'v' }, auto_start: true, metadata: { floor: 2 } };
    await apply([camera('b', full), camera('a')]);
    expect(fieldsOf(await here.stores.cameras.all())).toEqual([
      { id: 'b', name: 'b', source: '0', ...full },
      { id: 'a', name: 'a', source: '0' },
    ]);
    expect((await here.stores.cameras.get('b'))?.createdAt).toEqual(BORN);
    expect(await here.stores.cameras.get('c')).toBeUndefined();
  });

  it('takes over a new order, changed cameras and new ones, and loses those that are removed', async () => {
    await apply([camera('a'), camera('b'), camera('c')]);
    const [, b, c] = await here.stores.cameras.all();
    if (!b || !c) throw new Error('cameras were lost');
    await apply([c, b.change({ fps: 7 }, LATER), camera('d')]);
    const after = await here.stores.cameras.all();
    expect(after.map(({ id }) => id)).toEqual(['c', 'b', 'd']);
    expect(after[1]?.fields.fps).toBe(7);
    expect(await here.stores.cameras.times()).toEqual(
      new Map([
        ['c', { createdAt: BORN, updatedAt: BORN }],
        ['b', { createdAt: BORN, updatedAt: LATER }],
        ['d', { createdAt: BORN, updatedAt: BORN }],
      ]),
    );
  });

  it('writes cameras in a unit of work only', async () => {
    await expect(here.stores.cameras.apply([camera('a')], [])).rejects.toThrow('unit of work');
  });

  it('knows nothing before the first revision', async () => {
    const { revisions } = here.stores;
    expect([await revisions.head(), await revisions.newest(), await revisions.get(1)]).toEqual([
      undefined,
      0,
      undefined,
    ]);
    expect(await revisions.page(10, 0)).toEqual({ items: [], total: 0 });
  });

  it('finds revisions by number, text and token, and lists them newest first without their texts', async () => {
    const { revisions } = here.stores;
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

  it('notes that a revision is in the file', async () => {
    await add(revision(1), revision(2));
    await here.stores.revisions.markInFile(1);
    const { items } = await here.stores.revisions.page(10, 0);
    expect(items.map(({ inFile }) => inFile)).toEqual([false, true]);
  });

  it('refuses a second revision of a number', async () => {
    await add(revision(1));
    await expect(add(revision(1, 'other'))).rejects.toThrow();
    expect((await here.stores.revisions.get(1))?.text).toBe('text 1');
  });

  it('stores all of a transaction or nothing, and says that nothing was left', async () => {
    const refusal = new DomainError('camera.exists', 'no');
    const failed = here.stores.unit.exclusively((site) =>
      site.commit(async (tables) => {
        await tables.entries.apply([camera('a')], changesBetween([], [camera('a').fields]));
        await tables.revisions.add(revision(1));
        expect(await tables.revisions.newest()).toBe(1);
        throw refusal;
      }),
    );
    await expect(failed).rejects.toBe(refusal);
    expect(effectOf(refusal)).toBe('rolled-back');
    expect([await here.stores.cameras.all(), await here.stores.revisions.newest()]).toEqual([[], 0]);
  });

  it('lets nobody else in until the work under the lock has ended, however it ends', async () => {
    const order: string[] = [];
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const first = here.stores.unit.exclusively(async () => {
      order.push('first begins');
      await held;
      order.push('first ends');
      throw new Error('went wrong');
    });
    const second = here.stores.unit.exclusively(async () => void order.push('second'));
    finish();
    await expect(first).rejects.toThrow('went wrong');
    await second;
    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });

  it('answers under the lock what was committed under it', async () => {
    const seen = await here.stores.unit.exclusively(async (site) => {
      await site.commit((tables) => tables.revisions.add(revision(1)));
      await site.revisions.markInFile(1);
      return site.revisions.head();
    });
    expect(seen).toMatchObject({ number: 1, inFile: true });
  });
});

describe.each(STORE_SETS)('the control of cameras in $where', ({ open }) => {
  const here = storesForEach(open);

  it('keeps what was asked for last of each camera', async () => {
    const { desired } = here.stores;
    expect(await desired.all()).toEqual(new Map());
    await desired.set('cam1', 'running');
    await desired.set('cam2', 'running');
    await desired.set('cam1', 'stopped');
    expect(await desired.all()).toEqual(
      new Map([
        ['cam1', 'stopped'],
        ['cam2', 'running'],
      ]),
    );
  });

  const request = { path: 'domain', method: 'start', input: { camera_id: 'cam1' } } as const;

  it('hands a question to whoever takes it, once, and its answer back', async () => {
    const { controlLine: line } = here.stores;
    const taken: object[] = [];
    const asked = line.ask(request);
    const serve = async (): Promise<void> => {
      while (taken.length === 0) {
        await line.take(async (question) => {
          taken.push(question);
          return { value: { pid: 7 } };
        });
        await new Promise(setImmediate);
      }
    };
    const [answer] = await Promise.all([asked, serve()]);
    expect(answer).toEqual({ value: { pid: 7 } });
    expect(taken).toEqual([request]);
    await line.take(async (question) => {
      taken.push(question);
      return { value: null };
    });
    expect(taken).toHaveLength(1);
  });

  it('says that nothing was begun where nobody takes a question, and nobody takes it later', async () => {
    const { controlLine: line } = here.stores;
    const error: unknown = await line.ask(request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'camera_control.elsewhere' });
    expect(effectOf(error)).toBe('not-started');
    let late = 0;
    await line.take(async () => {
      late += 1;
      return { value: null };
    });
    expect(late).toBe(0);
  });
});
