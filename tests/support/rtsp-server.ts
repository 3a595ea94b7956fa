import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { type RtspAccount, type RtspRequest, challenge, isAuthorized, take } from './rtsp-request';

interface Connection {
  readonly socket: Socket;
  readonly nonce: string;
  /** Interleaved channel of each track. */
  readonly channels: Map<number, number>;
  path?: string;
  rest: Buffer;
}

interface Stream {
  readonly sdp: string;
  readonly publisher: Connection;
  readonly players: Set<Connection>;
  frozen: boolean;
}

type Answer = readonly [status: string, headers?: Readonly<Record<string, string>>, body?: string];

const OK = '200 OK';
const NOT_FOUND = '404 Not Found';
const TRACK = /\/(?:streamid|trackID)=(\d+)\/?$/;

const pathOf = (url: string): string =>
  decodeURIComponent(url.replace(/^rtsp:\/\/[^/]*/, '').replace(TRACK, '')).replace(/\/$/, '');

/** RTSP over TCP on the loopback: hands what one publisher sends to any number of players, and fails on request. */
export class RtspServer {
  /** Ends every new connection at once. */
  refuse = false;
  /** Takes every connection and says nothing. */
  mute = false;
  /** Connections taken so far. */
  accepted = 0;
  /** Asked of players; publishers are let in. */
  account?: RtspAccount;
  private readonly streams = new Map<string, Stream>();
  private readonly connections = new Set<Connection>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((socket) => this.accept(socket));
  }

  static async start(account?: RtspAccount): Promise<RtspServer> {
    const server = new RtspServer();
    server.account = account;
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string, credentials = ''): string {
    return `rtsp://${credentials && `${credentials}@`}127.0.0.1:${this.port}${path}`;
  }

  isPublished(path: string): boolean {
    return this.streams.has(path);
  }

  players(path: string): number {
    return this.streams.get(path)?.players.size ?? 0;
  }

  /** Whether packets are withheld while every connection stays. */
  freeze(path: string, frozen: boolean): void {
    const stream = this.streams.get(path);
    if (stream) stream.frozen = frozen;
  }

  dropPlayers(path: string): void {
    for (const { socket } of this.streams.get(path)?.players ?? []) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: Socket): void {
    if (this.refuse) return void socket.destroy();
    this.accepted += 1;
    const nonce = randomBytes(8).toString('hex');
    const connection: Connection = { socket, nonce, channels: new Map(), rest: Buffer.alloc(0) };
    this.connections.add(connection);
    socket.on('data', (data: Buffer) => this.receive(connection, data));
    // A peer that was killed resets the connection; 'close' follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.forget(connection));
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection);
    const stream = this.streams.get(connection.path ?? '');
    stream?.players.delete(connection);
    if (!stream || stream.publisher !== connection) return;
    this.dropPlayers(connection.path ?? '');
    this.streams.delete(connection.path ?? '');
  }

  private receive(connection: Connection, data: Buffer): void {
    if (this.mute) return;
    connection.rest = Buffer.concat([connection.rest, data]);
    for (let taken = take(connection.rest); taken; taken = take(connection.rest)) {
      connection.rest = taken.rest;
      if (taken.packet) this.relay(connection, taken.packet);
      if (taken.request) this.reply(connection, taken.request);
    }
  }

  private reply(connection: Connection, request: RtspRequest): void {
    const [status, headers = {}, body = ''] = this.answer(connection, request);
    const all = { CSeq: request.headers.cseq ?? '0', Session: '1', ...headers, 'Content-Length': String(body.length) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    connection.socket.write(`${[`RTSP/1.0 ${status}`, ...lines].join('\r\n')}\r\n\r\n${body}`);
  }

  private answer(connection: Connection, request: RtspRequest): Answer {
    const path = pathOf(request.url);
    const stream = this.streams.get(path);
    if (request.method === 'OPTIONS') return [OK, { Public: 'ANNOUNCE, DESCRIBE, SETUP, RECORD, PLAY, TEARDOWN' }];
    if (request.method === 'ANNOUNCE') return stream ? ['406 Not Acceptable'] : this.publish(connection, path, request);
    if (!stream) return [NOT_FOUND];
    const { account } = this;
    if (stream.publisher !== connection && account && !isAuthorized(request, account, connection.nonce))
      return ['401 Unauthorized', { 'WWW-Authenticate': challenge(account, connection.nonce) }];
    switch (request.method) {
      case 'DESCRIBE':
        return [OK, { 'Content-Type': 'application/sdp', 'Content-Base': `${request.url}/` }, stream.sdp];
      case 'SETUP':
        return setUp(connection, request);
      case 'PLAY':
        connection.path = path;
        stream.players.add(connection);
        return [OK];
      default:
        return [OK];
    }
  }

  private publish(connection: Connection, path: string, { body }: RtspRequest): Answer {
    connection.path = path;
    this.streams.set(path, { sdp: body, publisher: connection, players: new Set(), frozen: false });
    return [OK];
  }

  private relay(publisher: Connection, packet: Buffer): void {
    const stream = this.streams.get(publisher.path ?? '');
    if (!stream || stream.publisher !== publisher || stream.frozen) return;
    const [, channel = 0] = packet;
    const [track] = [...publisher.channels].find(([, first]) => channel === first || channel === first + 1) ?? [];
    for (const player of stream.players) {
      const first = player.channels.get(track ?? -1);
      if (first === undefined) continue;
      const copy = Buffer.from(packet);
      copy[1] = first + (channel % 2);
      player.socket.write(copy);
    }
  }
}

function setUp({ channels }: Connection, { url, headers }: RtspRequest): Answer {
  const transport = headers.transport ?? '';
  if (!/TCP/i.test(transport)) return ['461 Unsupported Transport'];
  const track = Number(TRACK.exec(url)?.[1] ?? 0);
  const channel = Number(/interleaved=(\d+)/.exec(transport)?.[1] ?? track * 2);
  channels.set(track, channel);
  return [OK, { Transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}` }];
}
