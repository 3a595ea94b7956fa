import { ERRORS, type ErrorCode, type ErrorKind } from './error-codes';
import type { Fault, Params } from './fault';

/** What a failed write left behind; only the first two allow another attempt at the same write. */
export type Effect = 'not-started' | 'rolled-back' | 'unknown' | 'committed';

interface Details {
  readonly faults?: readonly Fault[];
  /** The values that the message names, for clients that say it in another language. */
  readonly params?: Params;
  /** Further members of the problem document, already free of secrets. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Further headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal or failure that is reported to the caller; the table of codes gives its kind. */
export class DomainError extends Error {
  readonly kind: ErrorKind;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Details = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = ERRORS[code].kind;
    this.name = 'DomainError';
  }
}

/** Throws `invalid` with every fault, if there is one; the message is that of the first. */
export function refuseFaults(code: ErrorCode, faults: readonly Fault[]): void {
  const first = faults[0];
  if (!first) return;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  throw new DomainError(code, `${first.path.join('.')}: ${first.message}${more}`, { faults });
}

/** A dependency of this service failed. `effect` says what became of a write. */
export class Unavailable extends DomainError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly effect: Effect,
    cause?: unknown,
    params?: Params,
  ) {
    super(code, message, { cause, ...(params ? { params } : {}) });
    this.name = 'Unavailable';
  }
}

/** An answer is a result like any other (404, 409, 400 …); the rest are failures of the path that produced them. */
export const isAnswer = (error: unknown): error is DomainError =>
  error instanceof DomainError && error.kind !== 'unavailable' && error.kind !== 'timeout';

const effects = new WeakMap<object, Effect>();

/** Records what a failed write left behind, where the error itself does not say. */
export function withEffect(error: unknown, effect: Effect): unknown {
  if (typeof error === 'object' && error !== null && effectOf(error) === undefined) effects.set(error, effect);
  return error;
}

/** What a failed write left behind; undefined when unknown. */
export function effectOf(error: unknown): Effect | undefined {
  if (error instanceof Unavailable) return error.effect;
  return typeof error === 'object' && error !== null ? effects.get(error) : undefined;
}
