import { Client } from 'pg';
import type { Log } from '../../application/shared/log';

const ANSWER_WITHIN_MS = 2_000;
const RECONNECT_MS = 500;

/** What to do when a channel is notified; after every new connection with an empty payload, for what was missed. */
export type Heard = (payload: string) => void;

/** Listens to channels on a connection of its own: a pooled one may be swapped under the LISTEN. */
export class PgListener {
  private client?: Client | undefined;
  private timer?: NodeJS.Timeout;
  private connecting: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly heard: Readonly<Record<string, Heard>>,
    private readonly log: Log,
  ) {}

  /** Resolves when it listens. */
  async start(): Promise<void> {
    await this.connect();
    this.timer = setInterval(() => {
      if (!this.client) this.connecting = this.connecting.then(() => this.reconnect());
    }, RECONNECT_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.connecting;
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private async reconnect(): Promise<void> {
    if (this.client) return;
    await this.connect().catch((error: unknown) => this.log.debug('notifications cannot be heard yet', { error }));
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
      application_name: 'watchgate-listen',
    });
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, undefined));
    client.on('notification', ({ channel, payload }) => this.tell(channel, payload ?? ''));
    await client.connect();
    for (const channel of Object.keys(this.heard)) await client.query(`LISTEN ${channel}`);
    this.client = client;
    for (const channel of Object.keys(this.heard)) this.tell(channel, '');
  }

  /** Anybody who may use the database may notify anything: nothing of it may end this process. */
  private tell(channel: string, payload: string): void {
    try {
      this.heard[channel]?.(payload);
    } catch (error) {
      this.log.warn('a notification could not be understood', { channel, error });
    }
  }

  private lost(client: Client, error: unknown): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.log.warn('the connection that hears notifications was lost', { error });
  }
}
