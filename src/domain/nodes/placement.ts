/** A node as the placement of cameras sees it. */
export interface PlacementNode {
  readonly id: string;
  /** How many cameras it should have beside others; 0: none, it answers requests only. */
  readonly capacity: number;
  readonly labels: readonly string[];
  /** Its cameras are to move elsewhere. */
  readonly draining: boolean;
}

/** A camera, and where it is. */
export interface PlacedCamera {
  readonly id: string;
  /** Labels that its node must have. */
  readonly needs: readonly string[];
  /** The node that should have it; null: none yet. */
  readonly wish: string | null;
  /** The node that has it; null: none. */
  readonly node: string | null;
}

export interface Placement {
  readonly cameraId: string;
  readonly wish: string | null;
}

/** Cameras that change their node at the same time to even out the load; each is not looked at for a second or two. */
const MOVES = 2;
/** Nodes whose loads differ by less stay as they are. */
const IMBALANCE = 1.1;

class Loads {
  private readonly counts: Map<string, number>;

  constructor(
    private readonly nodes: readonly PlacementNode[],
    cameras: Iterable<PlacedCamera>,
  ) {
    this.counts = new Map(nodes.map(({ id }) => [id, 0]));
    for (const { wish } of cameras) if (wish !== null) this.add(wish, 1);
  }

  add(node: string, by: number): void {
    const count = this.counts.get(node);
    if (count !== undefined) this.counts.set(node, count + by);
  }

  of({ id, capacity }: PlacementNode, more = 0): number {
    return ((this.counts.get(id) ?? 0) + more) / capacity;
  }

  /** The node that one more camera loads least. */
  least(needs: readonly string[]): PlacementNode | undefined {
    return this.first(
      this.nodes.filter((node) => fits(node, needs)),
      (a, b) => this.of(a, 1) - this.of(b, 1),
    );
  }

  heaviestFirst(): PlacementNode[] {
    return this.nodes.toSorted((a, b) => this.of(b) - this.of(a));
  }

  private first<T>(all: readonly T[], order: (a: T, b: T) => number): T | undefined {
    return all.reduce<T | undefined>((best, one) => (best && order(one, best) >= 0 ? best : one), undefined);
  }
}

const fits = ({ labels }: PlacementNode, needs: readonly string[]): boolean =>
  needs.every((need) => labels.includes(need));

/**
 * Where cameras should be that are not where they may stay; all others stay. `nodes`: those that live. A camera goes to
 * the node that it loads least, by (load + 1) ÷ capacity; a few more move while the loads differ by more than a tenth,
 * or while a node is drained.
 */
export function place(nodes: readonly PlacementNode[], cameras: readonly PlacedCamera[]): readonly Placement[] {
  const open = nodes.filter(({ capacity, draining }) => capacity > 0 && !draining);
  const leaving = new Set(nodes.filter((node) => !open.includes(node)).map(({ id }) => id));
  const byId = new Map(open.map((node) => [node.id, node]));
  const loads = new Loads(open, cameras);
  const changes = new Map<string, Placement>();
  const move = ({ id, wish }: PlacedCamera, to: string | null): void => {
    if (wish !== null) loads.add(wish, -1);
    if (to !== null) loads.add(to, 1);
    changes.set(id, { cameraId: id, wish: to });
  };
  let moves = MOVES - cameras.filter(({ wish, node }) => node !== null && node !== wish).length;
  for (const camera of cameras) {
    const { wish, needs } = camera;
    const home = wish === null ? undefined : byId.get(wish);
    if (home && fits(home, needs)) continue;
    // A node that is drained goes on with a camera until it is its turn, and for good where it fits nowhere else.
    const stays = wish !== null && leaving.has(wish) && camera.node === wish;
    const to = loads.least(needs)?.id ?? null;
    if (stays && (to === null || moves <= 0)) continue;
    if (stays) moves -= 1;
    if (to !== wish) move(camera, to);
  }
  for (; moves > 0; moves -= 1) {
    const better = unloading(loads, cameras, changes);
    if (!better) break;
    move(better.camera, better.to);
  }
  return [...changes.values()];
}

/** A camera of a node with much load that loads another one less. */
function unloading(loads: Loads, cameras: readonly PlacedCamera[], moved: ReadonlyMap<string, Placement>) {
  const least = loads.least([]);
  if (!least) return undefined;
  for (const from of loads.heaviestFirst()) {
    // No node could take one of its cameras and be loaded less.
    if (loads.of(from) <= IMBALANCE * loads.of(least, 1)) return undefined;
    for (const camera of cameras) {
      if (camera.wish !== from.id || camera.node !== from.id || moved.has(camera.id)) continue;
      const to = loads.least(camera.needs);
      if (to && to.id !== from.id && loads.of(from) > IMBALANCE * loads.of(to, 1)) return { camera, to: to.id };
    }
  }
  return undefined;
}

/** How long a node may hold its cameras without renewing: longer than a failover of the database takes. */
export const LEASE_MS = 30_000;
/** Workers have ended this long before the lease of their node is over. */
const ENDED_BEFORE_MS = 2_000;
/** By then workers are asked to end: the supervision gives them five seconds. */
const ASKED_BEFORE_MS = 6_500;
export const WORKERS_END_MS = LEASE_MS - ENDED_BEFORE_MS;
export const WORKERS_TERM_MS = LEASE_MS - ASKED_BEFORE_MS;

/**
 * Longest time between two looks at the nodes; after a longer one the database was away, and no node could renew. Short
 * enough that the rest of a lease is time to renew in, long enough for machines that are busy.
 */
const LONGEST_GAP_MS = 10_000;
/** A node that renewed this recently can take cameras. */
const THERE_MS = 5_000;

/** When the nodes were looked at last, and since when nothing was wrong with the database; its own time, in ms. */
export interface PlacementClock {
  readonly lookedAt: number;
  readonly calmSince: number;
}

export interface SeenNode {
  readonly id: string;
  readonly capacity: number;
  readonly seenAt: number;
}

/** Since when the database has been there all the time, at the look that is made now. */
export function calmAt(now: number, { lookedAt, calmSince }: PlacementClock): number {
  const gap = now - lookedAt;
  return gap > LONGEST_GAP_MS || gap < 0 || calmSince > now ? now : calmSince;
}

/**
 * The nodes that have lost their leases: not renewed for the whole of it, all of which the database was there, while
 * another node that could take the cameras renewed. By the database's clock alone.
 */
export function lost(now: number, calmSince: number, nodes: readonly SeenNode[]): readonly string[] {
  if (now - calmSince <= LEASE_MS) return [];
  const heir = nodes.some(({ capacity, seenAt }) => capacity > 0 && now - seenAt <= THERE_MS);
  return heir ? nodes.filter(({ seenAt }) => now - seenAt > LEASE_MS).map(({ id }) => id) : [];
}
