import type { JoiningNode, NodeStore } from '../../src/application/nodes/nodes';
import { Database } from '../../src/infrastructure/postgres/database';
import { DedicatedConnection } from '../../src/infrastructure/postgres/dedicated-connection';
import { PgNodes } from '../../src/infrastructure/postgres/pg-nodes';
import { InMemoryNodes } from '../support/in-memory-nodes';
import { rememberingLog } from '../support/quiet-log';
import { createTestDatabase } from '../support/test-database';

interface NodeSite {
  readonly store: NodeStore;
  addCamera(id: string, needs?: readonly string[]): Promise<void>;
  removeCamera(id: string): Promise<void>;
  /** These nodes, and nothing else, were not heard of for so long. */
  silence(ms: number, ...ids: string[]): Promise<void>;
  /** The database was there for so long. */
  calm(ms: number): Promise<void>;
  /** Nobody has looked at the nodes for so long. */
  gap(ms: number): Promise<void>;
  close(): Promise<void>;
}

async function inPostgres(): Promise<NodeSite> {
  const database = await createTestDatabase();
  const sql = new Database(database.url, () => undefined);
  await sql.open();
  const connection = new DedicatedConnection(database.url, rememberingLog());
  const run = async (text: string, ...values: unknown[]) => void (await sql.execute(text, values));
  return {
    store: new PgNodes(sql, connection),
    addCamera: (id, needs) =>
      run(
        `INSERT INTO cameras (id, position, name, source, metadata, extra, created_at, updated_at)
         VALUES ($1, 0, $1, '0', $2, '{}', now(), now())`,
        id,
        needs ? JSON.stringify({ node_labels: needs }) : null,
      ),
    removeCamera: (id) => run('DELETE FROM cameras WHERE id = $1', id),
    silence: (ms, ...ids) =>
      run(`UPDATE nodes SET seen_at = clock_timestamp() - $1 * interval '1 ms' WHERE id = ANY($2)`, ms, ids),
    calm: (ms) =>
      run(
        `UPDATE placement_clock SET looked_at = clock_timestamp(), calm_since = clock_timestamp() - $1 * interval '1 ms'`,
        ms,
      ),
    gap: (ms) => run(`UPDATE placement_clock SET looked_at = clock_timestamp() - $1 * interval '1 ms'`, ms),
    close: async () => {
      await connection.stop();
      await sql.close();
      await database.drop();
    },
  };
}

async function inMemory(): Promise<NodeSite> {
  const now = 1_000_000_000;
  const store = new InMemoryNodes(() => now);
  return {
    store,
    addCamera: async (id, needs = []) => void store.cameras.set(id, needs),
    removeCamera: async (id) => void store.cameras.delete(id),
    silence: async (ms, ...ids) => {
      for (const id of ids) {
        const node = store.nodes.get(id);
        if (node) node.seenAt = now - ms;
      }
    },
    calm: async (ms) => void Object.assign(store.clock, { lookedAt: now, calmSince: now - ms }),
    gap: async (ms) => void (store.clock.lookedAt = now - ms),
    close: async () => undefined,
  };
}

const node = (id: string, more: Partial<JoiningNode> = {}): JoiningNode => ({
  id,
  name: `${id}/1`,
  place: `folder of ${id}`,
  version: '1.0.0',
  capacity: 10,
  labels: [],
  ...more,
});

const LONG_MS = 120_000;
const OVER_MS = 30_500;

describe.each([
  { where: 'PostgreSQL', open: inPostgres },
  { where: 'memory', open: inMemory },
])('the nodes in $where', ({ open }) => {
  let site: NodeSite;
  let store: NodeStore;
  beforeEach(async () => {
    site = await open();
    ({ store } = site);
    for (const id of ['c1', 'c2', 'c3', 'c4']) await site.addCamera(id);
  });
  afterEach(() => site.close());

  const camerasOf = async (id: string) => (await store.claim(id)).map(({ cameraId }) => cameraId).sort();
  const listed = async (id: string) => (await store.list()).find((each) => each.id === id);

  /** Two nodes with two cameras each. */
  async function shared(): Promise<void> {
    await store.join(node('a'));
    await store.join(node('b'));
    await store.share('a');
    for (let i = 0; i < 3; i++) {
      await store.look();
      await store.release(
        'a',
        (await store.claim('a')).filter(({ wished }) => !wished).map(({ token }) => token),
      );
      await store.claim('b');
    }
    expect([(await camerasOf('a')).length, (await camerasOf('b')).length]).toEqual([2, 2]);
  }

  it('lets the first hold everything without rows, until it shares', async () => {
    expect(await store.join(node('a'))).toBe(true);
    expect(await store.renew('a')).toMatchObject({ alive: true, alone: true, others: false });
    expect((await store.holders()).size).toBe(0);
    expect(await listed('a')).toMatchObject({ state: 'live', cameras: 4, wanted: 4, capacity: 10, name: 'a/1' });
    expect(await store.join(node('b'))).toBe(false);
    await store.look();
    expect(await camerasOf('b')).toEqual([]);
    expect(await store.renew('a')).toMatchObject({ alone: true, others: true });
    await store.share('a');
    expect(await camerasOf('a')).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(await store.renew('a')).toMatchObject({ alone: false });
  });

  it('gives a camera to a second node only when the first has given it back', async () => {
    await store.join(node('a'));
    await store.join(node('b'));
    await store.share('a');
    await store.look();
    const leaving = (await store.claim('a')).filter(({ wished }) => !wished);
    expect(leaving).toHaveLength(2);
    expect(await camerasOf('b')).toEqual([]);
    await store.release('a', [leaving[0]?.token ?? '']);
    expect(await camerasOf('b')).toEqual([leaving[0]?.cameraId]);
    expect((await camerasOf('a')).length).toBe(3);
    await store.release('a', [leaving[0]?.token ?? '']);
    expect(await camerasOf('b')).toEqual([leaving[0]?.cameraId]);
  });

  it('gives a token for each time that a node has a camera', async () => {
    await shared();
    const tokens = [...(await store.claim('a')), ...(await store.claim('b'))].map(({ token }) => token);
    expect(new Set(tokens).size).toBe(4);
    expect((await store.claim('a')).map(({ token }) => token)).toEqual(expect.arrayContaining(tokens.slice(0, 2)));
  });

  it('moves the cameras of a node that was silent for the whole lease, and lets it take none', async () => {
    await shared();
    const had = await camerasOf('b');
    await site.silence(OVER_MS, 'b');
    await site.calm(LONG_MS);
    await store.renew('a');
    await store.look();
    expect(await listed('b')).toMatchObject({ state: 'lost', cameras: 0 });
    expect(await camerasOf('a')).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(had).toHaveLength(2);
    expect(await store.renew('b')).toMatchObject({ alive: false });
    expect(await camerasOf('b')).toEqual([]);
    expect(await store.join(node('b'))).toBe(false);
    expect(await store.renew('b')).toMatchObject({ alive: true, alone: false });
  });

  it('loses no node right after the database was away', async () => {
    await shared();
    await site.silence(OVER_MS, 'b');
    await site.calm(LONG_MS);
    await site.gap(11_000);
    await store.renew('a');
    await store.look();
    expect(await listed('b')).toMatchObject({ state: 'silent', cameras: 2 });
  });

  it('begins the calm anew when a node comes back after its lease was over', async () => {
    await shared();
    await store.join(node('c'));
    await site.silence(OVER_MS, 'b', 'c');
    await site.calm(LONG_MS);
    await store.renew('c');
    await store.look();
    expect(await listed('b')).toMatchObject({ state: 'silent', cameras: 2 });
  });

  it('takes what a node held without rows when it is lost', async () => {
    await store.join(node('a'));
    await store.join(node('b'));
    await site.silence(OVER_MS, 'a');
    await site.calm(LONG_MS);
    await store.renew('b');
    await store.look();
    expect(await listed('a')).toMatchObject({ state: 'lost' });
    expect(await camerasOf('b')).toEqual(['c1', 'c2', 'c3', 'c4']);
  });

  it('takes over at once what a node leaves', async () => {
    await shared();
    await store.leave('b');
    await store.look();
    expect(await camerasOf('a')).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(await listed('b')).toMatchObject({ state: 'left', cameras: 0 });
    expect(await store.renew('a')).toMatchObject({ others: false });
  });

  it('leaves a node that starts again in time what it had', async () => {
    await shared();
    const had = await store.claim('b');
    expect(await store.join(node('b'))).toBe(false);
    expect(await store.claim('b')).toEqual(had);
  });

  it('refuses a second node in a copy of a folder, while the first is there', async () => {
    await store.join(node('a'));
    await expect(store.join(node('a', { place: 'a copy' }))).rejects.toThrow(/copy/);
    await site.silence(OVER_MS, 'a');
    expect(await store.join(node('a', { place: 'after a restart of the machine' }))).toBe(true);
  });

  it('gives nothing to a node without capacity, which the first need not share with', async () => {
    await store.join(node('a'));
    expect(await store.join(node('api', { capacity: 0 }))).toBe(false);
    expect(await store.renew('a')).toMatchObject({ alone: true, others: false });
    expect(await store.renew('api')).toMatchObject({ others: true });
    await store.look();
    expect(await camerasOf('api')).toEqual([]);
  });

  it('places cameras by their labels, and forgets those that were removed', async () => {
    await shared();
    await store.join(node('gpu', { labels: ['gpu'] }));
    await site.addCamera('c5', ['gpu']);
    await store.look();
    expect(await camerasOf('gpu')).toContain('c5');
    await site.removeCamera('c5');
    await store.look();
    const [row] = (await store.claim('gpu')).filter(({ cameraId }) => cameraId === 'c5');
    expect(row).toMatchObject({ wished: false });
    await store.release('gpu', [row?.token ?? '']);
    await store.look();
    expect((await store.holders()).has('c5')).toBe(false);
  });

  it('drains a node that there is', async () => {
    await shared();
    expect(await store.drain('none', true)).toBe(false);
    expect(await store.drain('b', true)).toBe(true);
    await store.look();
    expect((await store.claim('b')).map(({ wished }) => wished)).toEqual([false, false]);
    expect(await listed('b')).toMatchObject({ draining: true, cameras: 2, wanted: 0 });
  });
});
