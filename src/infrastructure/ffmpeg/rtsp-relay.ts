import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { within } from '../../application/shared/within';
import { errorText, hasCode } from '../system/files';
import { CameraLogin } from './camera-login';
import { type NetworkSource, endpointOf, loginOf, portOf, publicAddress } from './network-source';
import { type RtspMessage, RtspSplitter, headerOf, written } from './rtsp-message';
import { SourceFailure } from './source-failure';

const CONNECT_WITHIN_MS = 10_000;
const MOST_REDIRECTS = 5;
const MOST_LOGINS = 3;
const MOST_PENDING = 100;
/** The path that ffmpeg requests in place of the camera's own, which may hold a password, too. */
const PLACE = '/camera';
/** Headers of the camera's answers that ffmpeg does not need or must not follow. */
const WITHHELD = new Set(['www-authenticate', 'proxy-authenticate', 'location', 'cseq']);

interface Pending {
  readonly request: RtspMessage;
  /** The sequence number that ffmpeg gave it. */
  readonly cseq: string;
  readonly shown: boolean;
  readonly logins: number;
  readonly redirects: number;
}

/**
 * Relays between ffmpeg and an RTSP camera, on this machine's own address and for one connection of one ffmpeg. It logs
 * in, so that ffmpeg's arguments, which every user of this machine can read, hold no login; and it connects only to the
 * configured host and port, whatever the camera says.
 */
export class RtspRelay {
  /** Why ffmpeg will get nothing, where the relay knows better than ffmpeg. */
  failure: SourceFailure | undefined;
  private readonly server: Server = createServer((socket) => this.serve(socket));
  private readonly login: CameraLogin;
  private readonly pending = new Map<string, Pending>();
  private sequence = 0;
  private answered = false;
  private client?: Socket;
  private target: string;

  private constructor(
    private readonly source: NetworkSource,
    private readonly camera: Socket,
  ) {
    this.login = new CameraLogin(loginOf(source));
    this.target = publicAddress(source);
    camera.on('error', () => camera.destroy());
    camera.once('close', () => this.lost());
  }

  /** `source`: with its host name resolved. @throws SourceFailure when the host does not answer */
  static async open(source: NetworkSource): Promise<RtspRelay> {
    const relay = new RtspRelay(source, await connected(source));
    relay.server.listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    return relay;
  }

  /** The address for ffmpeg. */
  get address(): string {
    return `rtsp://127.0.0.1:${(this.server.address() as AddressInfo).port}${PLACE}`;
  }

  close(): void {
    if (this.server.listening) this.server.close();
    this.client?.destroy();
    this.camera.destroy();
  }

  private serve(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.client || !isOwn(socket)) return void socket.destroy();
    this.client = socket;
    const requests = new RtspSplitter();
    const answers = new RtspSplitter();
    socket.once('close', () => this.close());
    relay(socket, this.camera, (chunk) => {
      for (const part of requests.push(chunk)) {
        if ('packet' in part) this.camera.write(part.packet);
        else this.ask(part.message);
      }
    });
    relay(this.camera, socket, (chunk) => {
      for (const part of answers.push(chunk)) {
        if ('packet' in part) socket.write(part.packet);
        else this.answer(part.message, socket);
      }
    });
  }

  private ask(request: RtspMessage): void {
    if (this.pending.size >= MOST_PENDING) throw new Error('the camera answers nothing any more');
    this.send({ request, cseq: headerOf(request, 'cseq') ?? '0', shown: false, logins: 0, redirects: 0 });
  }

  private send(pending: Pending): void {
    const { first, headers, body } = pending.request;
    const [method = '', requested = '', version = 'RTSP/1.0'] = first.split(' ');
    const url = requested.startsWith(this.address)
      ? `${this.target}${requested.slice(this.address.length)}`
      : requested;
    const authorization = this.login.header(method, url);
    this.sequence += 1;
    const cseq = String(this.sequence);
    this.pending.set(cseq, { ...pending, shown: authorization !== undefined });
    const own = new Set(['cseq', 'authorization']);
    const kept = headers.filter(([name]) => !own.has(name.toLowerCase()));
    const login: [string, string][] = authorization === undefined ? [] : [['Authorization', authorization]];
    this.camera.write(
      written({ first: `${method} ${url} ${version}`, headers: [['CSeq', cseq], ...kept, ...login], body }),
    );
  }

  private answer(message: RtspMessage, client: Socket): void {
    const [, code, reason = ''] = /^RTSP\/\d\.\d (\d{3}) ?(.*)$/.exec(message.first) ?? [];
    // Requests by the camera: ffmpeg would not know them either.
    if (code === undefined) return;
    this.answered = true;
    const cseq = headerOf(message, 'cseq') ?? '';
    const pending = this.pending.get(cseq);
    if (!pending) return;
    this.pending.delete(cseq);
    const status = Number(code);
    if (status === 401 && this.loginAgain(message, pending)) return;
    if (status >= 300 && status < 400) return this.redirect(message, pending);
    if (status === 401 || status === 403)
      this.failure ??= new SourceFailure('auth-failed', `wrong user or password (${status})`);
    const headers = message.headers.filter(([name]) => !WITHHELD.has(name.toLowerCase()));
    client.write(
      written({
        first: `RTSP/1.0 ${code} ${reason}`,
        headers: [['CSeq', pending.cseq], ...headers],
        body: message.body,
      }),
    );
  }

  private loginAgain(message: RtspMessage, pending: Pending): boolean {
    const challenges = message.headers
      .filter(([name]) => name.toLowerCase() === 'www-authenticate')
      .map(([, value]) => value);
    if (pending.logins >= MOST_LOGINS || !this.login.accepts(challenges, pending.shown)) return false;
    this.send({ ...pending, logins: pending.logins + 1 });
    return true;
  }

  /** Redirection to another path of the camera itself; ffmpeg never sees it. */
  private redirect(message: RtspMessage, pending: Pending): void {
    const location = headerOf(message, 'location') ?? '';
    if (pending.redirects >= MOST_REDIRECTS)
      return this.fail(`the camera answers with more than ${MOST_REDIRECTS} redirections`);
    if (!isSamePlace(location, this.source))
      return this.fail('the camera leads to another host or port, which is not followed');
    this.target = location;
    this.send({ ...pending, redirects: pending.redirects + 1 });
  }

  private fail(message: string): void {
    this.failure ??= new SourceFailure('not-found', message);
    this.close();
  }

  private lost(): void {
    if (!this.answered) this.failure ??= new SourceFailure('unreachable', 'no connection (closed without an answer)');
    this.close();
  }
}

/** Passes one side's data to the other, no faster than it is read. Anything but RTSP ends both connections. */
function relay(from: Socket, to: Socket, pass: (chunk: Buffer) => void): void {
  from.on('data', (chunk: Buffer) => {
    try {
      pass(chunk);
    } catch (error) {
      return void from.destroy(error instanceof Error ? error : new Error(errorText(error)));
    }
    if (!to.writableNeedDrain || from.isPaused()) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
}

async function connected(source: NetworkSource): Promise<Socket> {
  const endpoint = endpointOf(source);
  const { nameOfHost } = source;
  const options = { ...endpoint, rejectUnauthorized: false, ...(nameOfHost ? { servername: nameOfHost } : {}) };
  const tls = source.scheme === 'rtsps';
  const socket = tls ? connectTls(options) : connect(endpoint);
  try {
    await within(CONNECT_WITHIN_MS, once(socket, tls ? 'secureConnect' : 'connect'), () => {
      throw new Error('no answer in time');
    });
    return socket.setNoDelay(true);
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw new SourceFailure('unreachable', `no connection (${errorText(error)})`, { cause: error });
  }
}

function isSamePlace(location: string, source: NetworkSource): boolean {
  const parts = /^rtsps?:\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\]+)(?::(\d{1,5}))?(?:[/?][^\s#\\]*)?$/i.exec(location);
  if (!parts) return false;
  const [, host = '', port] = parts;
  const names = [source.host, source.nameOfHost].map((name) => name?.toLowerCase());
  return (
    names.includes(host.toLowerCase()) &&
    (port === undefined ? portOf(source) === portOf({ ...source, port: '' }) : Number(port) === portOf(source))
  );
}

/** Whether the other end of a connection on this machine belongs to this user. True where the system does not say. */
function isOwn({ remotePort = 0, localPort = 0 }: Socket): boolean {
  let table: string;
  try {
    table = readFileSync('/proc/net/tcp', 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return true;
    throw error;
  }
  const end = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const row = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(end(remotePort)) && remote?.endsWith(end(localPort)));
  return row?.[7] === String(process.geteuid?.());
}
