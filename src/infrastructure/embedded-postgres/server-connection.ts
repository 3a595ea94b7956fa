import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { SUPERUSER } from './cluster';
import type { RunningServer } from './postmaster-file';

export const DATABASE = 'postgres';
const END_WITHIN_MS = 1_000;

/** Waits for work no longer than this; what becomes of it then is ignored. This folder also runs by itself, without the rest. */
export const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })]);

/** For `pg` and libpq alike: the query parameter replaces the host of the address. */
export const connectionUrl = (server: Pick<RunningServer, 'port' | 'socketDir'>): string =>
  `postgres://${SUPERUSER}@localhost:${server.port}/${DATABASE}?host=${encodeURIComponent(server.socketDir)}`;

/** @throws the error of `pg` when nobody answers; Error when a server of other data does */
export async function confirmServes(dataDir: string, server: RunningServer, withinMs = 30_000): Promise<void> {
  const client = new Client({
    connectionString: connectionUrl(server),
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    ssl: false,
  });
  // A broken connection is reported by connect and query as well; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const served = rows[0]?.data_directory;
    if (served !== dataDir) throw new Error(`The server in ${server.socketDir} serves ${served}, not ${dataDir}`);
  } finally {
    // One that hangs does not say goodbye.
    await atMost(END_WITHIN_MS, client.end());
  }
}
