import {
  LEASE_MS,
  type PlacedCamera,
  type PlacementNode,
  WORKERS_TERM_MS,
  WORKERS_END_MS,
  calmAt,
  lost,
  place,
} from '../../../src/domain/nodes/placement';

const node = (id: string, more: Partial<PlacementNode> = {}): PlacementNode => ({
  id,
  capacity: 10,
  labels: [],
  draining: false,
  ...more,
});
const homeless = (id: string, needs: readonly string[] = []): PlacedCamera => ({ id, needs, wish: null, node: null });
const at = (id: string, where: string, needs: readonly string[] = []): PlacedCamera => ({
  id,
  needs,
  wish: where,
  node: where,
});
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Ticks until nothing changes; every wish is followed before the next tick. Answers how many cameras changed their node. */
function settle(nodes: readonly PlacementNode[], cameras: PlacedCamera[]): number {
  const before = new Map(cameras.map(({ id, node: where }) => [id, where]));
  for (let tick = 0; tick < 5_000; tick++) {
    const changes = place(nodes, cameras);
    if (changes.length === 0) return cameras.filter((c) => before.get(c.id) !== c.node).length;
    const wishes = new Map(changes.map(({ cameraId, wish }) => [cameraId, wish]));
    cameras.splice(
      0,
      cameras.length,
      ...cameras.map((c) => {
        const wish = wishes.get(c.id);
        return wish === undefined ? c : { ...c, wish, node: wish };
      }),
    );
  }
  throw new Error('it does not come to rest');
}

const loads = (cameras: readonly PlacedCamera[]) => {
  const counts = new Map<string, number>();
  for (const { node: where } of cameras) if (where !== null) counts.set(where, (counts.get(where) ?? 0) + 1);
  return counts;
};

describe('the placement of cameras', () => {
  it('gives homeless cameras to the nodes they load least, by capacity', () => {
    const cameras = many(12, (i) => homeless(`c${i}`));
    settle([node('a', { capacity: 20 }), node('b', { capacity: 10 })], cameras);
    expect(loads(cameras)).toEqual(
      new Map([
        ['a', 8],
        ['b', 4],
      ]),
    );
  });

  it('leaves a camera where it is', () => {
    const cameras = [at('c1', 'a'), at('c2', 'b'), at('c3', 'a')];
    expect(place([node('a'), node('b')], cameras)).toEqual([]);
  });

  it('uses only nodes that have the labels, and none where none has', () => {
    const nodes = [node('a', { labels: ['gpu', 'vlan:3'] }), node('b')];
    const changes = place(nodes, [homeless('c1', ['gpu']), homeless('c2', ['gpu', 'vlan:3']), homeless('c3', ['tpu'])]);
    expect(changes).toEqual([
      { cameraId: 'c1', wish: 'a' },
      { cameraId: 'c2', wish: 'a' },
    ]);
  });

  it('moves a camera whose node has not got its labels any more, at once', () => {
    expect(place([node('a'), node('b', { labels: ['gpu'] })], [at('c1', 'a', ['gpu'])])).toEqual([
      { cameraId: 'c1', wish: 'b' },
    ]);
  });

  it('gives nothing to a node without capacity, and takes away what it has', () => {
    expect(place([node('a', { capacity: 0 })], [homeless('c1')])).toEqual([]);
    expect(place([node('a', { capacity: 0 }), node('b')], [at('c1', 'a')])).toEqual([{ cameraId: 'c1', wish: 'b' }]);
  });

  it('moves the cameras of a node that is lost to the others', () => {
    const cameras = [at('c1', 'lost'), at('c2', 'a'), at('c3', 'lost')];
    expect(place([node('a'), node('b')], cameras)).toEqual([
      { cameraId: 'c1', wish: 'b' },
      { cameraId: 'c3', wish: 'a' },
    ]);
  });

  it('drains a node two cameras at a time, and waits for those under way', () => {
    const nodes = [node('a', { draining: true }), node('b')];
    const cameras = many(5, (i) => at(`c${i}`, 'a'));
    expect(place(nodes, cameras)).toHaveLength(2);
    const underWay = [{ ...at('c0', 'a'), wish: 'b' }, { ...at('c1', 'a'), wish: 'b' }, ...cameras.slice(2)];
    expect(place(nodes, underWay)).toEqual([]);
    expect(settle(nodes, cameras)).toBe(5);
  });

  it('drains no camera that fits nowhere else', () => {
    const nodes = [node('a', { draining: true, labels: ['gpu'] }), node('b')];
    expect(place(nodes, [at('c1', 'a', ['gpu'])])).toEqual([]);
  });

  it('fills a new node two cameras at a time until the loads differ by a tenth', () => {
    const cameras = many(40, (i) => at(`c${i}`, i % 2 === 0 ? 'a' : 'b'));
    const nodes = [node('a'), node('b'), node('new')];
    expect(place(nodes, cameras)).toHaveLength(2);
    expect(settle(nodes, cameras)).toBeLessThanOrEqual(14);
    expect(Math.min(...loads(cameras).values())).toBeGreaterThanOrEqual(12);
  });

  it('does not move what would only change which node is loaded most', () => {
    expect(place([node('a'), node('b')], [at('c1', 'a')])).toEqual([]);
    expect(place([node('a'), node('b')], [at('c1', 'a'), at('c2', 'a')])).toHaveLength(1);
    expect(place([node('a'), node('b')], [at('c1', 'a'), at('c2', 'a'), at('c3', 'b')])).toEqual([]);
  });

  it('changes nothing without nodes but the wishes that cannot be followed', () => {
    expect(place([], [homeless('c1')])).toEqual([]);
    expect(place([], [at('c1', 'lost')])).toEqual([{ cameraId: 'c1', wish: null }]);
  });

  describe('of 2,000 cameras on 34 nodes', () => {
    const nodes = many(34, (i) => node(`node ${i}`, { capacity: 60 }));
    const ideal = 2_000 / 35;
    const spread = (cameras: readonly PlacedCamera[], n: number) =>
      Math.max(...loads(cameras).values()) / (cameras.length / n);
    const placed = () => {
      const cameras = many(2_000, (i) => homeless(`c${i}`));
      settle(nodes, cameras);
      return cameras;
    };

    it('spreads them by capacity', () => expect(spread(placed(), 34)).toBeLessThanOrEqual(1.05));

    it('moves the cameras of a node that is lost, and no other', () => {
      const cameras = placed();
      const had = loads(cameras).get('node 7');
      expect(
        settle(
          nodes.filter(({ id }) => id !== 'node 7'),
          cameras,
        ),
      ).toBe(had);
      expect(spread(cameras, 33)).toBeLessThanOrEqual(1.05);
    });

    it('moves at most one more than its share to a node that joins', () => {
      const cameras = placed();
      expect(settle([...nodes, node('new', { capacity: 60 })], cameras)).toBeLessThanOrEqual(Math.ceil(ideal) + 1);
      expect(spread(cameras, 35)).toBeLessThanOrEqual(1.05);
    });

    it('comes back to rest after a node was lost and has returned', () => {
      const cameras = placed();
      settle(nodes.slice(1), cameras);
      expect(settle(nodes, cameras)).toBeLessThanOrEqual(Math.ceil(2_000 / 34) + 1);
      expect(spread(cameras, 34)).toBeLessThanOrEqual(1.05);
    });
  });
});

describe('the lease of a node', () => {
  const now = 1_000_000;
  const seen = (id: string, ago: number, capacity = 10) => ({ id, capacity, seenAt: now - ago });
  const longAgo = now - 10 * LEASE_MS;

  it('is lost when it was not renewed for the whole of it, while another node did', () => {
    expect(lost(now, longAgo, [seen('a', LEASE_MS + 1), seen('b', 500)])).toEqual(['a']);
    expect(lost(now, longAgo, [seen('a', LEASE_MS), seen('b', 500)])).toEqual([]);
  });

  it('is lost only where another node could take its cameras', () => {
    expect(lost(now, longAgo, [seen('a', LEASE_MS + 1)])).toEqual([]);
    expect(lost(now, longAgo, [seen('a', LEASE_MS + 1), seen('api', 500, 0)])).toEqual([]);
    expect(lost(now, longAgo, [seen('a', LEASE_MS + 1), seen('b', 5_001)])).toEqual([]);
  });

  it('is not lost before the database was there for the whole of it', () => {
    expect(lost(now, now - LEASE_MS, [seen('a', LEASE_MS + 1), seen('b', 500)])).toEqual([]);
    expect(lost(now, now - LEASE_MS - 1, [seen('a', LEASE_MS + 1), seen('b', 500)])).toEqual(['a']);
  });

  it('is over later than its workers, which are asked to end before', () => {
    expect(WORKERS_TERM_MS).toBeLessThan(WORKERS_END_MS);
    expect(WORKERS_END_MS).toBeLessThan(LEASE_MS);
  });

  it.each([
    ['while the nodes are looked at regularly', { lookedAt: now - 1_000, calmSince: 5 }, 5],
    ['anew after a gap, in which the database was away', { lookedAt: now - 10_001, calmSince: 5 }, now],
    ['anew when its clock went back', { lookedAt: now + 1, calmSince: 5 }, now],
    ['anew when the calm lies in the future', { lookedAt: now - 1, calmSince: now + 1 }, now],
  ])('counts %s', (_, clock, calm) => expect(calmAt(now, clock)).toBe(calm));
});
