import { NodeKeeper } from '../../../src/application/nodes/node-keeper';
import { NodeService } from '../../../src/application/nodes/nodes';
import { InMemoryNodes } from '../../support/in-memory-nodes';
import { rememberingLog } from '../../support/quiet-log';

const START = 1_000_000;

/** A site whose time a test moves, and nodes on it that run cameras in their heads. */
class Site {
  now = START;
  readonly store = new InMemoryNodes(() => this.now);

  constructor(...cameras: string[]) {
    for (const id of cameras) this.store.cameras.set(id, []);
  }

  node(id: string, capacity = 10) {
    const state = { running: new Set<string>(), lease: undefined as number | undefined, left: 0, away: false };
    let held: 'all' | ReadonlySet<string> = 'all';
    const start = () => {
      state.running = new Set(held === 'all' ? this.store.cameras.keys() : held);
    };
    let on = false;
    const cameras = {
      hold: async (now: typeof held) => {
        held = now;
        if (on && held !== 'all') for (const camera of held) state.running.add(camera);
      },
      take: async () => {
        on = true;
        start();
      },
      end: async (camera: string) => void state.running.delete(camera),
      leave: async () => {
        on = false;
        state.left += 1;
        state.running.clear();
      },
    };
    const me = { id, name: id, place: id, version: '1', capacity, labels: [] };
    const store = new Proxy(this.store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...input: unknown[]): unknown =>
          state.away ? Promise.reject(new Error('the database is away')) : Reflect.apply(member, target, input);
      },
    });
    const renew = (ms: number | undefined) => void (state.lease = ms === undefined ? undefined : this.now + ms);
    const keeper = new NodeKeeper(
      store,
      cameras,
      { renew },
      () => me,
      rememberingLog(),
      () => this.now,
    );
    return Object.assign(keeper, { state });
  }

  /** Seconds pass, in each of which all nodes do what they do each second. */
  async pass(seconds: number, ...nodes: ReturnType<Site['node']>[]): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.now += 1_000;
      for (const node of nodes) {
        await node.renew().catch(() => undefined);
        await node.follow().catch(() => undefined);
        await node.fence();
      }
    }
  }
}

describe('a node that is alone', () => {
  it('runs every camera, has no lease, and ends nothing however long the database is away', async () => {
    const site = new Site('c1', 'c2');
    const node = site.node('a');
    await node.begin();
    await site.pass(2, node);
    node.state.away = true;
    await site.pass(300, node);
    expect([...node.state.running]).toEqual(['c1', 'c2']);
    expect(node.state.lease).toBeUndefined();
    expect(node.isWatched).toBe(false);
  });

  it('has a lease from the moment on that another one has joined, before that one takes anything', async () => {
    const site = new Site('c1', 'c2');
    const [a, b] = [site.node('a'), site.node('b')];
    await a.begin();
    await b.begin();
    await site.pass(1, b);
    expect([...b.state.running]).toEqual([]);
    await site.pass(1, a);
    expect(a.state.lease).toBe(site.now + 28_000);
    await site.pass(3, a, b);
    expect([a.state.running.size, b.state.running.size]).toEqual([1, 1]);
    expect(b.isWatched).toBe(true);
  });
});

describe('a node beside others', () => {
  const shared = async () => {
    const site = new Site('c1', 'c2', 'c3', 'c4');
    const [a, b] = [site.node('a'), site.node('b')];
    await a.begin();
    await b.begin();
    await site.pass(8, a, b);
    expect([a.state.running.size, b.state.running.size]).toEqual([2, 2]);
    return { site, a, b };
  };

  it('goes on while the database is away for less than its lease, and ends its workers before that is over', async () => {
    const { site, a, b } = await shared();
    const had = [...b.state.running];
    b.state.away = true;
    await site.pass(23, b);
    expect([...b.state.running]).toEqual(had);
    await site.pass(1, b);
    expect([...b.state.running]).toEqual([]);
    b.state.away = false;
    await site.pass(2, a, b);
    expect([...b.state.running]).toEqual(had);
  });

  it('never runs a camera that another one runs, whatever it is cut off from', async () => {
    const { site, a, b } = await shared();
    b.state.away = true;
    for (let second = 0; second < 60; second++) {
      await site.pass(1, b, a);
      expect([...a.state.running].filter((camera) => b.state.running.has(camera))).toEqual([]);
    }
    expect([...a.state.running].sort()).toEqual(['c1', 'c2', 'c3', 'c4']);
    b.state.away = false;
    for (let second = 0; second < 20; second++) {
      await site.pass(1, b, a);
      expect([...a.state.running].filter((camera) => b.state.running.has(camera))).toEqual([]);
    }
    expect([a.state.running.size, b.state.running.size]).toEqual([2, 2]);
  });

  it('ends everything when it wakes up and others have its cameras', async () => {
    const { site, a, b } = await shared();
    await site.pass(60, a);
    expect(a.state.running.size).toBe(4);
    await b.renew();
    expect(b.state.left).toBe(1);
    expect([...b.state.running]).toEqual([]);
  });

  it('gives a camera back only when its worker has ended', async () => {
    const { site, a, b } = await shared();
    await site.store.drain('b', true);
    await site.pass(6, a, b);
    expect([a.state.running.size, b.state.running.size]).toEqual([4, 0]);
  });

  it('leaves its cameras to the others at once when it ends, but not when another service of it goes on', async () => {
    const { site, a, b } = await shared();
    await b.end({ handOver: true });
    await site.pass(3, a);
    expect(a.state.running.size).toBe(2);
    await b.begin();
    await b.end({ handOver: false });
    expect(b.state.lease).toBeUndefined();
    await site.pass(3, a);
    expect(a.state.running.size).toBe(4);
  });

  it('places a camera that was just made', async () => {
    const { site, a, b } = await shared();
    site.store.cameras.set('c5', []);
    await a.place();
    await site.pass(1, a, b);
    expect(a.state.running.size + b.state.running.size).toBe(5);
  });
});

describe('the nodes of a site', () => {
  it('are listed, and drained where they are known', async () => {
    const site = new Site('c1');
    await site.node('a').begin();
    const service = new NodeService(site.store);
    expect((await service.list()).nodes).toMatchObject([{ id: 'a', cameras: 1, state: 'live' }]);
    expect(await service.drain({ id: 'a', draining: true })).toEqual({ ok: true, id: 'a', draining: true });
    await expect(service.drain({ id: 'b', draining: true })).rejects.toMatchObject({ code: 'node.not_found' });
  });
});
