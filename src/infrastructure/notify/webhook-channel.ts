import ipaddr from 'ipaddr.js';
import { createHmac } from 'node:crypto';
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, type LookupFunction, isIP } from 'node:net';
import { callbackify } from 'node:util';
import { type AlertChannel, type OutgoingNotice, Undeliverable } from '../../application/alerts/alert-channel';
import type { Clock } from '../../application/shared/log';

/** `::127.0.0.1`, the oldest way to write IPv4 as IPv6: to the library an address of the Internet like any other. */
const IPV4_COMPATIBLE = ipaddr.parseCIDR('::/80');

/** Whether it is an address of the Internet: nothing of this machine or its neighbours, and nothing that leads there by translation. */
function isPublic(address: string): boolean {
  // The library alone would also take `0x7f.1` for an address; Node never connects to one that is written like that.
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv6' && parsed.match(IPV4_COMPATIBLE)) return false;
  return parsed.range() === 'unicast';
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** To which addresses webhooks may go: to those of the Internet, and to what the site allows by name, address or network. */
export class AddressPolicy {
  private readonly allowed = new BlockList();
  private readonly names = new Set<string>();

  constructor(allow: readonly string[]) {
    for (const entry of allow) {
      const [address = '', bits] = entry.split('/');
      if (isIP(address) === 0) this.names.add(entry.toLowerCase());
      else if (bits === undefined) this.allowed.addAddress(address, familyOf(address));
      else this.allowed.addSubnet(address, Number(bits), familyOf(address));
    }
  }

  /** `host` is the name that led to the address, or the address itself. */
  permits(host: string, address: string): boolean {
    if (this.names.has(host.toLowerCase()) || this.allowed.check(address, familyOf(address))) return true;
    return isPublic(address);
  }
}

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const resolveBySystem: Resolve = (host) =>
  new Promise((resolve, reject) => {
    systemLookup(host, { all: true, verbatim: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });

const refused = (): Undeliverable =>
  new Undeliverable('the address is not one that webhooks may go to (see WEBHOOK_ALLOW)');

/**
 * How a connection finds its address: what was checked is what is connected to, so a name that means something else a
 * moment later changes nothing.
 */
export function guardedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  const find = callbackify(async (host: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    const [first, ...more] = (await resolve(host)).filter(({ address }) => policy.permits(host, address));
    if (!first) throw refused();
    return [first, ...more];
  });
  return (host, { all }, done) =>
    find(host, (error: NodeJS.ErrnoException | null, found) => {
      if (error) done(error, '', 0);
      else if (all) done(null, found);
      else done(null, found[0].address, found[0].family);
    });
}

/** An address that is written as numbers is never looked up. Throws `Undeliverable` for one that is refused. */
function checkLiteral(policy: AddressPolicy, { hostname }: URL): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !policy.permits(address, address)) throw refused();
}

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
