import { type ClientRequest, type IncomingMessage, type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { errorText, hasCode } from '../system/files';
import { CameraLogin } from './camera-login';
import { type NetworkSource, endpointOf, loginOf, publicAddress } from './network-source';
import { SourceFailure } from './source-failure';

/** Longest time until the head of an answer, and between two pieces of its body. */
const PATIENCE_MS = 10_000;
const MOST_REDIRECTS = 5;
const MOST_LOGINS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'];

export interface WebAnswer {
  readonly body: IncomingMessage;
  /** Its address, after redirections. */
  readonly url: URL;
}

/** A camera that speaks HTTP. Only its own host and port are contacted, whatever it says. */
export class WebCamera {
  private readonly login: CameraLogin;
  private readonly start: URL;
  private readonly ending = new AbortController();

  /** `source`: with its host name resolved. */
  constructor(private readonly source: NetworkSource) {
    const address = publicAddress(source);
    if (!URL.canParse(address)) throw new SourceFailure('not-a-video', 'the source is no valid http:// address');
    this.start = new URL(address);
    this.login = new CameraLogin(loginOf(source));
  }

  /** The camera's answer with status 200. @throws SourceFailure */
  async get(wanted: string = this.start.href, from: URL = this.start): Promise<WebAnswer> {
    let url = this.own(wanted, from);
    for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
      const body = await this.ask(url);
      const { statusCode: status = 0, headers } = body;
      if (status >= 200 && status < 300) return { body, url };
      body.destroy();
      if (!REDIRECTS.has(status)) throw refusal(status);
      url = this.own(headers.location ?? '', url);
    }
    throw new SourceFailure('not-found', `the camera answers with more than ${MOST_REDIRECTS} redirections`);
  }

  /** The small text behind an address, such as a playlist. */
  async text(answer: WebAnswer, mostBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > mostBytes) throw new SourceFailure('not-a-video', 'the camera sends a list that is too long');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  close(): void {
    this.ending.abort();
  }

  /**
   * An address that the camera names, if it is one of its own. A switch to TLS on the same host counts as its own, too.
   */
  private own(wanted: string, from: URL): URL {
    if (!URL.canParse(wanted, from.href))
      throw new SourceFailure('not-found', 'the camera names an address that is none');
    const url = new URL(wanted, from);
    const same = url.protocol === this.start.protocol && url.host === this.start.host;
    const upgraded = url.protocol === 'https:' && url.hostname === this.start.hostname && !url.port && !this.start.port;
    if (same || upgraded) return url;
    throw new SourceFailure('not-found', 'the camera leads to another host or port, which is not followed');
  }

  private async ask(url: URL): Promise<IncomingMessage> {
    const path = `${url.pathname}${url.search}`;
    for (let tries = 1; ; tries += 1) {
      const authorization = this.login.header('GET', path);
      const answer = await this.send(url, path, authorization);
      const challenges = answer.statusCode === 401 ? (answer.headersDistinct['www-authenticate'] ?? []) : [];
      if (tries === MOST_LOGINS || !this.login.accepts(challenges, authorization !== undefined)) return answer;
      answer.destroy();
    }
  }

  private send(url: URL, path: string, authorization: string | undefined): Promise<IncomingMessage> {
    const name = (this.source.nameOfHost ?? this.source.host).replaceAll(/[[\]]/g, '');
    const { host, port } = endpointOf(this.source);
    const options: RequestOptions & { rejectUnauthorized: boolean; servername?: string } = {
      host,
      port: url.protocol === this.start.protocol ? port : 443,
      path,
      agent: false,
      signal: this.ending.signal,
      headers: { host: url.host, accept: '*/*', 'user-agent': 'watchgate', ...(authorization && { authorization }) },
      // Cameras are not careful about HTTP; nothing else is ever sent over this connection.
      insecureHTTPParser: true,
      // Nor do cameras have certificates that could be verified (docs/worker.md).
      rejectUnauthorized: false,
      ...(this.source.nameOfHost ? { servername: name } : {}),
    };
    return answerOf(url.protocol === 'https:' ? httpsRequest(options) : httpRequest(options));
  }
}

function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  const silent = () => sent.destroy(new SourceFailure('unreachable', 'no connection (no answer in time)'));
  const head = setTimeout(silent, PATIENCE_MS);
  return new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', (answer) => {
      sent.setTimeout(PATIENCE_MS, silent);
      // The reader of the body gets the error from the stream; a body that is not read must not end this program.
      answer.on('error', () => undefined);
      resolve(answer);
    });
    sent.once('upgrade', (_answer, socket) => {
      socket.destroy();
      reject(new SourceFailure('not-a-video', 'the camera wants to speak something other than HTTP'));
    });
    sent.on('error', (error) => reject(explained(error)));
    sent.once('close', () => reject(new SourceFailure('unreachable', 'no connection (closed without an answer)')));
    sent.end();
  }).finally(() => clearTimeout(head));
}

function explained(error: Error): Error {
  if (error instanceof SourceFailure) return error;
  const why = hasCode(error, ...UNREACHABLE) ? 'no connection' : 'the camera does not speak HTTP';
  return new SourceFailure('unreachable', `${why} (${errorText(error)})`, { cause: error });
}

function refusal(status: number): SourceFailure {
  if (status === 401 || status === 403) return new SourceFailure('auth-failed', `wrong user or password (${status})`);
  if (status === 404 || status === 410) return new SourceFailure('not-found', `there is no such stream (${status})`);
  if (status >= 500) return new SourceFailure('unreachable', `no connection (the camera answers ${status})`);
  return new SourceFailure('not-a-video', `this is no video (the camera answers ${status})`);
}
