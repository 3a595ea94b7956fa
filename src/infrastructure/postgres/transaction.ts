import { withEffect } from '../../domain/shared/domain-error';
import type { Database } from './database';
import { isRefusal, unavailable } from './pg-errors';
import { type Queryable, queryableOf } from './queryable';

/** Runs `work` in one transaction and commits. Whatever it throws says what became of the changes. */
export async function inTransaction<T>(database: Database, work: (sql: Queryable) => Promise<T>): Promise<T> {
  const runner = database.writes.createQueryRunner();
  try {
    let done: T;
    try {
      await runner.startTransaction();
      done = await work(queryableOf(runner));
    } catch (error) {
      // A connection that is gone cannot roll back, and need not: the server aborts what never saw COMMIT.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw withEffect(unavailable(error, 'rolled-back'), 'rolled-back');
    }
    try {
      await runner.commitTransaction();
    } catch (error) {
      throw isRefusal(error) ? withEffect(error, 'rolled-back') : unavailable(error, 'unknown');
    }
    return done;
  } finally {
    await runner.release();
  }
}
