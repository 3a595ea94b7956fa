import { WebSocket, WebSocketServer } from 'ws';
import { type IncomingMessage, STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../../application/shared/log';
import { type JsonObject, isJsonObject, parsedJson } from '../../domain/shared/json';

/** Base of the request's path, which has no host. */
const HERE = 'http://live';
const LONGEST_MESSAGE = 16_384;
/** Limit of waiting bytes for one client; a slower one is disconnected and may connect again. */
const MOST_WAITING_BYTES = 1_000_000;
/** Limit of waiting bytes for all clients: many slow ones must not fill the memory. */
const MOST_WAITING_IN_ALL = 32_000_000;
const MOST_CLIENTS = 2_500;
/** Messages of one client in a second; most clients need only an occasional ping. */
const MOST_MESSAGES = 10;
/** Connections of one token, or of one address without a token: the others stay free for other clients. */
const MOST_OF_ONE = 200;
const REVOKED = 4401;
/** A client that does not answer the close frame is disconnected. */
const FAREWELL_MS = 2_000;
/** A client that takes nothing of what waits for it for so long is disconnected: what waits takes memory. */
const STUCK_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
/** The protocol that a client may name; its token may stand next to it, which is never sent back. */
const PROTOCOL = 'watchgate';

/** A client of one path, with its query. */
export interface LiveClient {
  readonly query: URLSearchParams;
  send(message: object): void;
  /** Bytes that were handed over but not sent yet: whoever calls `write` waits for fewer of them. */
  waiting(): number;
  /** Sends bytes as they are; `sent` is called when they have left, and never if the connection ends before. */
  write(bytes: Buffer, sent: () => void, how?: { readonly binary: boolean }): void;
}

/** The messages of one path. */
export interface LiveTopic {
  /** A client has connected. */
  join?(client: LiveClient): void;
  /** A client has gone. */
  leave?(client: LiveClient): void;
  /** A client has sent something; without this a ping is answered, and all else ignored. */
  receive?(client: LiveClient, message: JsonObject): void;
  /** Messages that a client may send in a second, where it is more than a few. */
  readonly mostMessages?: number;
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
  /** Bytes that have left for it since it connected, of whatever it was sent. */
  readonly left: () => number;
  /** What had left when it was last seen to take something, or to wait for nothing. */
  seen: { readonly left: number; readonly at: number };
}

/** Web sockets besides the HTTP operations. */
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
  private readonly looking: NodeJS.Timeout;

  constructor(
    private readonly topics: Readonly<Record<string, LiveTopic>>,
    private readonly log: Log,
  ) {
    for (const path of Object.keys(topics)) this.clients.set(path, new Map());
    this.looking = setInterval(() => this.endStuck(), LOOK_EVERY_MS).unref();
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
    clearInterval(this.looking);
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
      const topic = this.topics[pathname];
      const client = this.connected(connection, request.socket, caller, searchParams);
      connection.on('error', (error) => this.log.debug('a socket failed', { error }));
      connection.on('close', () => {
        clients.delete(connection);
        topic?.leave?.(client);
      });
      const tooMany = messageLimit(topic?.mostMessages ?? MOST_MESSAGES);
      connection.on('message', (data) => {
        if (tooMany()) return connection.terminate();
        if (place !== undefined) return;
        const message = parsedJson(String(data));
        if (!isJsonObject(message)) return;
        if (topic?.receive) topic.receive(client, message);
        else if (message.type === 'ping') client.send({ type: 'pong' });
      });
      clients.set(connection, client);
      if (place === undefined) topic?.join?.(client);
      else this.places.get(place)?.(connection, pathname.slice(place.length));
    });
  }

  private connected(connection: WebSocket, socket: Socket, caller: SocketCaller, query: URLSearchParams): Connected {
    // Measured below the messages: a connection of `serveBelow` sends by itself.
    const left = () => socket.bytesWritten - socket.writableLength;
    return {
      query,
      caller,
      left,
      seen: { left: left(), at: performance.now() },
      send: (message) => this.send(connection, message),
      waiting: () => {
        const own = connection.bufferedAmount;
        // When all of them together have too many, those without any continue.
        return own > 0 && this.waiting > MOST_WAITING_IN_ALL ? Number.POSITIVE_INFINITY : own;
      },
      write: (bytes, sent, how = { binary: false }) => {
        if (connection.readyState !== WebSocket.OPEN) return;
        this.waiting += bytes.length;
        connection.send(bytes, how, (error) => {
          this.waiting -= bytes.length;
          if (!error) sent();
        });
      },
    };
  }

  private endStuck(): void {
    const at = performance.now();
    for (const clients of this.clients.values())
      for (const [connection, client] of clients) {
        const left = client.left();
        if (connection.bufferedAmount === 0 || left !== client.seen.left) client.seen = { left, at };
        if (at - client.seen.at < STUCK_MS) continue;
        this.log.warn('a socket takes nothing of what it is sent, and is closed');
        connection.terminate();
      }
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
function messageLimit(most: number): () => boolean {
  let [since, count] = [performance.now(), 0];
  return () => {
    const now = performance.now();
    if (now - since > 1_000) [since, count] = [now, 0];
    return (count += 1) > most;
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
