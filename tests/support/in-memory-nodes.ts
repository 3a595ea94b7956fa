import { randomUUID } from 'node:crypto';
import type { Held, JoiningNode, ListedNode, NodeStore, Renewal } from '../../src/application/nodes/nodes';
import { LEASE_MS, calmAt, lost, place } from '../../src/domain/nodes/placement';

interface NodeRow extends JoiningNode {
  draining: boolean;
  alone: boolean;
  joinedAt: number;
  seenAt: number;
  ended: 'left' | 'lost' | null;
}

interface PlacementRow {
  wish: string | null;
  node: string | null;
  token: string;
}

/** The nodes of a site without a database; tests set its clock, and what a node says of itself. */
export class InMemoryNodes implements NodeStore {
  readonly cameras = new Map<string, readonly string[]>();
  readonly nodes = new Map<string, NodeRow>();
  readonly clock = { lookedAt: 0, calmSince: 0 };
  private readonly rows = new Map<string, PlacementRow>();

  constructor(private readonly now: () => number) {
    this.clock = { lookedAt: now(), calmSince: now() };
  }

  async join(me: JoiningNode): Promise<boolean> {
    const before = this.nodes.get(me.id);
    if (before && before.ended === null && before.place !== me.place && this.now() - before.seenAt < 10_000)
      throw new Error(`The data folder of this service is a copy: node ${me.id}`);
    this.freeEnded();
    const alone = me.capacity > 0 && !this.others(me.id);
    const [joinedAt, draining] = [this.now(), before?.draining ?? false];
    this.nodes.set(me.id, { ...me, draining, alone, joinedAt, seenAt: joinedAt, ended: null });
    if (alone) this.rows.clear();
    return alone;
  }

  async renew(id: string): Promise<Renewal> {
    const node = this.live(id);
    if (node && this.now() - node.seenAt > LEASE_MS) this.clock.calmSince = this.now();
    if (node) node.seenAt = this.now();
    const due = this.now() - this.clock.lookedAt > 900;
    return { alive: node !== undefined, alone: node?.alone ?? false, others: this.others(id), due };
  }

  async share(id: string): Promise<void> {
    const node = this.live(id);
    if (!node?.alone) return;
    node.alone = false;
    this.holdAll(id);
  }

  async claim(id: string): Promise<readonly Held[]> {
    const node = this.live(id);
    for (const row of this.rows.values())
      if (node && !node.alone && row.wish === id && row.node === null) [row.node, row.token] = [id, randomUUID()];
    return [...this.rows].flatMap(([cameraId, { wish, node: holder, token }]) =>
      holder === id ? [{ cameraId, token, wished: wish === id }] : [],
    );
  }

  async release(id: string, tokens: readonly string[]): Promise<void> {
    for (const row of this.rows.values()) if (row.node === id && tokens.includes(row.token)) row.node = null;
  }

  async look(): Promise<void> {
    const seen = [...this.nodes.values()].filter(({ ended }) => ended === null);
    this.clock.calmSince = calmAt(this.now(), this.clock);
    this.clock.lookedAt = this.now();
    const over = lost(this.now(), this.clock.calmSince, seen);
    for (const node of seen.filter(({ id }) => over.includes(id))) {
      if (node.alone) this.holdAll(node.id);
      [node.ended, node.alone] = ['lost', false];
    }
    this.freeEnded();
    const live = seen.filter(({ ended }) => ended === null);
    if (live.some(({ alone }) => alone)) return;
    for (const [id, row] of this.rows) {
      if (this.cameras.has(id)) continue;
      if (row.node === null) this.rows.delete(id);
      else row.wish = null;
    }
    const placed = [...this.cameras].map(([id, needs]) => {
      const { wish = null, node = null } = this.rows.get(id) ?? {};
      return { id, needs, wish, node };
    });
    for (const { cameraId, wish } of place(live, placed))
      this.rows.set(cameraId, { node: null, token: '', ...this.rows.get(cameraId), wish });
  }

  async leave(id: string): Promise<void> {
    const node = this.live(id);
    if (node) node.ended = 'left';
    this.freeEnded();
  }

  async list(): Promise<readonly ListedNode[]> {
    return [...this.nodes.values()].map(({ place: _, joinedAt, seenAt, ended, alone, ...node }) => ({
      ...node,
      state: ended ?? (this.now() - seenAt > LEASE_MS ? 'silent' : 'live'),
      joined_at: new Date(joinedAt).toISOString(),
      heartbeat_at: new Date(seenAt).toISOString(),
      cameras: alone ? this.cameras.size : [...this.rows.values()].filter((row) => row.node === node.id).length,
      wanted: alone ? this.cameras.size : [...this.rows.values()].filter(({ wish }) => wish === node.id).length,
    }));
  }

  async drain(id: string, draining: boolean): Promise<boolean> {
    const node = this.nodes.get(id);
    if (node) node.draining = draining;
    return node !== undefined;
  }

  async holders(): Promise<ReadonlyMap<string, string | null>> {
    return new Map([...this.rows].map(([id, { node }]) => [id, node]));
  }

  private live(id: string): NodeRow | undefined {
    const node = this.nodes.get(id);
    return node?.ended === null ? node : undefined;
  }

  private others(id: string): boolean {
    return [...this.nodes.values()].some((other) => other.id !== id && other.ended === null && other.capacity > 0);
  }

  private holdAll(id: string): void {
    for (const camera of this.cameras.keys()) this.rows.set(camera, { wish: id, node: id, token: randomUUID() });
  }

  private freeEnded(): void {
    for (const row of this.rows.values()) if (row.node !== null && this.nodes.get(row.node)?.ended) row.node = null;
  }
}
