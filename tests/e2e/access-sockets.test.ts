import { WebSocket } from 'ws';
import { connect } from 'node:net';
import { eventually } from '../support/eventually';
import { BareSite } from '../support/service-run';
import { type TestDatabase, createTestDatabase } from '../support/test-database';

const PROTOCOL = 'watchgate';
const WRONG = `wgt_${'0'.repeat(16)}_${'a'.repeat(43)}`;

interface Offered {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

describe('the web sockets of a service for other machines', () => {
  let database: TestDatabase;
  let site: BareSite;
  let [host, viewer] = ['', ''];
  let output = () => '';
  const opened: WebSocket[] = [];

  beforeAll(async () => {
    [site, database] = [new BareSite(), await createTestDatabase()];
    const settings = { DATABASE_URL: database.url, HOST: '0.0.0.0', LOG_LEVEL: 'debug' };
    viewer = await site.token('viewer', 'dashboard', settings);
    const run = site.start(settings);
    host = new URL(await run.ready()).host.replace('0.0.0.0', '127.0.0.1');
    output = () => run.output;
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.terminate()));
  afterAll(async () => {
    await site.remove();
    await database.drop();
  });

  /** The status of the answer, 101 for a socket. */
  function open(path: string, { protocols = [], headers = {} }: Offered = {}): Promise<[number, WebSocket]> {
    const socket = new WebSocket(`ws://${host}${path}`, [...protocols], { headers });
    opened.push(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve([101, socket]));
      socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve([statusCode, socket]));
      socket.on('error', reject);
    });
  }

  describe.each(['/ws/events', '/ws/status'])('at %s', (path) => {
    it.each<[string, () => Offered, number]>([
      ['no token', () => ({}), 401],
      ['a protocol and no token', () => ({ protocols: [PROTOCOL] }), 401],
      ['a wrong token', () => ({ headers: { authorization: `Bearer ${WRONG}` } }), 401],
      ['a wrong token as a protocol', () => ({ protocols: [PROTOCOL, `bearer.${WRONG}`] }), 401],
      [
        'a wrong token in the header, whatever the protocols say',
        () => ({ protocols: [PROTOCOL, `bearer.${viewer}`], headers: { authorization: `Bearer ${WRONG}` } }),
        401,
      ],
      ['a token', () => ({ headers: { authorization: `Bearer ${viewer}` } }), 101],
      ['a token as a protocol', () => ({ protocols: [PROTOCOL, `bearer.${viewer}`] }), 101],
      ['a token as the first protocol', () => ({ protocols: [`bearer.${viewer}`, PROTOCOL] }), 101],
    ])('%s is answered as it must be', async (_what, offered, expected) => {
      const [status, socket] = await open(path, offered());
      expect(status).toBe(expected);
      if (status !== 101) return;
      const { protocols = [] } = offered();
      expect(socket.protocol).toBe(protocols.includes(PROTOCOL) ? PROTOCOL : '');
      const heard: unknown[] = [];
      socket.on('message', (data) => heard.push(JSON.parse(String(data))));
      socket.send('{"type":"ping"}');
      await eventually(() => expect(heard).toContainEqual({ type: 'pong' }));
    });

    it('a token in the address is none', async () => {
      expect((await open(`${path}?token=${viewer}&access_token=${viewer}`))[0]).toBe(401);
    });
  });

  it('never send a token back, nor write one to the log', async () => {
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    let said = '';
    socket.on('data', (data) => (said += String(data)));
    socket.write(
      `GET /ws/events HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: bearer.${viewer}, ${PROTOCOL}\r\n\r\n`,
    );
    await eventually(() => expect(said).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n/));
    socket.destroy();
    expect(said).toContain(`Sec-WebSocket-Protocol: ${PROTOCOL}\r\n`);
    expect(said).not.toContain('wgt_');
    expect(output()).not.toContain('wgt_');
  });
});
