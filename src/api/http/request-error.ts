export type Location = 'path' | 'query' | 'body';

/** One fault of a request, in the old backend's words. */
export interface LocatedFault {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
  readonly suggestion?: string;
}

/** A request that never reached an operation. */
export class RequestError extends Error {
  constructor(
    readonly status: 400 | 404 | 405 | 408 | 413 | 415 | 422 | 431,
    readonly code: string,
    message: string,
    readonly errors: readonly LocatedFault[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'RequestError';
  }
}
