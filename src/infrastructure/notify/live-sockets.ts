import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../application/shared/log';

const LONGEST_MESSAGE = 4_096;
/** What may wait for one client; one that is slower is cut off and comes back with less. */
const MOST_WAITING_BYTES = 1_000_000;
const MOST_CLIENTS = 1_000;

/** A client of one path, with what it asked for. */
export interface LiveClient {
  readonly query: URLSearchParams;
  send(message: object): void;
}

/** What is told on one path. */
export interface LiveTopic {
  /** A client has come. */
  join?(client: LiveClient): void;
}

/** Web sockets beside the HTTP operations: everything here is told, never asked, except `{"type":"ping"}`. */
export class LiveSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  });
  private readonly clients = new Map<string, Map<WebSocket, LiveClient>>();

  constructor(
    private readonly topics: Readonly<Record<string, LiveTopic>>,
    private readonly log: Log,
  ) {
    for (const path of Object.keys(topics)) this.clients.set(path, new Map());
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Everybody who listens on a path. */
  at(path: string): readonly LiveClient[] {
    return [...(this.clients.get(path)?.values() ?? [])];
  }

  close(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://live');
    const clients = this.clients.get(pathname);
    if (!clients) return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    if (this.server.clients.size >= MOST_CLIENTS)
      return void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    this.server.handleUpgrade(request, socket, head, (connection) => {
      const client = { query: searchParams, send: (message: object) => this.send(connection, message) };
      connection.on('error', (error) => this.log.debug('a socket failed', { error }));
      connection.on('close', () => clients.delete(connection));
      connection.on('message', (data) => {
        if (isPing(String(data))) client.send({ type: 'pong' });
      });
      clients.set(connection, client);
      this.topics[pathname]?.join?.(client);
    });
  }

  private send(connection: WebSocket, message: object): void {
    if (connection.readyState !== WebSocket.OPEN) return;
    if (connection.bufferedAmount > MOST_WAITING_BYTES) {
      this.log.warn('a socket takes too slowly what it is sent, and is closed');
      return connection.terminate();
    }
    connection.send(JSON.stringify(message));
  }
}

function isPing(text: string): boolean {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ping';
  } catch {
    return false;
  }
}
