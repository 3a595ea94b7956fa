import { Client } from 'pg';
import { Unavailable, type Effect } from '../../domain/shared/domain-error';
import { errorCode } from '../system/error-code';

const LOOK_EVERY_MS = 100;
/** After this long without any answer the database is asked whether it is there; so often while it is away. */
const ASK_AFTER_MS = 200;
/** Without an answer for this long it is away; all waiting adds up to less than a second. */
const SILENT_MS = 400;
/** A connection that was silent for this long is given up for a new one. */
const GIVE_UP_MS = 5_000;
const TOO_MANY_CONNECTIONS = '53300';

/**
 * Knows within a second whether the database answers at all, by any answer there is and by asking on a connection of its
 * own. While it is away nobody waits for it: those who do are told so, those who come are refused at once.
 */
export class DatabaseWatch {
  private readonly waiting = new Set<() => void>();
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private asking = false;
  private askedAt = 0;
  private heardAt = performance.now();
  private lookedAt = performance.now();
  private isAway = false;

  constructor(private readonly url: string) {}

  start(): void {
    this.heard();
    if (this.timer) return;
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    void this.ask(performance.now());
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  /** Throws `database.unavailable` while the database is away. */
  refuseWhileAway(): void {
    if (this.isAway) throw away('not-started');
  }

  /** Does work, and stops waiting for it when the database goes away meanwhile; `effect` says what it may have left. */
  guard<T>(effect: Effect, work: () => Promise<T>): Promise<T> {
    if (this.isAway) return Promise.reject(away('not-started'));
    return new Promise((resolve, reject) => {
      const lost = () => reject(away(effect));
      this.waiting.add(lost);
      work()
        .then((answer) => {
          this.heard();
          resolve(answer);
        }, reject)
        .finally(() => this.waiting.delete(lost));
    });
  }

  private heard(): void {
    this.heardAt = performance.now();
    this.isAway = false;
  }

  private look(): void {
    const now = performance.now();
    // While this process stood still itself, nobody could hear an answer.
    const stoodStill = now - this.lookedAt > 2 * LOOK_EVERY_MS;
    this.lookedAt = now;
    if (!this.asking) {
      if (now - Math.max(this.heardAt, this.askedAt) > ASK_AFTER_MS) void this.ask(now);
    } else if (stoodStill) this.askedAt = now;
    else if (now - this.askedAt > SILENT_MS) this.silent(now);
  }

  private silent(now: number): void {
    if (now - this.heardAt > SILENT_MS) this.goAway();
    if (now - this.askedAt > GIVE_UP_MS) this.client?.end().catch(() => undefined);
  }

  private goAway(): void {
    this.isAway = true;
    for (const lost of this.waiting) lost();
    this.waiting.clear();
  }

  private async ask(now: number): Promise<void> {
    this.asking = true;
    this.askedAt = now;
    try {
      // A connection that was ended says nothing about whether there can be a new one.
      const known = this.client;
      await (known ? known.query('SELECT 1').catch(() => this.askAnew()) : this.askAnew());
      this.heard();
    } catch (error) {
      if (errorCode(error) !== TOO_MANY_CONNECTIONS && performance.now() - this.heardAt > SILENT_MS) this.goAway();
    } finally {
      this.asking = false;
    }
  }

  private async askAnew(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      connectionTimeoutMillis: GIVE_UP_MS,
      application_name: 'watchgate-watch',
    });
    this.client = client;
    client.on('error', () => {
      if (this.client === client) this.client = undefined;
    });
    try {
      await client.connect();
      await client.query('SELECT 1');
    } catch (error) {
      if (this.client === client) this.client = undefined;
      throw error;
    }
  }
}

function away(effect: Effect): Unavailable {
  const message =
    effect === 'unknown'
      ? 'The database stopped answering while the change was being stored: read before you try again.'
      : 'The database does not answer right now; nothing was changed. Try again.';
  return new Unavailable('database.unavailable', message, effect);
}
