import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import { NodeKeeper } from '../src/application/nodes/node-keeper';
import { Database } from '../src/infrastructure/postgres/database';
import { DedicatedConnection } from '../src/infrastructure/postgres/dedicated-connection';
import { PgMembership } from '../src/infrastructure/postgres/pg-membership';
import { PgNodes } from '../src/infrastructure/postgres/pg-nodes';
import { PgWakes } from '../src/infrastructure/postgres/pg-wakes';
import { thisProcess } from '../src/infrastructure/system/process-identity';
import { rememberingLog } from '../tests/support/quiet-log';
import { childrenOf } from '../tests/support/worker-run';
import { costOf } from './process-cost';
import { table } from './table';
import { Workplace } from './workplace';

const EFFORT = {
  full: { nodes: 50, cameras: 5_000, seconds: 30 },
  short: { nodes: 5, cameras: 200, seconds: 5 },
} as const;
const CPU_TARGET_PERCENT = 10;
const WAL_TARGET_KB = 50;
const SPREAD_TARGET = 1.05;
const TICK_MS = 1_000;
const AT_REST_WITHIN_MS = 120_000;

/** What it costs PostgreSQL that many nodes share many cameras: the heartbeats of services and nodes, looking and reading, while nothing changes. */
export async function nodes(length: 'full' | 'short'): Promise<string> {
  return Workplace.use((place) => controlPlane(place, EFFORT[length]));
}

async function controlPlane(place: Workplace, effort: { nodes: number; cameras: number; seconds: number }) {
  const { url, client } = await place.database('nodes');
  const database = new Database(url, () => undefined);
  await database.open();
  place.onEnd(() => database.close());
  const capacity = Math.ceil(effort.cameras / effort.nodes);
  for (let i = 0; i < effort.nodes; i++) await startNode(place, { url, database, id: `node${i}`, capacity });
  // Not before: the first node would hold all of them, and give them away two at a time.
  await client.query(
    `INSERT INTO cameras (id, position, name, source, extra, created_at, updated_at)
     SELECT 'cam' || i, i, 'cam' || i, '0', '{}', now(), now() FROM generate_series(1, $1::int) AS i`,
    [effort.cameras],
  );
  const counts = await atRest(client, effort);
  const [postmaster = 0] = await parentsOf(client);
  const pids = () => [postmaster, ...childrenOf(postmaster)];
  const [before, walBefore] = [costOf(pids()), await walOf(client)];
  const from = performance.now();
  await pause(effort.seconds * 1_000);
  const seconds = (performance.now() - from) / 1_000;
  const [after, walAfter] = [costOf(pids()), await walOf(client)];
  const cpu = ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100;
  const wal = (walAfter - walBefore) / seconds / 1_000;
  const spread = Math.max(...counts) / (effort.cameras / effort.nodes);
  const verdict = (value: number, target: number) => `${value <= target ? 'within' : 'OVER'} ${target}`;
  return `${effort.nodes} nodes with ${effort.cameras} cameras, at rest, over ${effort.seconds} s\n\n${table(
    ['in PostgreSQL', 'seen', 'target'],
    [
      ['CPU, % of a core', cpu.toFixed(1), verdict(cpu, CPU_TARGET_PERCENT)],
      ['WAL, kB a second', wal.toFixed(1), verdict(wal, WAL_TARGET_KB)],
      ['fullest node ÷ mean', spread.toFixed(3), verdict(spread, SPREAD_TARGET)],
    ],
  )}`;
}

/** A node as the service runs it, whose workers are nothing. */
async function startNode(
  place: Workplace,
  { url, database, id, capacity }: { url: string; database: Database; id: string; capacity: number },
): Promise<void> {
  const log = rememberingLog();
  const connection = new DedicatedConnection(url, log);
  const nothing = async () => undefined;
  const cameras = { hold: nothing, take: nothing, end: nothing, leave: nothing };
  const me = () => ({ id, name: id, place: id, version: '1', capacity, labels: [] });
  const keeper = new NodeKeeper(new PgNodes(database, connection), cameras, { renew: () => undefined }, me, log);
  const { host, pid, started } = thisProcess();
  const member = { id: randomUUID(), name: id, host, pid, started, place: id, file: 'file', filePath: '/file' };
  const membership = new PgMembership(connection, member, log);
  await membership.join();
  const wakes = new PgWakes(connection);
  await wakes.start();
  await keeper.begin();
  const quietly = (work: Promise<void>) => void work.catch((error: unknown) => log.warn('a node failed', { error }));
  wakes.on('placements', () => quietly(keeper.follow()));
  wakes.on('nodes', () => quietly(keeper.renew()));
  const timer = setInterval(() => quietly(keeper.renew()), TICK_MS);
  place.onEnd(async () => {
    clearInterval(timer);
    await keeper.renew().catch(() => undefined);
    await membership.stop();
    await connection.stop();
  });
}

/** The cameras of each node once none moves. */
async function atRest(client: Client, { nodes: n, cameras }: { nodes: number; cameras: number }): Promise<number[]> {
  const deadline = performance.now() + AT_REST_WITHIN_MS;
  for (;;) {
    const { rows } = await client.query<{ n: number; at_rest: boolean }>(
      'SELECT count(*)::int AS n, bool_and(wish = node) AS at_rest FROM camera_placements WHERE node IS NOT NULL GROUP BY node',
    );
    const counts = rows.map((row) => row.n);
    const sum = counts.reduce((all, each) => all + each, 0);
    if (rows.length === n && sum === cameras && rows.every((row) => row.at_rest)) return counts;
    if (performance.now() > deadline) throw new Error(`the cameras do not come to rest: ${counts.join(' ')}`);
    await pause(500);
  }
}

const walOf = async (client: Client): Promise<number> =>
  Number((await client.query<{ at: string }>(`SELECT pg_current_wal_lsn() - '0/0' AS at`)).rows[0]?.at);

async function parentsOf(client: Client): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows.map(({ pid }) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]));
}
