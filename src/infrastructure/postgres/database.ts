import { Pool, type PoolConfig } from 'pg';
import { DataSource } from 'typeorm';
import { Cameras1763700000000 } from '../../../migrations/1763700000000-cameras';
import { Rollout1763800000000 } from '../../../migrations/1763800000000-rollout';
import { CameraControl1763900000000 } from '../../../migrations/1763900000000-camera-control';
import { Events1764000000000 } from '../../../migrations/1764000000000-events';
import { ControlRequests1764050000000 } from '../../../migrations/1764050000000-control-requests';
import { Alerts1764100000000 } from '../../../migrations/1764100000000-alerts';
import { Access1764200000000 } from '../../../migrations/1764200000000-access';
import { Metrics1764300000000 } from '../../../migrations/1764300000000-metrics';
import { Import1764400000000 } from '../../../migrations/1764400000000-import';
import { SiteWatch1764500000000 } from '../../../migrations/1764500000000-site-watch';
import { RolloutEvidence1764550000000 } from '../../../migrations/1764550000000-rollout-evidence';
import { Reliability1764600000000 } from '../../../migrations/1764600000000-reliability';
import { Security1764700000000 } from '../../../migrations/1764700000000-security';
import { Sessions1764910000000 } from '../../../migrations/1764910000000-sessions';
import { Live1764920000000 } from '../../../migrations/1764920000000-live';
import { ViolationQueue1764930000000 } from '../../../migrations/1764930000000-violation-queue';
import { Console1764940000000 } from '../../../migrations/1764940000000-console';
import { RevisionDeltas1764950000000 } from '../../../migrations/1764950000000-revision-deltas';
import { Nodes1764960000000 } from '../../../migrations/1764960000000-nodes';
import { Wake1764800000000 } from '../../../migrations/1764800000000-wake';
import { Regions1764900000000 } from '../../../migrations/1764900000000-regions';
import { CAMERA_TABLE, REGION_TABLE } from './entry-tables';
import { type Effect, Unavailable } from '../../domain/shared/domain-error';
import { databaseHosts } from '../system/database-hosts';
import { hasCode } from '../system/files';
import { DatabaseWatch } from './database-watch';
import { driverErrorOf, unavailable } from './pg-errors';
import { refuseTransactionPooler, statementName } from './pg-session';
import type { Queryable } from './queryable';
import { SiteClient } from './site-client';
import { inTransaction } from './transactions';

const UNDEFINED_TABLE = '42P01';
const LOCK_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 3_000;
/**
 * Connections that hold a lock while others work: one for the configuration, and one for each task that runs `alone`.
 */
const LOCK_HOLDERS = 4;
const WRITERS = 4;
/** A suspended process that holds the site's lock loses it after this long. */
const IDLE_SESSION_TIMEOUT_MS = 60_000;

const limits = [
  `-c lock_timeout=${LOCK_TIMEOUT_MS}`,
  `-c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
  `-c idle_session_timeout=${IDLE_SESSION_TIMEOUT_MS}`,
  `-c idle_in_transaction_session_timeout=${IDLE_SESSION_TIMEOUT_MS}`,
  '-c timezone=UTC',
].join(' ');

const MIGRATIONS = [
  Cameras1763700000000,
  Rollout1763800000000,
  CameraControl1763900000000,
  Events1764000000000,
  ControlRequests1764050000000,
  Alerts1764100000000,
  Access1764200000000,
  Metrics1764300000000,
  Import1764400000000,
  SiteWatch1764500000000,
  RolloutEvidence1764550000000,
  Reliability1764600000000,
  Security1764700000000,
  Wake1764800000000,
  Regions1764900000000,
  Sessions1764910000000,
  Live1764920000000,
  ViolationQueue1764930000000,
  Console1764940000000,
  RevisionDeltas1764950000000,
  Nodes1764960000000,
];

/** The connections of this process: a small TypeORM pool that writes, a pool for plain SQL that reads. */
export class Database implements Queryable {
  readonly writes: DataSource;
  private readonly reads: Pool;
  private readonly watch: DatabaseWatch;

  private closing = false;

  constructor(
    private readonly url: string,
    whenLost: (error: Error) => void,
  ) {
    // A server that ends right after this process has closed its connections is not reported.
    const onLost = (error: Error) => {
      if (!this.closing) whenLost(error);
    };
    this.watch = new DatabaseWatch(url);
    const common: PoolConfig & { readonly Client: typeof SiteClient } = {
      Client: SiteClient,
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_SESSION_TIMEOUT_MS / 2,
      options: limits,
      application_name: 'watchgate',
    };
    this.reads = new Pool({ ...common, max: 8 });
    this.reads.on('error', onLost);
    this.writes = new DataSource({
      type: 'postgres',
      // It takes URLs apart that have one host; the connections are made by `connectionString`.
      url: databaseHosts(url)[0] ?? url,
      extra: { ...common, max: LOCK_HOLDERS + WRITERS },
      poolErrorHandler: onLost,
      entities: [CAMERA_TABLE.schema, REGION_TABLE.schema],
      migrations: MIGRATIONS,
      migrationsTransactionMode: 'all',
    });
  }

  /** Connects and migrates the schema; two processes that start together do it one after the other. */
  async open(): Promise<void> {
    await refuseTransactionPooler(this.url);
    await this.writes.initialize();
    const runner = this.writes.createQueryRunner();
    try {
      await runner.query(`SELECT pg_advisory_lock(hashtext('watchgate.migrations'))`);
      await this.refuseLaterSchema();
      await this.writes.runMigrations();
      await this.watch.start();
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(hashtext('watchgate.migrations'))`);
      await runner.release();
    }
  }

  /** The schema of a later version of this program is unknown here, and so is what that version expects of it. */
  private async refuseLaterSchema(): Promise<void> {
    const done = await this.writes.query<{ name: string }[]>('SELECT name FROM migrations').catch((error: unknown) => {
      if (hasCode(driverErrorOf(error), UNDEFINED_TABLE)) return [];
      throw error;
    });
    const known = new Set(this.writes.migrations.map(({ name, constructor }) => name ?? constructor.name));
    const later = done.map(({ name }) => name).filter((name) => !known.has(name));
    if (later.length === 0) return;
    throw new Error(
      `it was brought up to date by a later version of this program (${later.join(', ')}). ` +
        'Start that version, or restore a backup that was made before',
    );
  }

  /** The time of the database, which all services of a site share. */
  now(): Date {
    return this.watch.now();
  }

  /** Milliseconds by which the clock of this machine is ahead of that of the database. */
  clockDifference(): number {
    return Date.now() - this.watch.now().getTime();
  }

  /** The database answered on a connection outside these pools. */
  answered(): void {
    this.watch.answered();
  }

  /** The time of the database was read on a connection outside these pools. */
  isSoLate(now: number, sent: number, received: number): void {
    this.watch.isSoLate(now, sent, received);
  }

  /** Throws while the database is away. */
  refuseWhileAway(): void {
    this.watch.refuseWhileAway();
  }

  /** Throws unless the database answers and has every migration that this program knows. */
  async ready(): Promise<void> {
    const [row] = await this.query<{ done: number }>('SELECT count(*)::int AS done FROM migrations', []);
    if ((row?.done ?? 0) >= this.writes.migrations.length) return;
    throw new Unavailable('database.migrating', 'The database is being brought up to date.', 'not-started');
  }

  /** Reads outside any transaction. Throws `database.unavailable` when the database cannot answer. */
  async query<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.read<Row>('not-started', sql, values);
    } catch (error) {
      throw unavailable(error, 'not-started');
    }
  }

  /** One statement that changes something. If the database went away, it is unknown whether it took place. */
  async execute<Row>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.read<Row>('unknown', sql, values);
    } catch (error) {
      throw unavailable(error, 'unknown');
    }
  }

  private read<Row>(effect: Effect, sql: string, values: readonly unknown[]): Promise<Row[]> {
    return this.watch.guard(effect, async () => {
      const name = statementName(sql);
      const named = { ...(name === undefined ? {} : { name }), text: sql, values: [...values] };
      return (await this.reads.query<Row & object>(named)).rows;
    });
  }

  /** Does some work in one transaction: all of it, or, when it throws, nothing. The work may run more than once. */
  async transaction<T>(work: (sql: Queryable) => Promise<T>): Promise<T> {
    this.watch.refuseWhileAway();
    const runner = this.writes.createQueryRunner();
    try {
      return await inTransaction(runner, work);
    } finally {
      await runner.release();
    }
  }

  /** Whether callers wait for a connection of the read pool. */
  get hasWaitingReaders(): boolean {
    return this.reads.waitingCount > 0;
  }

  /** Runs a task unless another process is running one of the same name. */
  async tryExclusively(name: string, task: () => Promise<void>): Promise<void> {
    const runner = this.writes.createQueryRunner();
    try {
      const [row] = (await runner.query('SELECT pg_try_advisory_lock(hashtext($1)) AS mine', [name])) as {
        mine: boolean;
      }[];
      if (!row?.mine) return;
      try {
        await task();
      } finally {
        await runner.query('SELECT pg_advisory_unlock(hashtext($1))', [name]);
      }
    } finally {
      await runner.release();
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.watch.stop();
    await this.reads.end();
    if (this.writes.isInitialized) await this.writes.destroy();
  }
}
