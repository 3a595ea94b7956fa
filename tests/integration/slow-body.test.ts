import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { httpApplication, httpServer } from '../../src/api/http/application';
import { NoInputDto, Text } from '../../src/api/http/fields';
import { mounted } from '../../src/api/http/mount';
import { operations } from '../../src/api/http/operation';
import { inTime } from '../support/in-time';
import { rememberingLog } from '../support/quiet-log';

const REQUEST_MS = 600;
const LOOK_MS = 50;
/** A byte so often never takes as long as any time-out between two of them. */
const TRICKLE_MS = 20;

interface Post {
  take(letter: { text: string }): Promise<object>;
}

class LetterDto {
  @Text() text: string;
}

const rows = operations<Post>('post', {
  take: {
    http: 'POST /letters',
    summary: '',
    call: (post, letter) => post.take(letter),
    input: LetterDto,
    output: NoInputDto,
    example: { input: { text: '' }, answer: {} },
  },
});

interface Conversation {
  readonly said: string;
  readonly ms: number;
}

describe('a request whose body comes a byte at a time', () => {
  const log = rememberingLog();
  const taken: string[] = [];
  let server: Server;

  beforeAll(async () => {
    const port: Post = { take: async ({ text }) => ({ n: taken.push(text) }) };
    const gate = { needsToken: false, admit: () => ({ role: 'admin' as const }) };
    const patience = { requestMs: REQUEST_MS, headersMs: REQUEST_MS, lookMs: LOOK_MS, idleMs: REQUEST_MS };
    server = httpServer(httpApplication(mounted(rows, port), { log, gate }), log, patience);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    taken.splice(0);
    log.lines.splice(0);
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Sends a head and the beginning of a body at once and then byte after byte, until the service ends the connection. */
  function trickle(head: string, begin: string, byte: string): Promise<Conversation> {
    const from = performance.now();
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let said = '';
    socket.on('data', (data) => (said += String(data)));
    socket.on('error', () => undefined);
    socket.write(`POST /api/v1/letters HTTP/1.1\r\nHost: 127.0.0.1\r\n${head}\r\n\r\n${begin}`);
    const drip = setInterval(() => socket.write(byte), TRICKLE_MS);
    return new Promise((resolve) => {
      socket.on('close', () => {
        clearInterval(drip);
        resolve({ said, ms: performance.now() - from });
      });
    });
  }

  it.each([
    ['of a known length', 'Content-Length: 100000', '{"text":"', 'x'],
    ['in chunks', 'Transfer-Encoding: chunked', '9\r\n{"text":"\r\n', '1\r\nx\r\n'],
  ])('%s is answered 408 when its time is over, and others are served meanwhile', async (_what, head, begin, byte) => {
    const slow = trickle(head, begin, byte);
    const statuses: number[] = [];
    const another = async () => statuses.push((await fetch(`${url()}/health`)).status) > 0;
    for (let goesOn = true; goesOn; ) goesOn = await Promise.race([slow.then(() => false), another()]);
    const { said, ms } = await slow;
    expect(said).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(said.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(ms).toBeGreaterThanOrEqual(REQUEST_MS - LOOK_MS);
    inTime(ms, REQUEST_MS + 2_000);
    expect(statuses.length).toBeGreaterThan(10);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(taken).toEqual([]);
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('is taken when it is complete in time', async () => {
    const answer = await fetch(`${url()}/api/v1/letters`, { method: 'POST', body: '{"text":"hello"}' });
    expect([answer.status, taken]).toEqual([200, ['hello']]);
  });
});
