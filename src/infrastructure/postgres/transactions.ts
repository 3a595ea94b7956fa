import type { QueryRunner } from 'typeorm';
import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable, withEffect } from '../../domain/shared/domain-error';
import { errorCode } from '../system/files';
import { driverErrorOf, isRefusal, unavailable } from './pg-errors';
import { type Queryable, queryableOf } from './queryable';

/** Serialization failure, deadlock, a lock that was not free: a retry finds the other transactions finished. */
const AGAIN = new Set(['40001', '40P01', '55P03']);
const TRIES = 5;
const FIRST_PAUSE_MS = 10;
/** No attempt begins later than this after the first. */
const AGAIN_WITHIN_MS = 3_000;

/**
 * Does some work in one transaction: all of it, or, when it throws, nothing. Its error says what was left behind. After
 * a conflict with another transaction the work is repeated from its beginning, after a random pause.
 */
export async function inTransaction<T>(runner: QueryRunner, work: (sql: Queryable) => Promise<T>): Promise<T> {
  const begun = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await once(runner, work);
    } catch (error) {
      const met = AGAIN.has(errorCode(driverErrorOf(error instanceof Unavailable ? error.cause : error)));
      if (!met || tries === TRIES || performance.now() - begun > AGAIN_WITHIN_MS) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** tries * Math.random());
    }
  }
}

/** What the database refuses now and later: bad values, broken constraints, limits. */
const REFUSED = /^(22|23|54)/;

/**
 * Stores all at once; if the database refuses that, one by one, so that a refused one holds up no other. Answers the
 * refused ones. In the transaction of the caller.
 */
export async function allOrEach<T>(
  sql: Queryable,
  items: readonly T[],
  store: (some: readonly T[]) => Promise<unknown>,
): Promise<readonly { readonly item: T; readonly error: unknown }[]> {
  if (items.length === 0) return [];
  const whole = await attempt(sql, () => store(items));
  if (whole === undefined) return [];
  const refused: { item: T; error: unknown }[] = [];
  for (const item of items) {
    const error = await attempt(sql, () => store([item]));
    if (error !== undefined) refused.push({ item, error });
  }
  return refused;
}

/** The refusal, if it was refused. */
async function attempt(sql: Queryable, store: () => Promise<unknown>): Promise<unknown> {
  await sql.execute('SAVEPOINT attempt', []);
  try {
    await store();
    return undefined;
  } catch (error) {
    if (!REFUSED.test(errorCode(driverErrorOf(error)))) throw error;
    await sql.execute('ROLLBACK TO SAVEPOINT attempt', []);
    return error;
  }
}

async function once<T>(runner: QueryRunner, work: (sql: Queryable) => Promise<T>): Promise<T> {
  let ending = false;
  try {
    await runner.startTransaction();
    const result = await work(queryableOf(runner));
    ending = true;
    await runner.commitTransaction();
    return result;
  } catch (error) {
    // A lost connection cannot roll back, and need not: the server aborts a transaction without a COMMIT.
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    if (ending && !isRefusal(error)) throw unavailable(error, 'unknown');
    throw withEffect(unavailable(error, 'rolled-back'), 'rolled-back');
  }
}
