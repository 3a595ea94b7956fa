import { Camera } from '../../src/domain/cameras/camera';
import { changesBetween } from '../../src/domain/shared/entry-changes';
import { effectOf } from '../../src/domain/shared/domain-error';
import { STORE_SETS, storesForEach } from '../support/store-sets';

const BORN = new Date('2030-01-01T00:00:00Z');
/** Whoever controls all cameras takes this. */
const EVERYTHING = { node: 'here', all: true };
const LATER = new Date('2030-02-01T00:00:00Z');
const camera = (id: string, more: object = {}) => Camera.register({ id, name: id, source: '0', ...more }, BORN);

describe.each(STORE_SETS)('the camera configuration in $where', ({ open }) => {
  const here = storesForEach(open);

  const fieldsOf = (cameras: readonly Camera[]) => cameras.map(({ fields }) => fields);
  const apply = async (after: readonly Camera[]) => {
    const before = await here.stores.cameras.all();
    const changes = changesBetween(fieldsOf(before), fieldsOf(after));
    await here.stores.unit.exclusively((site) => site.commit((tables) => tables.entries.apply(after, changes)));
  };
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

  const request = { node: null, path: 'domain', method: 'start', input: { camera_id: 'cam1' } } as const;

  it('hands a question to whoever takes it, once, and its answer back', async () => {
    const { controlLine: line } = here.stores;
    const taken: object[] = [];
    const asked = line.ask(request);
    const serve = async (): Promise<void> => {
      while (taken.length === 0) {
        await line.take(EVERYTHING, async (question) => {
          taken.push(question);
          return { value: { pid: 7 } };
        });
        await new Promise(setImmediate);
      }
    };
    const [answer] = await Promise.all([asked, serve()]);
    expect(answer).toEqual({ value: { pid: 7 } });
    expect(taken).toEqual([request]);
    await line.take(EVERYTHING, async (question) => {
      taken.push(question);
      return { value: null };
    });
    expect(taken).toHaveLength(1);
  });

  it('hands a question to the node that it is for, and to no other', async () => {
    const { controlLine: line } = here.stores;
    const taken: string[] = [];
    const takenBy = (node: string, all: boolean) =>
      line.take({ node, all }, async () => {
        taken.push(node);
        return { value: node };
      });
    const asked = line.ask({ ...request, node: 'b' });
    while (taken.length === 0) {
      await takenBy('a', true);
      await takenBy('b', false);
      await new Promise(setImmediate);
    }
    expect(await asked).toEqual({ value: 'b' });
    expect(taken).toEqual(['b']);
  });

  it('says that nothing was begun where nobody takes a question, and nobody takes it later', async () => {
    const { controlLine: line } = here.stores;
    const error: unknown = await line.ask(request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'camera_control.elsewhere' });
    expect(effectOf(error)).toBe('not-started');
    let late = 0;
    await line.take(EVERYTHING, async () => {
      late += 1;
      return { value: null };
    });
    expect(late).toBe(0);
  });
});
