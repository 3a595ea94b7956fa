import { DatabaseError } from 'pg';
import { DomainError, type Effect, Unavailable } from '../../domain/shared/domain-error';
import { errorCode, errorText } from '../system/files';

/**
 * Classes of SQLSTATE that speak of the server's condition, not of the statement (PostgreSQL manual, appendix A).
 * 25006: a server that is only read from, such as one that is no longer the primary; 40: the work of another came between.
 */
const CONDITION = /^(08|25006|40|53|55|57|58)/;
const NETWORK =
  /^(ECONN|ENOENT|ENOTFOUND|ENOTCONN|ETIMEDOUT|EPIPE|EHOST|ENET|EAI_|ERR_STREAM_|ERR_SOCKET_|ERR_TLS_|ERR_SSL_)/;
/** They abort the transaction for certain; 40003 alone does not say. */
const ROLLED_BACK = /^(40(?!003)|25006|55P03)/;
const WORDS =
  /Connection terminated|Query runner already released|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Query read timeout|Cannot use a pool after/i;

export const driverErrorOf = (error: unknown): unknown =>
  error instanceof Error && 'driverError' in error ? error.driverError : error;

/** Whether the statement itself was refused, which says for certain that it did not take place. */
export const isRefusal = (error: unknown): boolean => {
  const cause = driverErrorOf(error);
  return cause instanceof DatabaseError && (!CONDITION.test(cause.code ?? '') || ROLLED_BACK.test(cause.code ?? ''));
};

/**
 * The error as the rest of the program knows it: a database that is away, full or busy becomes `database.unavailable`
 * with the given effect; anything else (a bug, a refusal of the domain) stays what it is.
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
