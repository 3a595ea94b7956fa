import { STATUS_CODES } from 'node:http';
import { DomainError } from '../../domain/shared/domain-error';
import type { Params } from '../../domain/shared/fault';
import type { ErrorCode, ErrorKind, RequestErrorCode } from '../../domain/shared/error-codes';

export type Location = 'path' | 'query' | 'body';

/** One fault of a request, in the format of the old backend. */
export interface RequestFault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
  readonly suggestion?: string;
  readonly params?: Params;
}

/** A request that never reached an operation. */
export class RequestError extends Error {
  constructor(
    readonly status: 400 | 404 | 405 | 408 | 413 | 415 | 422 | 431,
    readonly code: RequestErrorCode,
    message: string,
    readonly errors: readonly RequestFault[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

export const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'source-failed': 502,
  'source-silent': 504,
  stale: 412,
  throttled: 429,
  unavailable: 503,
  timeout: 504,
};

const RETRY_AFTER_SECONDS = '2';
/** The most faults in an answer; its text says how many more there are. */
const MOST_FAULTS = 100;

/** An answer that says what went wrong, https://www.rfc-editor.org/rfc/rfc9457. */
interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether the error was unforeseen: the log gets all of it, the client nothing. */
  readonly unexpected: boolean;
}

export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof DomainError) return fromDomain(error, requestId);
  if (error instanceof RequestError) {
    const { status, code, message, errors, headers } = error;
    return problem(status, code, message, requestId, errors.length > 0 ? { errors } : {}, headers);
  }
  const status = statusOf(error);
  if (status === 413)
    return problem(413, 'request.too_large', 'The body is larger than this operation takes.', requestId);
  if (status) return problem(status, 'request.invalid', 'The request could not be read.', requestId);
  const detail = `This is a fault of the service. Its log says more under request ${requestId}.`;
  return { ...problem(500, 'internal', detail, requestId), unexpected: true };
}

function fromDomain({ kind, code, message, details }: DomainError, requestId: string): Problem {
  const errors = details.faults?.slice(0, MOST_FAULTS).map(
    ({ path, message: msg, type, suggestion, params }): RequestFault => ({
      loc: ['body', ...path],
      msg,
      type,
      ...(suggestion ? { suggestion } : {}),
      ...(params ? { params } : {}),
    }),
  );
  const retry = kind === 'unavailable' || kind === 'timeout';
  const headers = { ...(retry ? { 'retry-after': RETRY_AFTER_SECONDS } : {}), ...details.headers };
  const { params, extra } = details;
  const more = { ...(params ? { params } : {}), ...(errors ? { errors } : {}), ...extra };
  return problem(STATUS[kind], code, message, requestId, more, headers);
}

function problem(
  status: number,
  code: ErrorCode | RequestErrorCode,
  detail: string,
  requestId: string,
  extra: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, detail, code, request_id: requestId, ...extra };
  return { status, headers, body, unexpected: false };
}

/** The 4xx status that express and its body parser put on their errors. */
function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
