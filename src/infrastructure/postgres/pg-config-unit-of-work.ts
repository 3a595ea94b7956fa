import type { EntityManager, QueryRunner } from 'typeorm';
import type { ConfigNoun } from '../../application/shared/config-file';
import type { ConfigTables, ConfigUnitOfWork, LockedSite } from '../../application/shared/config-unit-of-work';
import type { OnStep } from '../../application/shared/configuration-publication';
import type { Log } from '../../application/shared/log';
import { withEffect } from '../../domain/shared/domain-error';
import type { Database } from './database';
import { unavailable } from './pg-errors';
import type { FileCopy } from './pg-revisions';
import { type Queryable, queryableOf } from './queryable';
import { inTransaction } from './transactions';

/** What a configuration has of its own in the database. */
export interface ConfigStore<E> {
  /** Names the lock, for all services of the site. */
  readonly noun: ConfigNoun;
  /** With a manager: what may write. */
  tables(sql: Queryable, manager?: EntityManager, copy?: () => FileCopy): ConfigTables<E>;
}

/**
 * The site's lock is a session-level advisory lock: it is held across the COMMIT and the rename of the file, and it
 * ends with its process. Within this process callers queue first, so that waiting takes one connection, not all of
 * them.
 */
export class PgConfigUnitOfWork<E> implements ConfigUnitOfWork<E> {
  private last: Promise<unknown> = Promise.resolve();
  private readonly lockName: string;

  constructor(
    private readonly store: ConfigStore<E>,
    private readonly database: Database,
    private readonly log: Log,
    private readonly onStep: OnStep,
    /** The copy of the file that this service keeps; absent: the only one. */
    private readonly copy?: () => FileCopy,
  ) {
    this.lockName = `watchgate.${store.noun}_config`;
  }

  exclusively<T>(work: (site: LockedSite<E>) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => this.locked(work));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async locked<T>(work: (site: LockedSite<E>) => Promise<T>): Promise<T> {
    this.database.refuseWhileAway();
    const runner = this.database.writes.createQueryRunner();
    try {
      await this.onStep('lock.before');
      await this.lock(runner);
      await this.onStep('lock.after');
      const sql = queryableOf(runner);
      return await work({
        ...this.store.tables(sql, undefined, this.copy),
        commit: (change) => this.commit(runner, change),
      });
    } catch (error) {
      throw unavailable(error, 'not-started');
    } finally {
      await this.unlock(runner);
    }
  }

  private async lock(runner: QueryRunner): Promise<void> {
    try {
      await runner.query('SELECT pg_advisory_lock(hashtext($1))', [this.lockName]);
    } catch (error) {
      throw unavailable(error, 'not-started');
    }
  }

  /** A connection whose unlock failed must not go back to the pool: it might still hold the lock. */
  private async unlock(runner: QueryRunner): Promise<void> {
    try {
      await this.onStep('unlock.before');
      await runner.query('SELECT pg_advisory_unlock(hashtext($1))', [this.lockName]);
      await this.onStep('unlock.after');
    } catch (error) {
      this.log.warn('the connection that held the site lock is given up', { error });
      const connection = (await runner.connect().catch(() => undefined)) as { end(): Promise<void> } | undefined;
      await connection?.end().catch((ended: unknown) => this.log.warn('it was gone already', { error: ended }));
    }
    await runner.release();
  }

  private async commit(runner: QueryRunner, change: (tables: ConfigTables<E>) => Promise<void>): Promise<void> {
    await inTransaction(runner, async (sql) => {
      await this.onStep('transaction.begun');
      await change(this.store.tables(sql, runner.manager, this.copy));
      await this.onStep('commit.before');
    });
    try {
      await this.onStep('commit.after');
    } catch (error) {
      throw withEffect(error, 'committed');
    }
  }
}
