import { type Request, type Response, type Router, raw } from 'express';
import type { Call, OperationRouter } from '../../application/rollout/operation-router';
import { type CallContext, runInCall } from '../../application/shared/call-context';
import type { Gate, Mutation } from '../../application/shared/gate';
import type { Log } from '../../application/shared/log';
import { Media } from '../../application/shared/media';
import { type Progress, audited, recordAudit, rememberOperation } from './audit';
import { authorizeOperation, callerOf, clientOfRequest, sessionCookie } from './auth';
import { type Handler, type Meter, metered } from './metered';
import { refuseMethod } from './only-get';
import type { Operation, Operations } from './operation';
import { RequestError, type RequestFault, problemOf } from './problem';
import { forceOf, rawInput, readInput } from './read-input';
import { requestIdOf } from './request-id';
import { sendJson, sendMedia } from './send';

export interface MountOptions {
  readonly log: Log;
  readonly gate: Gate;
  /** Called for every call that was to change something, with its outcome. */
  readonly audit?: (mutation: Mutation) => void;
  /** For tests, which check every answer: an answer that its row does not describe is an error. */
  readonly checkAnswer?: (operation: Operation, answer: unknown) => void;
  readonly meter?: Meter;
}

/** An operation and its implementation. */
export interface Mounted {
  readonly operation: Operation;
  readonly call: Call;
}

/** The operations of a port that has one implementation. */
export const mounted = <P extends object>(operations: Operations<P>, port: P): Mounted[] =>
  Object.values<Operation<P>>(operations).map((operation) => ({
    operation,
    call: (input) => operation.call(port, input),
  }));

/** The operations of a port that has two: for each call the router decides between them. */
export const switched = <P extends object>(
  operations: Operations<P>,
  router: OperationRouter,
  { domain, legacy }: { readonly domain: P; readonly legacy: P },
): Mounted[] =>
  Object.values<Operation<P>>(operations).map((operation) => ({
    operation,
    call: router.between(
      operation,
      (input) => operation.call(domain, input),
      (input) => operation.call(legacy, input),
    ),
  }));

/** Gives every operation its route. A path's fixed segments win over parameters, whatever the order of the rows. */
export function mount(router: Router, all: readonly Mounted[], options: MountOptions): void {
  const routes = all.toSorted((a, b) => (specificity(a.operation.path) < specificity(b.operation.path) ? -1 : 1));
  for (const mounted of routes) {
    const { operation } = mounted;
    const plain = (req: Request, res: Response, call: Progress) => serve(mounted, req, res, options, call);
    const handle: Handler =
      options.audit && operation.effect === 'write'
        ? audited(operation, options.audit, plain)
        : (req, res) => plain(req, res, {});
    const handler = options.meter ? metered(operation.id, handle, options.meter) : handle;
    const path = expressPath(operation.path);
    const guard = allowed(operation, options);
    if (operation.verb === 'GET') router.get(path, guard, handler);
    else router[lower(operation.verb)](path, guard, raw({ type: () => true, limit: operation.bodyLimit }), handler);
  }
  refuseOtherVerbs(
    router,
    routes.map((r) => r.operation),
  );
}

/**
 * Before the body is read: a caller without the right role learns nothing of an operation, not even which ids exist. A
 * change that is refused here is recorded in the audit trail, too.
 */
function allowed(operation: Operation, { audit }: MountOptions) {
  return (req: Request, res: Response, next: () => void) => {
    rememberOperation(req, operation);
    try {
      authorizeOperation(req, operation);
    } catch (error) {
      recordAudit(operation, audit, [req, res], 403);
      throw error;
    }
    next();
  };
}

async function serve(
  { operation, call: perform }: Mounted,
  req: Request,
  res: Response,
  options: MountOptions,
  call: Progress,
): Promise<void> {
  const requestId = requestIdOf(res);
  const { input, faults } = readInput(operation.input, rawInput(operation, req));
  call.input = input;
  const force = operation.switched ? forceOf(req, faults) : undefined;
  refuse(faults);
  const [client, probe] = [clientOfRequest(req), req.get('x-rollout-probe')];
  const actor = client.caller?.actor;
  const context: CallContext = {
    requestId,
    client,
    ...(actor === undefined ? {} : { actor }),
    ...(force === undefined ? {} : { force }),
    ...(probe === undefined ? {} : { probe }),
    ...(req.get('x-rollout-drill') === 'fail-domain' ? { drill: true } : {}),
    afterAnswer: (task) => void res.once('finish', () => setImmediate(task)),
  };
  call.context = context;
  const from = performance.now();
  try {
    const answer = await runInCall(context, () => perform(input));
    options.checkAnswer?.(operation, answer);
    served(res, context);
    const shown = operation.shown?.(answer, callerOf(req).role) ?? answer;
    if (operation.etag) res.setHeader('ETag', `"${operation.etag(answer)}"`);
    if (context.session) res.setHeader('Set-Cookie', sessionCookie(req, context.session));
    if (answer instanceof Media) await sendMedia(res, answer, options.log);
    else if (operation.verb === 'GET' && isKnown(req, res)) res.writeHead(304).end();
    else sendJson(res, 200, 'application/json', shown);
  } catch (error) {
    served(res, context);
    throw error;
  } finally {
    note(operation, context, res, performance.now() - from, options.log);
  }
}

/** Every change is logged; reads only at the level `debug`. */
function note(
  { id, effect }: Operation,
  { requestId, served: by }: CallContext,
  res: Response,
  ms: number,
  log: Log,
): void {
  const fields = { requestId, ms: Math.round(ms), ...(by ? { path: by.path, reason: by.reason } : {}) };
  const what = `${id} ${res.headersSent ? res.statusCode : 'refused'}`;
  if (effect === 'write') log.info(what, fields);
  else log.debug(what, fields);
}

/**
 * Whether the client has this very answer. Express's own way takes `Cache-Control: no-cache`, which browsers send along
 * with every `If-None-Match` of a script, for a wish to get all of it again; it asks for nothing but this comparison.
 */
function isKnown(req: Request, res: Response): boolean {
  const [etag, known] = [res.getHeader('ETag'), req.get('if-none-match')];
  if (etag === undefined || known === undefined) return false;
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Limit of the faults that an answer lists; it also says how many more there are. */
const MOST_FAULTS = 20;

/** A parameter that cannot be read is 422; a body that breaks a rule is 400. */
function refuse(faults: readonly RequestFault[]): void {
  const first = faults[0];
  if (!first) return;
  const status = faults.some((f) => f.loc[0] !== 'body') ? 422 : 400;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const shown = faults.slice(0, MOST_FAULTS);
  throw new RequestError(status, 'request.invalid', `${first.loc.slice(1).join('.')} ${first.msg}${more}`, shown);
}

function served(res: Response, { served: decision, partial }: CallContext): void {
  if (!decision) return;
  res.setHeader('X-Served-By', decision.path);
  res.setHeader('X-Rollout-Reason', decision.reason);
  if (partial) res.setHeader('X-Answer-Partial', '1');
}

/** Express's last handler: every error becomes a problem document, unforeseen ones are logged whole. */
export const answerError = (log: Log) => (error: unknown, _req: Request, res: Response, next: (e: unknown) => void) => {
  if (res.headersSent) return next(error);
  const requestId = requestIdOf(res);
  const { status, headers, body, unexpected } = problemOf(error, requestId);
  if (unexpected) log.error('a request failed', { requestId, error });
  else if (status >= 500) log.warn('a request could not be served', { requestId, error });
  sendJson(res, status, 'application/problem+json', body, headers);
};

export const answerNoRoute = (req: Request): never => {
  throw new RequestError(404, 'request.not_found', `There is no ${req.path}.`);
};

function refuseOtherVerbs(router: Router, operations: readonly Operation[]): void {
  for (const path of new Set(operations.map((o) => o.path))) {
    const verbs = operations.filter((o) => o.path === path).map((o) => o.verb);
    router.all(expressPath(path), (req: Request, res: Response) => refuseMethod(req, res, verbs));
  }
}

const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
/** Sorts fixed segments before parameters. */
const specificity = (path: string): string => path.replaceAll(/\{\w+\}/g, '~');
const lower = (verb: 'POST' | 'PUT' | 'DELETE') => verb.toLowerCase() as 'post' | 'put' | 'delete';
