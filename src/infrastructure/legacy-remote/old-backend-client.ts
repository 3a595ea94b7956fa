import { currentCall } from '../../application/shared/call-context';
import { DomainError, type Effect } from '../../domain/shared/domain-error';
import type { JsonObject } from '../../domain/shared/json';
import { type OldAnswer, lostCall, readAnswer, unreadableAnswer } from './old-backend-answer';

export interface ClientLimits {
  /** For the whole call, including the last byte of the answer. */
  readonly withinMs: number;
  readonly maxAnswerBytes: number;
}

/** Twice the largest cameras file that this service reads. */
const LIMITS: ClientLimits = { withinMs: 5_000, maxAnswerBytes: 10 * 1024 * 1024 };

type WriteVerb = 'POST' | 'PUT' | 'DELETE';

/**
 * Calls the old backend over HTTP. Anything but an answer of it is `Unavailable`, which says what became of a write.
 */
export class OldBackendClient {
  private readonly api: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(
    baseUrl: string,
    private readonly limits: ClientLimits = LIMITS,
  ) {
    const { origin, pathname, username, password } = new URL(baseUrl);
    this.api = `${origin}${pathname.replace(/\/+$/, '')}/api/v1`;
    // fetch refuses an address with credentials; and an address without them cannot leak them into errors.
    const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.headers = {
      accept: 'application/json',
      ...(user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }),
    };
  }

  read(path: string, query: Readonly<Record<string, string>> = {}): Promise<OldAnswer> {
    return this.call('GET', path, 'not-started', undefined, query);
  }

  write(verb: WriteVerb, path: string, body?: JsonObject): Promise<OldAnswer> {
    return this.call(verb, path, 'unknown', body);
  }

  private async call(
    verb: WriteVerb | 'GET',
    path: string,
    left: Effect,
    body?: JsonObject,
    query: Readonly<Record<string, string>> = {},
  ): Promise<OldAnswer> {
    const signal = AbortSignal.timeout(this.limits.withinMs);
    try {
      // The old backend has a rollout of its own, which must not choose for this call.
      const parameters = new URLSearchParams({ ...query, force_domain: 'false' });
      const response = await fetch(`${this.api}${path}?${String(parameters)}`, {
        method: verb,
        headers: { ...this.headers, ...identity(), ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
        // A redirection may lead to another server, which would get the credentials.
        redirect: 'manual',
        signal,
      });
      return readAnswer(response.status, await this.textOf(response, left), left);
    } catch (error) {
      throw error instanceof DomainError ? error : lostCall(error, signal.aborted, left);
    }
  }

  private async textOf({ body }: Response, left: Effect): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > this.limits.maxAnswerBytes) throw unreadableAnswer('too long', left);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** The same request id in the logs of both services. */
function identity(): Record<string, string> {
  const requestId = currentCall()?.requestId;
  return requestId ? { 'x-request-id': requestId } : {};
}
