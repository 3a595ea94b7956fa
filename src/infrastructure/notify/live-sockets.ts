import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Log } from '../../application/shared/log';
import { isJsonObject, parsedJson } from '../../domain/shared/json';

/** Stands before the path of a request, which names no host. */
const HERE = 'http://live';
const LONGEST_MESSAGE = 4_096;
/** What may wait for one client; one that is slower is cut off and comes back with less. */
const MOST_WAITING_BYTES = 1_000_000;
const MOST_CLIENTS = 1_000;
/** Of one client in a second; there is nothing to say here but a ping now and then. */
const MOST_MESSAGES = 10;
/** What a client may name as its protocol; beside it may stand its token, which is never sent back. */
const PROTOCOL = 'watchgate';

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

/** Why somebody may not listen, as HTTP says it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Web sockets beside the HTTP operations: everything here is told, never asked, except `{"type":"ping"}`. */
export class LiveSockets {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  private readonly clients = new Map<string, Map<WebSocket, LiveClient>>();

  constructor(
    private readonly topics: Readonly<Record<string, LiveTopic>>,
    private readonly log: Log,
  ) {
    for (const path of Object.keys(topics)) this.clients.set(path, new Map());
  }

  /** Whom `refusal` finds nothing against may listen. */
  attach(server: Server, refusal: (request: IncomingMessage) => Refusal | undefined): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      const refused = refusal(request);
      if (refused) return void socket.end(refusalText(refused));
      this.upgrade(request, socket, head);
    });
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
    const asked = request.url ?? '/';
    const { pathname, searchParams } = new URL(URL.canParse(asked, HERE) ? asked : '/', HERE);
    const clients = this.clients.get(pathname);
    if (!clients) return void socket.end(refusalText({ status: 404, headers: {} }));
    if (this.server.clients.size >= MOST_CLIENTS) return void socket.end(refusalText({ status: 503, headers: {} }));
    this.server.handleUpgrade(request, socket, head, (connection) => {
      const client = { query: searchParams, send: (message: object) => this.send(connection, message) };
      connection.on('error', (error) => this.log.debug('a socket failed', { error }));
      connection.on('close', () => clients.delete(connection));
      const tooMany = messageLimit();
      connection.on('message', (data) => {
        if (tooMany()) return connection.terminate();
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

/** Whether a client has sent more than it may within a second. */
function messageLimit(): () => boolean {
  let [since, count] = [performance.now(), 0];
  return () => {
    const now = performance.now();
    if (now - since > 1_000) [since, count] = [now, 0];
    return (count += 1) > MOST_MESSAGES;
  };
}

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
