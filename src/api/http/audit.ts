import type { Request, Response } from 'express';
import type { CallContext } from '../../application/shared/call-context';
import type { Mutation } from '../../application/shared/gate';
import { addressOf, callerOf } from './auth';
import type { Handler } from './metered';
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
 * The same handler, which tells the audit trail how each call ended: not when its connection closes, for a client may
 * leave before its change is made.
 */
export const audited =
  (
    operation: Operation,
    audit: Audit,
    handler: (req: Request, res: Response, progress: Progress) => Promise<void>,
  ): Handler =>
  async (req, res) => {
    const progress: Progress = {};
    try {
      await handler(req, res, progress);
    } catch (error) {
      tell(operation, audit, [req, res], problemOf(error, '').status, progress);
      throw error;
    }
    tell(operation, audit, [req, res], 200, progress);
  };

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
