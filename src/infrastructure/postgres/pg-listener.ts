import type { Notification } from 'pg';
import type { Log } from '../../application/shared/log';
import { PgSession } from './pg-session';

const ASK_EVERY_MS = 2_000;

/**
 * What to do when a channel is notified; after every new connection with an empty payload and the milliseconds in which
 * notifications may have been missed.
 */
export type Heard = (payload: string, missedMs: number) => void;

/**
 * Listens to channels on a connection of its own: a pooled one may be swapped under the LISTEN. It asks for an answer
 * every two seconds, for a connection whose other end is gone is as silent as one on which nothing happens.
 */
export class PgListener {
  private session: PgSession | undefined;
  private timer?: NodeJS.Timeout;
  private busy: Promise<void> = Promise.resolve();
  private asking = false;
  /** When the last answer that was heard was asked for: until then nothing can have been missed. */
  private heardAt = performance.now();

  constructor(
    private readonly url: string,
    private readonly heard: Readonly<Record<string, Heard>>,
    private readonly log: Log,
    private readonly askEveryMs = ASK_EVERY_MS,
  ) {}

  /** Resolves when it listens. */
  async start(): Promise<void> {
    await this.connect();
    this.timer = setInterval(() => {
      if (this.asking) return;
      this.asking = true;
      this.busy = this.ask().finally(() => {
        this.asking = false;
      });
    }, this.askEveryMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.busy;
    const { session } = this;
    this.session = undefined;
    await session?.end();
  }

  private async ask(): Promise<void> {
    const asked = performance.now();
    try {
      if (this.session) {
        await this.session.query('SELECT 1');
        this.heardAt = asked;
        return;
      }
    } catch (error) {
      this.lost(error);
    }
    await this.connect().catch((error: unknown) => this.log.debug('notifications cannot be heard yet', { error }));
  }

  private async connect(): Promise<void> {
    const session = await PgSession.open({
      url: this.url,
      name: 'watchgate-listen',
      onLost: (error) => {
        if (this.session === session) this.lost(error);
      },
      onNotification: ({ channel, payload }: Notification) => this.tell(channel, payload ?? '', 0),
    });
    try {
      for (const channel of Object.keys(this.heard)) await session.query(`LISTEN ${channel}`);
    } catch (error) {
      session.destroy();
      throw error;
    }
    this.session = session;
    const listening = performance.now();
    const missedMs = listening - this.heardAt;
    this.heardAt = listening;
    for (const channel of Object.keys(this.heard)) this.tell(channel, '', missedMs);
  }

  /** Anybody who may use the database may notify anything: nothing of it may end this process. */
  private tell(channel: string, payload: string, missedMs: number): void {
    try {
      this.heard[channel]?.(payload, missedMs);
    } catch (error) {
      this.log.warn('a notification could not be understood', { channel, error });
    }
  }

  private lost(error: unknown): void {
    if (!this.session) return;
    this.session.destroy();
    this.session = undefined;
    this.log.warn('the connection that hears notifications was lost', { error });
  }
}
