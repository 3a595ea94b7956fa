import type { Request, Response } from 'express';
import type { CallContext } from '../../application/shared/call-context';
import type { Mutation } from '../../application/shared/gate';
import { addressOf, callerOf } from './auth';
import type { Operation } from './operation';
import { problemOf } from './problem';
import { requestIdOf } from './request-id';

/** What was found out about a call while it was served. */
export interface Progress {
  input?: object;
  context?: CallContext;
}

type Audit = (mutation: Mutation) => void;

/**
 * Runs a call and tells the audit trail how it ended, if it was to change something: not when its connection closes,
 * for a client may leave before its change is made.
 */
export async function audited(
  operation: Operation,
  audit: Audit | undefined,
  [req, res]: readonly [Request, Response],
  run: (progress: Progress) => Promise<void>,
): Promise<void> {
  const progress: Progress = {};
  try {
    await run(progress);
    tell(operation, audit, [req, res], 200, progress);
  } catch (error) {
    tell(operation, audit, [req, res], problemOf(error, '').status, progress);
    throw error;
  }
}

export function tell(
  { id, effect }: Operation,
  audit: Audit | undefined,
  [req, res]: readonly [Request, Response],
  status: number,
  { input, context }: Progress = {},
): void {
  if (effect !== 'write' || !audit) return;
  audit({
    operation: id,
    caller: callerOf(req),
    requestId: requestIdOf(res),
    address: addressOf(req.socket.remoteAddress),
    status,
    ...(input ? { input } : {}),
    ...(context?.changed ? { changed: context.changed } : {}),
  });
}
