import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** A way to the database that can be cut without a word, as by a firewall that drops packets, or with one. */
export class Cable {
  private readonly target: URL;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  /** Nothing passes, and nobody is told; who comes is accepted and hears nothing. */
  silent = false;
  /** Nobody gets through. */
  refusing = false;

  /** `observe` is called for each client and returns what reads its bytes. */
  constructor(
    database: string,
    private readonly observe?: () => (data: Buffer) => void,
  ) {
    this.target = new URL(database);
    this.server = createServer((near) => this.join(near));
  }

  /** The address of the database by way of the cable. */
  async open(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = this.server.address() as AddressInfo;
    return `postgres://${this.target.username}@127.0.0.1:${port}${this.target.pathname}`;
  }

  /** Ends every connection there is. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  private join(near: Socket): void {
    near.on('error', () => near.destroy());
    if (this.refusing) return void near.destroy();
    this.sockets.add(near);
    if (this.silent) return;
    const host = this.target.searchParams.get('host');
    const port = Number(this.target.port || 5432);
    const far = host ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, this.target.hostname);
    this.sockets.add(far);
    const read = this.observe?.();
    if (read) near.on('data', read);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (data) => void (this.silent || to.write(data)));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}
