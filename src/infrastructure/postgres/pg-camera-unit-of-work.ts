import type { QueryRunner } from 'typeorm';
import type { CameraTables, CameraUnitOfWork, LockedSite } from '../../application/cameras/camera-unit-of-work';
import type { OnStep } from '../../application/cameras/configuration-publication';
import type { Log } from '../../application/shared/log';
import { withEffect } from '../../domain/shared/domain-error';
import type { Database } from './database';
import { PgCameras } from './pg-cameras';
import { unavailable } from './pg-errors';
import { PgRevisions } from './pg-revisions';
import { type Queryable, queryableOf } from './queryable';
import { inTransaction } from './transactions';

const LOCK = `hashtext('watchgate.camera_config')`;

/**
 * The site's lock is a session-level advisory lock: it is held across the COMMIT and the rename of the file, and it
 * ends with its process. Within this process callers queue first, so that waiting takes one connection, not all of
 * them.
 */
export class PgCameraUnitOfWork implements CameraUnitOfWork {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
    private readonly onStep: OnStep,
  ) {}

  exclusively<T>(work: (site: LockedSite) => Promise<T>): Promise<T> {
    const turn = this.last.then(() => this.locked(work));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async locked<T>(work: (site: LockedSite) => Promise<T>): Promise<T> {
    this.database.refuseWhileAway();
    const runner = this.database.writes.createQueryRunner();
    try {
      await this.onStep('lock.before');
      await this.lock(runner);
      await this.onStep('lock.after');
      const sql = queryableOf(runner);
      return await work({ ...tables(sql), commit: (change) => this.commit(runner, change) });
    } catch (error) {
      throw unavailable(error, 'not-started');
    } finally {
      await this.unlock(runner);
    }
  }

  private async lock(runner: QueryRunner): Promise<void> {
    try {
      await runner.query(`SELECT pg_advisory_lock(${LOCK})`);
    } catch (error) {
      throw unavailable(error, 'not-started');
    }
  }

  /** A connection whose unlock failed must not go back to the pool: it might still hold the lock. */
  private async unlock(runner: QueryRunner): Promise<void> {
    try {
      await this.onStep('unlock.before');
      await runner.query(`SELECT pg_advisory_unlock(${LOCK})`);
      await this.onStep('unlock.after');
    } catch (error) {
      this.log.warn('the connection that held the site lock is given up', { error });
      const connection = (await runner.connect().catch(() => undefined)) as { end(): Promise<void> } | undefined;
      await connection?.end().catch((ended: unknown) => this.log.warn('it was gone already', { error: ended }));
    }
    await runner.release();
  }

  private async commit(runner: QueryRunner, change: (tables: CameraTables) => Promise<void>): Promise<void> {
    await inTransaction(runner, async (sql) => {
      await this.onStep('transaction.begun');
      await change(tables(sql, runner));
      await this.onStep('commit.before');
    });
    try {
      await this.onStep('commit.after');
    } catch (error) {
      throw withEffect(error, 'committed');
    }
  }
}

const tables = (sql: Queryable, runner?: QueryRunner): CameraTables => ({
  cameras: new PgCameras(sql, runner?.manager),
  revisions: new PgRevisions(sql),
});
