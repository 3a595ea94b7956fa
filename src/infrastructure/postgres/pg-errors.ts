import { DatabaseError } from 'pg';
import { DomainError, type Effect, Unavailable } from '../../domain/shared/domain-error';
import { errorCode, errorText } from '../system/files';

/**
 * Classes of SQLSTATE that describe the server's condition, not the statement (PostgreSQL manual, appendix A). 25006: a
 * read-only server, such as one that is no longer the primary; 40: a conflict with another transaction.
 */
const CONDITION = /^(08|25006|40|53|55|57|58)/;
const NETWORK =
  /^(ECONN|ENOENT|ENOTFOUND|ENOTCONN|ETIMEDOUT|EPIPE|EHOST|ENET|EAI_|ERR_STREAM_|ERR_SOCKET_|ERR_TLS_|ERR_SSL_)/;
/** These certainly abort the transaction; only 40003 leaves that open. */
const ROLLED_BACK = /^(40(?!003)|25006|55P03)/;
const WORDS =
  /Connection terminated|Query runner already released|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Query read timeout|Cannot use a pool after/i;

export const driverErrorOf = (error: unknown): unknown =>
  error instanceof Error && 'driverError' in error ? error.driverError : error;

/** Whether the statement itself was refused, so that it certainly did not take place. */
export const isRefusal = (error: unknown): boolean => {
  const cause = driverErrorOf(error);
  return cause instanceof DatabaseError && (!CONDITION.test(cause.code ?? '') || ROLLED_BACK.test(cause.code ?? ''));
};

/**
 * The error as the rest of the program knows it: a database that is away, full or busy becomes `database.unavailable`
 * with the given effect; any other error (a bug, a refusal of the domain) stays unchanged.
 */
export function unavailable(error: unknown, effect: Effect): unknown {
  if (error instanceof DomainError) return error;
  const cause = driverErrorOf(error);
  const code = errorCode(cause);
  const away = CONDITION.test(code) || NETWORK.test(code) || WORDS.test(errorText(cause));
  if (!away) return error;
  const message =
    effect === 'unknown'
      ? 'The database went away while the change was being stored: read before you try again.'
      : 'The database cannot be used right now; nothing was changed. Try again.';
  return new Unavailable('database.unavailable', message, effect, error);
}
