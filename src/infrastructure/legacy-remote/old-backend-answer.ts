import { type Effect, Unavailable } from '../../domain/shared/domain-error';
import { type JsonObject, isJsonObject, parsedJson } from '../../domain/shared/json';
import { errorCode } from '../system/files';

/** The answer of an operation of the old backend: a result (200) or a refusal (400, 404, 409, 422). */
export interface OldAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Answers of its guard, which counts requests per address and never resets, or of another server altogether. */
const TURNED_AWAY = new Set([401, 403, 405, 429]);

// No message here quotes the old backend: its errors carry SQL, paths and values.

export const unreadableAnswer = (what: string, left: Effect): Unavailable =>
  new Unavailable(
    'legacy.unreadable',
    `The answer of the old backend cannot be used: it is ${what}.`,
    left,
    undefined,
    {
      reason: what,
    },
  );

/** A call without a complete answer. `left` is what a call that was sent may have left behind. */
export function lostCall(error: unknown, late: boolean, left: Effect): Unavailable {
  if (late) return new Unavailable('legacy.timeout', 'The old backend did not answer in time.', left, error);
  if (neverSent(member(error, 'cause')))
    return new Unavailable('legacy.unreachable', 'The old backend cannot be reached.', 'not-started', error);
  return new Unavailable('legacy.interrupted', 'The connection to the old backend was lost.', left, error);
}

/** Throws for every answer that does not come from an operation of the old backend. */
export function readAnswer(status: number, text: string, left: Effect): OldAnswer {
  const failed = (why: string, effect: Effect) =>
    new Unavailable('legacy.failed', `The old backend ${why} (status ${status}).`, effect, undefined, { status });
  if (status >= 500) throw failed('failed', left);
  if (TURNED_AWAY.has(status)) throw failed('turned this service away', 'not-started');
  const body = parsed(text, left);
  if (status === 200) return { status, body };
  if (status < 400) throw failed('answered something unexpected', left);
  // The guard answers suspected attacks with 400 and no detail.
  if (body.detail === undefined) throw failed('turned this service away', 'not-started');
  if (status === 404 && body.detail === 'Not Found') throw failed('has no such operation', 'not-started');
  return { status, body };
}

function parsed(text: string, left: Effect): JsonObject {
  const body = parsedJson(text);
  if (body === undefined) throw unreadableAnswer('no JSON', left);
  if (!isJsonObject(body)) throw unreadableAnswer('no object', left);
  return body;
}

/** Whether the connection itself failed; after any other error the call may have been carried out. */
function neverSent(cause: unknown): boolean {
  const tries = member(cause, 'errors');
  if (Array.isArray(tries) && tries.length > 0) return tries.every(neverSent);
  const during = member(cause, 'syscall');
  return during === 'connect' || during === 'getaddrinfo' || errorCode(cause) === 'UND_ERR_CONNECT_TIMEOUT';
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
