import { createHmac } from 'node:crypto';
import { type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AlertChannel, type OutgoingNotice, Undeliverable } from '../../application/alerts/alert-channel';
import type { Clock } from '../../application/shared/log';
import { type AddressPolicy, type Resolve, checkLiteral, guardedLookup, resolveBySystem } from './address-policy';

/** Proves that a request is from this site, and at which time: `sha256=` and the HMAC of `timestamp.body`. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** The secret of one receiver, which allows neither signing for another receiver nor finding the site's own secret. */
const secretOf = (secret: string, origin: string): string => createHmac('sha256', secret).update(origin).digest('hex');

interface WebhookSettings {
  /** For rules without an address of their own; empty: none. */
  readonly url: string;
  /** Empty: requests are not signed. */
  readonly secret: string;
  readonly policy: AddressPolicy;
  /** For the whole delivery, redirects included. */
  readonly withinMs?: number;
  readonly resolve?: Resolve;
}

const WITHIN_MS = 10_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 307, 308]);
/** The client errors that are temporary. */
const PASSING = new Set([408, 425, 429]);

/** Posts alerts to web addresses, signed, only where the settings allow it. */
export class WebhookChannel implements AlertChannel {
  private readonly lookup: ReturnType<typeof guardedLookup>;

  constructor(
    private readonly settings: WebhookSettings,
    private readonly clock: Clock,
  ) {
    this.lookup = guardedLookup(settings.policy, settings.resolve ?? resolveBySystem);
  }

  async send({ target, idempotencyKey, notice }: OutgoingNotice): Promise<string> {
    const first = target || this.settings.url;
    if (first === '') throw new Undeliverable('no recipient is a web address, and ALERT_WEBHOOK_URL is not set');
    const body = JSON.stringify({ type: 'alert', idempotency_key: idempotencyKey, data: notice });
    const signal = AbortSignal.timeout(this.settings.withinMs ?? WITHIN_MS);
    let url = new URL(first);
    for (let i = 0; i <= MOST_REDIRECTS; i++) {
      checkLiteral(this.settings.policy, url);
      // A signature is for its receiver only: another one could pass it on as its own.
      const headers = this.headers(body, idempotencyKey, url.host === new URL(first).host ? url.origin : undefined);
      const answer = await post(url, { headers, signal, lookup: this.lookup }, body);
      if (!REDIRECTS.has(answer.status)) return judged(answer.status);
      url = redirected(url, answer.location);
    }
    throw new Undeliverable(`more than ${MOST_REDIRECTS} redirections`);
  }

  private headers(body: string, idempotencyKey: string, signedFor: string | undefined): Record<string, string> {
    const timestamp = String(Math.floor(this.clock().getTime() / 1_000));
    const { secret } = this.settings;
    return {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'watchgate',
      'idempotency-key': idempotencyKey,
      'x-watchgate-timestamp': timestamp,
      ...(secret && signedFor !== undefined
        ? {
            'x-watchgate-signature': signatureOf(secret, timestamp, body),
            'x-watchgate-signature-v2': signatureOf(secretOf(secret, signedFor), timestamp, body),
          }
        : {}),
    };
  }
}

function judged(status: number): string {
  if (status >= 200 && status < 300) return `answered ${status}`;
  if (status >= 500 || PASSING.has(status)) throw new Error(`answered ${status}`);
  throw new Undeliverable(`answered ${status}`);
}

function redirected(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) throw new Undeliverable('a redirection to nowhere');
  const url = new URL(location, from);
  const safe = url.protocol === 'https:' || url.protocol === from.protocol;
  if (!safe || url.username || url.password) throw new Undeliverable('a redirection to where webhooks do not go');
  return url;
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
}

/** The answer's status decides; its body is not read. */
function post(url: URL, options: RequestOptions, body: string): Promise<Answer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const answered = (answer: IncomingMessage) => {
      answer.on('error', () => undefined);
      resolve({ status: answer.statusCode ?? 0, location: answer.headers.location });
      answer.destroy();
    };
    const sent = send(url, { ...options, method: 'POST', agent: false }, answered);
    const late = () => {
      sent.destroy();
      reject(new Error('no answer in time'));
    };
    // The signal ends the request only, not the wait: for a receiver that left HTTP the wait would never end.
    options.signal?.addEventListener('abort', late, { once: true });
    sent.once('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new Undeliverable('answered 101, which is no answer to a webhook'));
    });
    sent.on('error', (error) => reject(timedOut(options.signal) ? new Error('no answer in time') : error));
    sent.once('close', () => {
      options.signal?.removeEventListener('abort', late);
      reject(new Error('no answer'));
    });
    sent.end(body);
  });
}

const timedOut = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;
