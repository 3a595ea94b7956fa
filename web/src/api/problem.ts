import type { Fault, Problem } from './generated';

/** The service refused, and says why. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly faults: readonly Fault[];
  /** All of the answer: some carry more than every problem has. */
  readonly body: Partial<Problem> & Readonly<Record<string, unknown>>;

  constructor(status: number, body: Partial<Problem> & Readonly<Record<string, unknown>>) {
    super(body.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? '';
    this.requestId = body.request_id ?? '';
    this.faults = body.errors ?? [];
    this.body = body;
  }
}

/** Nothing answered: the service, the network or the VPN is down. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export const isProblem = (error: unknown, status?: number): error is ApiProblem =>
  error instanceof ApiProblem && (status === undefined || error.status === status);
