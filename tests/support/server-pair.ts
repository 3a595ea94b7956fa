import { Client } from 'pg';
import { spawnSync } from 'node:child_process';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@watchgate/embedded-postgres';
import { Cable } from './cable';
import { eventually } from './eventually';
import { temporaryDirectory } from './temporary-directory';

/** Nothing starts a killed server again: that is what a failover is for. */
const PACE = { lookEveryMs: 3_600_000 };

interface Node {
  readonly server: EmbeddedPostgres;
  readonly cable: Cable;
  readonly dir: string;
  /** Its address by way of the cable. */
  readonly url: string;
}

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function node(dir: string): Promise<Node> {
  const server = await startEmbeddedPostgres({ dir, pace: PACE });
  const cable = new Cable(server.url);
  return { server, cable, dir, url: await cable.open() };
}

/** A primary and a standby that streams from it, each behind a cable of its own. */
export class ServerPair {
  private constructor(
    readonly primary: Node,
    readonly standby: Node,
  ) {}

  static async start(): Promise<ServerPair> {
    const primary = await node(temporaryDirectory());
    const dir = temporaryDirectory();
    await copyOf(primary.server, path.join(dir, 'data'));
    const standby = await node(dir);
    const streaming = `SELECT FROM pg_stat_replication WHERE state = 'streaming'`;
    await eventually(async () => (await ask(primary.server.url, streaming)).length > 0);
    return new ServerPair(primary, standby);
  }

  /** Both, as DATABASE_URL names them; `standbyFirst`: the order says nothing. */
  url({ standbyFirst = false } = {}): string {
    const hosts = [this.primary.url, this.standby.url].map((url) => new URL(url).host);
    if (standbyFirst) hosts.reverse();
    return `postgres://postgres@${hosts.join(',')}/postgres`;
  }

  /** As a machine that loses its power: without a word to the standby, but with everything that is on its disk. */
  killPrimary(): void {
    process.kill(this.primary.server.pid, 'SIGKILL');
    this.primary.cable.cut();
    this.primary.cable.refusing = true;
  }

  /** Resolves when the standby takes writes. */
  async promote(): Promise<void> {
    await ask(this.standby.server.url, 'SELECT pg_promote(true, 30)');
  }

  /** When all that was committed at the primary can be read at the standby. */
  async caughtUp(): Promise<void> {
    const sql = `SELECT 1 FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()`;
    await eventually(async () => (await ask(this.primary.server.url, sql)).length > 0);
  }

  async stop(): Promise<void> {
    for (const { cable, server, dir } of [this.standby, this.primary]) {
      cable.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

/** A base backup by hand: npm brings no pg_basebackup along. */
async function copyOf(primary: EmbeddedPostgres, to: string): Promise<void> {
  const client = new Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    // With owners and times, and without what only the running server has.
    const data = path.join(primary.dir, 'data');
    const { status, stderr } = spawnSync('cp', ['-a', data, to], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the data folder cannot be copied: ${stderr}`);
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(path.join(to, name), { force: true });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    const from = `host=${primary.socketDir} port=${primary.port} user=${primary.user} application_name=standby`;
    const { uid, gid } = statSync(data);
    for (const [name, text] of [
      ['backup_label', rows[0]?.labelfile ?? ''],
      ['standby.signal', ''],
      ['postgresql.auto.conf', `primary_conninfo = '${from}'\n`],
    ] as const) {
      writeFileSync(path.join(to, name), text);
      chownSync(path.join(to, name), uid, gid);
    }
  } finally {
    await client.end();
  }
}
