import { WebSocket, WebSocketServer } from 'ws';
import { type IncomingMessage, STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../../application/shared/log';
import { isJsonObject, parsedJson } from '../../domain/shared/json';

/** Base of the request's path, which has no host. */
const HERE = 'http://live';
const LONGEST_MESSAGE = 4_096;
/** Limit of waiting bytes for one client; a slower one is disconnected and may connect again. */
const MOST_WAITING_BYTES = 1_000_000;
/** Limit of waiting bytes for all clients: many slow ones must not fill the memory. */
const MOST_WAITING_IN_ALL = 32_000_000;
const MOST_CLIENTS = 1_000;
/** Messages of one client in a second; clients need only an occasional ping. */
const MOST_MESSAGES = 10;
/** Connections of one token, or of one address without a token: the others stay free for other clients. */
const MOST_OF_ONE = 200;
const REVOKED = 4401;
/** A client that does not answer the close frame is disconnected. */
const FAREWELL_MS = 2_000;
/** The protocol that a client may name; its token may stand next to it, which is never sent back. */
const PROTOCOL = 'watchgate';

/** A client of one path, with its query. */
export interface LiveClient {
  readonly query: URLSearchParams;
  send(message: object): void;
}

/** The messages of one path. */
export interface LiveTopic {
  /** A client has connected. */
  join?(client: LiveClient): void;
}

/** What a connection is used for, where a path has a parameter. */
type TakeConnection = (connection: WebSocket, below: string) => void;

/** Why a caller may not listen, as an HTTP answer. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A caller that may have a socket. */
export interface SocketCaller {
  readonly tokenId?: string | undefined;
  /** Hash of the session, for a browser that signed in. */
  readonly session?: string | undefined;
  readonly address: string;
}

interface Connected extends LiveClient {
  readonly caller: SocketCaller;
}

/** Web sockets besides the HTTP operations: the service only sends here, and receives nothing but `{"type":"ping"}`. */
export class LiveSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  private readonly clients = new Map<string, Map<WebSocket, Connected>>();
  private readonly places = new Map<string, TakeConnection>();
  /** Bytes that were handed over but not sent yet, of all clients. */
  private waiting = 0;

  constructor(
    private readonly topics: Readonly<Record<string, LiveTopic>>,
    private readonly log: Log,
  ) {
    for (const path of Object.keys(topics)) this.clients.set(path, new Map());
  }

  attach(server: Server, admit: (request: IncomingMessage) => SocketCaller | { readonly refusal: Refusal }): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      const caller = admit(request);
      if ('refusal' in caller) return refuse(socket, caller.refusal);
      this.upgrade(request, socket, head, caller);
    });
  }

  /** Closes the sockets of callers whose token or session is no longer usable. */
  recheck(isUsable: (caller: SocketCaller) => boolean): void {
    for (const clients of this.clients.values())
      for (const [connection, { caller }] of clients) {
        if (isUsable(caller)) continue;
        clients.delete(connection);
        connection.close(REVOKED, 'this token or session is no longer valid');
        setTimeout(() => connection.terminate(), FAREWELL_MS).unref();
      }
  }

  /** Hands over the connections of all paths below one; `below` is the rest of the path. */
  serveBelow(path: string, take: TakeConnection): void {
    this.places.set(path, take);
    this.clients.set(path, new Map());
  }

  /** All clients of a path. */
  at(path: string): readonly LiveClient[] {
    return [...(this.clients.get(path)?.values() ?? [])];
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, caller: SocketCaller): void {
    const requestedUrl = request.url ?? '/';
    const { pathname, searchParams } = new URL(URL.canParse(requestedUrl, HERE) ? requestedUrl : '/', HERE);
    const place = [...this.places.keys()].find((path) => pathname.startsWith(path) && pathname.length > path.length);
    const clients = this.clients.get(place ?? pathname);
    if (!clients) return refuse(socket, { status: 404, headers: {} });
    if (this.server.clients.size >= MOST_CLIENTS) return refuse(socket, { status: 503, headers: {} });
    if (this.socketsOf(caller) >= MOST_OF_ONE) return refuse(socket, { status: 429, headers: { 'retry-after': '60' } });
    this.server.handleUpgrade(request, socket, head, (connection) => {
      const client = { query: searchParams, caller, send: (message: object) => this.send(connection, message) };
      connection.on('error', (error) => this.log.debug('a socket failed', { error }));
      connection.on('close', () => clients.delete(connection));
      const tooMany = messageLimit();
      connection.on('message', (data) => {
        if (tooMany()) return connection.terminate();
        if (place === undefined && isPing(String(data))) client.send({ type: 'pong' });
      });
      clients.set(connection, client);
      if (place === undefined) this.topics[pathname]?.join?.(client);
      else this.places.get(place)?.(connection, pathname.slice(place.length));
    });
  }

  private socketsOf({ tokenId, address }: SocketCaller): number {
    const same = ({ caller }: Connected) =>
      tokenId === undefined ? caller.tokenId === undefined && caller.address === address : caller.tokenId === tokenId;
    return [...this.clients.values()].reduce((sum, clients) => sum + [...clients.values()].filter(same).length, 0);
  }

  private send(connection: WebSocket, message: object): void {
    if (connection.readyState !== WebSocket.OPEN) return;
    // When all of them together have too many waiting bytes, those without any continue.
    const most = this.waiting > MOST_WAITING_IN_ALL ? 0 : MOST_WAITING_BYTES;
    if (connection.bufferedAmount > most) {
      this.log.warn('a socket takes too slowly what it is sent, and is closed');
      return connection.terminate();
    }
    const text = JSON.stringify(message);
    this.waiting += text.length;
    connection.send(text, () => {
      this.waiting -= text.length;
    });
  }
}

/** Whether a client has sent more than it may within a second. */
function messageLimit(): () => boolean {
  let [since, count] = [performance.now(), 0];
  return () => {
    const now = performance.now();
    if (now - since > 1_000) [since, count] = [now, 0];
    return (count += 1) > MOST_MESSAGES;
  };
}
/** A client that does not close its side, too, would otherwise keep the descriptor open for as long as it likes. */
const refuse = (socket: Duplex, refusal: Refusal): void =>
  void socket.end(refusalText(refusal), () => socket.destroy());

function refusalText({ status, headers }: Refusal): string {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': '0' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${lines.join('')}\r\n`;
}

function isPing(text: string): boolean {
  const message = parsedJson(text);
  return isJsonObject(message) && message.type === 'ping';
}
