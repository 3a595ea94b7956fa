import { WebSocket } from 'ws';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { LiveSockets } from '../../src/infrastructure/notify/live-sockets';
import { LiveEvents, LiveStatus } from '../../src/infrastructure/notify/live-topics';
import { eventually } from '../support/eventually';
import { rememberingLog } from '../support/quiet-log';

/** Time passes for the sockets only when a test says so. */
const REAL = [
  'Date',
  'hrtime',
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

describe('web sockets', () => {
  let server: Server;
  let sockets: LiveSockets;
  let status: LiveStatus;
  let counters: Map<string, { total_frames: number }>;
  const log = rememberingLog();
  const clients: WebSocket[] = [];

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: [...REAL] });
    counters = new Map([['line', { total_frames: 1 }]]);
    status = new LiveStatus(
      async () => new Map(counters),
      () => sockets,
    );
    sockets = new LiveSockets({ '/ws/events': {}, '/ws/status': status }, log);
    server = createServer((_req, res) => res.writeHead(404).end());
    sockets.attach(server, () => ({ address: '127.0.0.1' }));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    sockets.close();
    jest.useRealTimers();
    await new Promise((done) => server.close(done));
  });

  const port = () => (server.address() as AddressInfo).port;
  const open = async (path: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}${path}`);
    clients.push(socket);
    const messages: Record<string, unknown>[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Record<string, unknown>));
    await eventually(() => expect(socket.readyState).toBe(WebSocket.OPEN));
    return { socket, messages };
  };

  /** A client whose reading the test controls. */
  const openRaw = () => {
    const socket: Socket = connect(port(), '127.0.0.1');
    socket.write(
      'GET /ws/events HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    return socket;
  };

  it('cut off a client that takes too slowly what it is sent, and go on with the others', async () => {
    const quick = await open('/ws/events');
    const slow = openRaw();
    await eventually(() => expect(sockets.at('/ws/events')).toHaveLength(2));
    slow.pause();
    const live = new LiveEvents({ newest: async () => 0, after: async () => [] }, () => sockets);
    const alert = JSON.stringify({ message: 'x'.repeat(100_000) });
    let sent = 0;
    await eventually(
      () => {
        live.alert(alert);
        sent += 1;
        return sockets.at('/ws/events').length === 1;
      },
      { within: 20_000, every: 1 },
    );
    expect(log.lines.join('\n')).toContain('a socket takes too slowly');
    await eventually(() => expect(quick.messages).toHaveLength(sent));
    slow.destroy();
  }, 180_000);

  it('tell all of the status to whoever comes, and then only what changes', async () => {
    const { messages } = await open('/ws/status');
    await eventually(() => expect(messages).toHaveLength(1));
    expect(messages[0]).toEqual({
      type: 'status_update',
      data: { line: { camera_id: 'line', timestamp: expect.any(Number), data: { total_frames: 1 } } },
      timestamp: expect.any(Number),
    });
    await status.look();
    counters.set('line', { total_frames: 2 });
    await status.look();
    await eventually(() => expect(messages).toHaveLength(2));
    expect(messages[1]).toEqual({
      type: 'status_update',
      camera_id: 'line',
      data: { type: 'stats', camera_id: 'line', timestamp: expect.any(Number), data: { total_frames: 2 } },
      timestamp: expect.any(Number),
    });
  });

  it('answer a ping, and nothing else they are sent', async () => {
    const { socket, messages } = await open('/ws/events');
    for (const text of ['{"type":"ping"}', 'ping', '{}', 'null', '[1']) socket.send(text);
    await eventually(() => expect(messages).toEqual([{ type: 'pong' }]));
    socket.send('x'.repeat(20_000));
    await eventually(() => expect(socket.readyState).toBe(WebSocket.CLOSED));
  });

  it('are only where they are said to be', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/ws/nowhere`);
    const refused = await new Promise((done) => socket.once('error', done));
    expect(String(refused)).toContain('404');
  });

  it('end a client that sends more than ten messages a second, and answer the others', async () => {
    const [flood, other] = [await open('/ws/events'), await open('/ws/events')];
    for (let i = 0; i < 1_000 && flood.socket.readyState === WebSocket.OPEN; i++) flood.socket.send('{"type":"ping"}');
    await eventually(() => expect(flood.socket.readyState).toBe(WebSocket.CLOSED));
    expect(flood.messages.length).toBeLessThanOrEqual(10);
    for (let i = 0; i < 10; i++) other.socket.send('{"type":"ping"}');
    await eventually(() => expect(other.messages).toHaveLength(10));
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('end a client that never reads what waits for it, and keep one that reads, however slowly', async () => {
    const [reads, never] = [openRaw(), openRaw()];
    await eventually(() => expect(sockets.at('/ws/events')).toHaveLength(2));
    for (const socket of [reads, never]) socket.pause();
    const fillUp = () =>
      eventually(
        () => {
          const free = sockets.at('/ws/events').filter((client) => client.waiting() === 0);
          for (const client of free) client.send({ message: 'x'.repeat(100_000) });
          return free.length === 0;
        },
        { every: 5 },
      );
    await fillUp();
    jest.advanceTimersByTime(20_000);
    reads.resume();
    await eventually(() => sockets.at('/ws/events').some((client) => client.waiting() === 0));
    reads.pause();
    await fillUp();
    expect(sockets.at('/ws/events')).toHaveLength(2);
    jest.advanceTimersByTime(20_000);
    await eventually(() => expect(sockets.at('/ws/events')).toHaveLength(1));
    expect(log.lines.join('\n')).toContain('takes nothing of what it is sent');
    never.resume();
    await eventually(() => expect(never.destroyed).toBe(true));
    expect(reads.destroyed).toBe(false);
    reads.destroy();
  }, 180_000);
});
