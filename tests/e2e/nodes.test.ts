import { Client } from 'pg';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Cable } from '../support/cable';
import { eventually } from '../support/eventually';
import { inTime } from '../support/in-time';
import { BareSite, type ServiceRun, call } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const CAMERAS = ['cam1', 'cam2', 'cam3', 'cam4'];
const DETECTOR = path.resolve(__dirname, '../../dist/tests/support/leased-detector.js');
const LEASE_MS = 30_000;
/** Longer than it takes to lose a lease, be placed and be taken. */
const WITHIN = { within: 120_000, every: 100 };

interface Line {
  readonly id: string;
  readonly ts: number;
  readonly camera: string;
  readonly pid: number;
}

interface Written {
  readonly id: string;
  readonly ts: number;
  readonly camera_id: string;
  readonly evidence: { readonly pid: number };
}

/** From the first to the last line of one worker, in milliseconds since 1970. */
interface Life {
  readonly pid: number;
  readonly from: number;
  readonly to: number;
}

class Node {
  readonly site = new BareSite();
  readonly cable: Cable;
  run!: ServiceRun;
  url = '';
  id = '';

  constructor(
    database: string,
    private readonly camerasFile: string,
  ) {
    this.cable = new Cable(database);
  }

  async start(settings: Readonly<Record<string, string>> = {}): Promise<this> {
    this.run = this.site.start({
      DATABASE_URL: await this.cable.open(),
      CAMERAS_FILE: this.camerasFile,
      DETECTOR_COMMAND: `${process.execPath} ${DETECTOR}`,
      NODE_CAPACITY: '10',
      ...settings,
    });
    this.url = await this.run.ready();
    this.id = readFileSync(path.join(this.site.dir, 'data/node-id'), 'utf8').trim();
    return this;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.run.child.pid ?? 0, signal);
  }

  get lines(): Line[] {
    const file = path.join(this.site.dir, 'logs/events_record.jsonl');
    if (!existsSync(file)) return [];
    const all = readFileSync(file, 'utf8').split('\n');
    return all.flatMap((text) => {
      if (!text.endsWith('}')) return [];
      const { id, ts, camera_id: camera, evidence } = JSON.parse(text) as Written;
      return [{ id, ts: ts * 1_000, camera, pid: evidence.pid }];
    });
  }

  /** The lives of the workers of a camera here, oldest first. */
  lives(camera: string): Life[] {
    const lives = new Map<number, Life>();
    for (const { pid, ts, camera: of } of this.lines) {
      const known = lives.get(pid);
      if (of === camera) lives.set(pid, { pid, from: known?.from ?? ts, to: ts });
    }
    return [...lives.values()].sort((a, b) => a.from - b.from);
  }

  async close(): Promise<void> {
    this.cable.silent = false;
    this.cable.refusing = false;
    if (this.run.child.exitCode === null && this.run.child.signalCode === null) this.signal('SIGCONT');
    await this.site.remove();
    this.cable.close();
  }
}

describe('a site of several nodes', () => {
  let database: TestDatabase;
  let first: Node;
  const nodes: Node[] = [];
  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    first = new Node(database.url, '');
    writeFileSync(first.site.camerasFile, camerasText());
    nodes.push(await first.start({ CAMERAS_FILE: first.site.camerasFile }));
    await eventually(() => CAMERAS.every((camera) => first.lives(camera).length === 1), WITHIN);
  });
  afterEach(async () => {
    for (const node of nodes.splice(0).reverse()) await node.close();
    await database.drop();
  });

  async function join(settings: Readonly<Record<string, string>> = {}): Promise<Node> {
    const node = new Node(database.url, first.site.camerasFile);
    nodes.push(node);
    return node.start(settings);
  }

  const ask = async <Row extends object>(sql: string): Promise<Row[]> => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  /** Cameras of each node, and where no camera moves any more. */
  async function held(): Promise<Record<string, number>> {
    const rows = await ask<{ node: string; n: number }>(
      'SELECT node, count(*)::int AS n FROM camera_placements WHERE node = wish GROUP BY node',
    );
    return Object.fromEntries(rows.map(({ node, n }) => [node, n]));
  }

  const camerasOf = async (node: Node): Promise<string[]> =>
    (
      await ask<{ camera_id: string }>(
        `SELECT camera_id FROM camera_placements WHERE node = '${node.id}' AND wish = node`,
      )
    ).map(({ camera_id }) => camera_id);

  async function shared(): Promise<Node> {
    const second = await join();
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 2, [second.id]: 2 }), WITHIN);
    const cameras = await camerasOf(second);
    await eventually(() => cameras.every((camera) => second.lives(camera).length > 0), WITHIN);
    return second;
  }

  /** When every camera of a site has a worker that writes now. */
  const allRun = (on: readonly Node[]) =>
    eventually(() => {
      const now = Date.now();
      for (const camera of CAMERAS)
        expect([camera, on.flatMap((node) => node.lives(camera)).filter(({ to }) => now - to < 1_000).length]).toEqual([
          camera,
          1,
        ]);
    }, WITHIN);

  /** No camera had two workers at a time, anywhere. Answers the longest time that a camera had none. */
  function neverTwo(): number {
    let gap = 0;
    for (const camera of CAMERAS) {
      const lives = nodes.flatMap((node) => node.lives(camera)).sort((a, b) => a.from - b.from);
      lives.forEach((life, i) => {
        const next = lives[i + 1];
        if (!next) return;
        expect({ camera, ended: life.to, begun: Math.max(life.to, next.from) }).toEqual({
          camera,
          ended: life.to,
          begun: next.from,
        });
        gap = Math.max(gap, next.from - life.to);
      });
    }
    return gap;
  }

  /** Every line of every journal is an event, once. */
  const allCounted = () =>
    eventually(async () => {
      const lines = nodes.flatMap((node) => node.lines).length;
      const [row] = await ask<{ n: number }>(`SELECT count(*)::int AS n FROM events WHERE type = 'seen'`);
      expect(Math.abs((row?.n ?? 0) - lines)).toBeLessThan(100);
    }, WITHIN);

  const report = (what: string, gap: number) => process.stdout.write(`${what}: longest gap ${Math.round(gap)} ms\n`);

  it('shares its cameras with a node that joins, moves no more than it must, and answers for all of them everywhere', async () => {
    const second = await shared();
    expect(neverTwo()).toBeLessThan(Infinity);
    const moved = await camerasOf(second);
    const stayed = CAMERAS.filter((camera) => !moved.includes(camera));
    for (const camera of stayed) expect(first.lives(camera)).toHaveLength(1);
    const [theirs = ''] = moved;
    const { body: listed } = await call(first.url, 'GET', '/nodes');
    expect(listed).toMatchObject({
      nodes: expect.arrayContaining([
        expect.objectContaining({ id: first.id, state: 'live', cameras: 2, wanted: 2, capacity: 10 }),
        expect.objectContaining({ id: second.id, state: 'live', cameras: 2, wanted: 2 }),
      ]),
    });
    for (const { url } of [first, second]) {
      const { body } = await call(url, 'POST', '/cameras/batch-status', {});
      expect(Object.values(body as object).map(({ running }: { running: boolean }) => running)).toEqual(
        CAMERAS.map(() => true),
      );
    }
    expect((await call(first.url, 'POST', `/cameras/${theirs}/stop`)).body).toMatchObject({ state: 'stopped' });
    expect((await call(first.url, 'GET', `/cameras/${theirs}/logs`)).status).toBe(200);
    expect((await call(first.url, 'POST', `/cameras/${theirs}/start`)).body).toMatchObject({ ok: true });
    await eventually(() => expect(second.lives(theirs)).toHaveLength(2), WITHIN);
    await allRun(nodes);
    await allCounted();
  });

  it.each([
    ['is killed, and its workers live on', (node: Node) => node.signal('SIGKILL')],
    ['is stopped', (node: Node) => node.signal('SIGSTOP')],
    [
      'is cut off from the database',
      (node: Node) => {
        node.cable.silent = true;
      },
    ],
  ])('moves the cameras of a node whose service %s, and none runs twice', async (what, fault) => {
    const second = await shared();
    const cameras = await camerasOf(second);
    const at = Date.now();
    fault(second);
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 4 }), WITHIN);
    await eventually(() => cameras.every((camera) => (first.lives(camera).at(-1)?.to ?? 0) > at + 20_000), WITHIN);
    const ms = Math.max(...cameras.map((camera) => first.lives(camera).at(-1)?.from ?? 0)) - at;
    report(`a node ${what}; elsewhere after ${ms} ms`, neverTwo());
    inTime(ms, LEASE_MS + 5_000);
    second.cable.cut();
    second.cable.silent = false;
    if (what === 'is stopped') second.signal('SIGCONT');
    if (what.startsWith('is killed')) return;
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 2, [second.id]: 2 }), WITHIN);
    await allRun(nodes);
    neverTwo();
    await allCounted();
  });

  it('restarts no worker when the database is away for 20 s and all connections with it', async () => {
    const second = await shared();
    for (const { cable } of nodes) {
      cable.refusing = true;
      cable.cut();
    }
    const from = Date.now();
    await eventually(() => Date.now() - from > 20_000, WITHIN);
    for (const { cable } of nodes) cable.refusing = false;
    const back = Date.now();
    await eventually(() => Date.now() - back > 5_000, WITHIN);
    await allRun(nodes);
    for (const camera of CAMERAS)
      expect(nodes.flatMap((node) => node.lives(camera).filter(({ to }) => to > from))).toHaveLength(1);
    expect(await held()).toEqual({ [first.id]: 2, [second.id]: 2 });
    await allCounted();
  });

  it('counts nothing that a machine which stood still for longer than its lease recorded afterwards', async () => {
    const second = await shared();
    const cameras = await camerasOf(second);
    const pids = cameras.map((camera) => second.lives(camera).at(-1)?.pid ?? 0);
    for (const pid of [second.run.child.pid ?? 0, ...pids]) process.kill(pid, 'SIGSTOP');
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 4 }), WITHIN);
    await eventually(() => cameras.every((camera) => first.lives(camera).at(-1)!.to > Date.now() - 1_000), WITHIN);
    const woken = Date.now();
    for (const pid of [...pids, second.run.child.pid ?? 0]) process.kill(pid, 'SIGCONT');
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 2, [second.id]: 2 }), WITHIN);
    const late = second.lines.filter(({ pid, ts }) => pids.includes(pid) && ts >= woken);
    inTime(Math.max(0, ...late.map(({ ts }) => ts)) - woken, 500);
    process.stdout.write(`a machine stood still: ${late.length} lines afterwards\n`);
    await allCounted();
    const ids = late.map(({ id }) => `'${id}'`).join(',') || 'NULL';
    expect(await ask(`SELECT id FROM events WHERE id::text IN (${ids})`)).toEqual([]);
  });

  it('drains a node without a gap of more than moments, and gives it cameras again', async () => {
    const second = await shared();
    expect((await call(first.url, 'POST', `/nodes/${second.id}/drain`)).body).toEqual({
      ok: true,
      id: second.id,
      draining: true,
    });
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 4 }), WITHIN);
    await allRun(nodes);
    report('drained', neverTwo());
    await call(first.url, 'POST', `/nodes/${second.id}/drain`, { draining: false });
    await eventually(async () => expect(await held()).toEqual({ [first.id]: 2, [second.id]: 2 }), WITHIN);
    expect((await call(first.url, 'POST', '/nodes/none/drain')).status).toBe(404);
  });

  it('has nodes that only answer requests', async () => {
    const api = await join({ NODE_CAPACITY: '0' });
    expect((await call(api.url, 'POST', '/cameras/cam1/stop')).body).toMatchObject({ state: 'stopped' });
    expect((await call(api.url, 'POST', '/cameras/cam1/start')).body).toMatchObject({ ok: true });
    const { body } = await call(api.url, 'POST', '/cameras/batch-status', {});
    expect(Object.values(body as object).map(({ running }: { running: boolean }) => running)).toEqual(
      CAMERAS.map(() => true),
    );
    expect(await held()).toEqual({});
    expect((await call(api.url, 'GET', '/nodes')).body).toMatchObject({
      nodes: expect.arrayContaining([expect.objectContaining({ id: api.id, cameras: 0, capacity: 0 })]),
    });
  });
});

const camerasText = (): string =>
  `cameras:\n${CAMERAS.map((id) => `  - id: ${id}\n    name: ${id}\n    source: "0"\n    auto_start: true\n`).join('')}`;
