import type { Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import type { CallContext } from '../../application/shared/call-context';
import type { Mutation } from '../../application/shared/gate';
import { READS, callerIfKnown, clientAddress } from './auth';
import type { Handler } from './metered';
import type { Operation } from './operation';
import { problemOf } from './problem';
import { requestIdOf } from './request-id';

/** What becomes known about a call while it is served. */
export interface Progress {
  input?: object;
  context?: CallContext;
}

type Audit = (mutation: Mutation) => void;

/** Status for a client that left before its answer. */
const CLIENT_CLOSED = 499;
const LONGEST_PATH = 200;

const noted = new WeakSet<IncomingMessage>();
/** Operations of the requests that reached one. */
const operations = new WeakMap<IncomingMessage, Operation>();

/** Records which operation a request is for, before its body is read. */
export const rememberOperation = (req: Request, operation: Operation): void => void operations.set(req, operation);

/**
 * Records every attempt to change something that reached no operation: without a valid token, with a body that is too
 * large or incomplete, or on an unknown path.
 */
export const attempts = (audit: Audit) => (req: Request, res: Response, next: () => void) => {
  if (READS.has(req.method)) return next();
  const path = req.originalUrl.split('?', 1)[0]?.slice(0, LONGEST_PATH);
  res.once('close', () => {
    const operation = operations.get(req);
    if (noted.has(req) || operation?.effect === 'read') return;
    const status = res.writableFinished ? res.statusCode : CLIENT_CLOSED;
    note(req, res, audit, {
      operation: operation?.id ?? 'request.refused',
      status,
      attempt: true,
      input: { method: req.method, path },
    });
  });
  next();
};

/**
 * The same handler, which records in the audit trail how each call ended: not when its connection closes, because a
 * client may leave before its change is made.
 */
export const audited =
  (
    operation: Operation,
    audit: Audit,
    handler: (req: Request, res: Response, progress: Progress) => Promise<void>,
  ): Handler =>
  async (req, res) => {
    const progress: Progress = {};
    // Marked at once: there will be an entry, whatever becomes of the connection.
    noted.add(req);
    try {
      await handler(req, res, progress);
    } catch (error) {
      recordAudit(operation, audit, [req, res], problemOf(error, '').status, progress);
      throw error;
    }
    recordAudit(operation, audit, [req, res], 200, progress);
  };

export function recordAudit(
  { id, effect }: Operation,
  audit: Audit | undefined,
  [req, res]: readonly [Request, Response],
  status: number,
  { input, context }: Progress = {},
): void {
  if (effect !== 'write' || !audit) return;
  note(req, res, audit, {
    operation: id,
    status,
    ...(input ? { input } : {}),
    ...(context?.changed ? { changed: context.changed } : {}),
  });
}

type Known = Pick<Mutation, 'operation' | 'status' | 'input' | 'changed' | 'attempt'>;

function note(req: Request, res: Response, audit: Audit, known: Known): void {
  noted.add(req);
  const caller = callerIfKnown(req);
  audit({ ...known, ...(caller ? { caller } : {}), requestId: requestIdOf(res), address: clientAddress(req) });
}
