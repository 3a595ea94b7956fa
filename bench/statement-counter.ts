import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

const HEADER_BYTES = 5;
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);
const EXECUTE = 'E'.charCodeAt(0);

/**
 * A way to the database that reads what passes: every statement that a client has executed on any connection, BEGIN and
 * COMMIT included, by its text. It counts messages of the protocol, so that nothing depends on what the server notes.
 */
export class StatementCounter {
  readonly texts = new Map<string, number>();
  private readonly target: URL;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(database: string) {
    this.target = new URL(database);
    this.server = createServer((near) => this.join(near));
  }

  /** The address of the database by this way. */
  async open(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.server.address() as AddressInfo;
    return `postgres://${this.target.username}@127.0.0.1:${port}${this.target.pathname}`;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  reset(): void {
    this.texts.clear();
  }

  get total(): number {
    return [...this.texts.values()].reduce((sum, count) => sum + count, 0);
  }

  private join(near: Socket): void {
    const host = this.target.searchParams.get('host');
    const port = Number(this.target.port || 5432);
    const far = host ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, this.target.hostname);
    const messages = new ClientMessages((text) => this.texts.set(text, (this.texts.get(text) ?? 0) + 1));
    near.on('data', (data) => messages.read(data));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}

/** The messages of one client (PostgreSQL manual, 54.7); the first one, of the start, has no type. */
class ClientMessages {
  private waiting = Buffer.alloc(0);
  private started = false;
  private bound = '';
  private readonly named = new Map<string, string>();

  constructor(private readonly executed: (text: string) => void) {}

  read(data: Buffer): void {
    this.waiting = Buffer.concat([this.waiting, data]);
    for (;;) {
      const type = this.started ? 1 : 0;
      if (this.waiting.length < HEADER_BYTES) return;
      const end = type + this.waiting.readInt32BE(type);
      if (this.waiting.length < end) return;
      if (this.started) this.message(this.waiting[0] ?? 0, this.waiting.subarray(HEADER_BYTES, end));
      this.started = true;
      this.waiting = this.waiting.subarray(end);
    }
  }

  private message(type: number, body: Buffer): void {
    const [first = '', second = ''] = body.toString().split('\0', 2);
    if (type === QUERY) for (const text of first.split(';')) if (text.trim() !== '') this.executed(text.trim());
    if (type === PARSE) this.named.set(first, second);
    if (type === BIND) this.bound = this.named.get(second) ?? second;
    if (type === EXECUTE) this.executed(this.bound.trim());
  }
}
