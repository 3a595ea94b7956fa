import type { Notification } from 'pg';
import type { Log } from '../../application/shared/log';
import { PgSession } from './pg-session';

/** The server ends a session after ten seconds without a query. */
const ASK_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 500;

/**
 * Called when a channel is notified; after every new connection with an empty payload and the milliseconds in which
 * notifications may have been missed.
 */
export type Heard = (payload: string, missedMs: number) => void;

/** The statements of one piece of work on the connection. */
export type SessionSql = Pick<PgSession, 'query'>;

export interface ConnectionOptions {
  readonly askEveryMs?: number;
  /** The server has just answered. */
  readonly onAnswer?: () => void;
}

/**
 * The one connection of this process outside the pools, reopened as long as it is needed: it listens to every channel
 * (a pooled one may be swapped under the LISTEN), and carries the periodic statements, those of leases and heartbeats.
 * Pieces of work follow each other, so that one may be a transaction. A query runs at least every two seconds, because
 * a broken connection is as silent as an idle one. Commits do not wait for the disk.
 */
export class DedicatedConnection {
  private session: PgSession | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly askEveryMs: number;
  private readonly channels = new Map<string, Set<Heard>>();
  private stopped = false;
  private looking = false;
  private failing = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  /** When the query of the last answer was sent: until then no notification can have been missed. */
  private heardAt = performance.now();

  constructor(
    private readonly url: string,
    private readonly log: Log,
    private readonly options: ConnectionOptions = {},
  ) {
    this.askEveryMs = options.askEveryMs ?? ASK_EVERY_MS;
  }

  /** Whether the connection is open at present. */
  get isThere(): boolean {
    return this.session !== undefined;
  }

  /**
   * Resolves when the channel is listened to, and `heard` was called for notifications that may have been missed
   * before.
   */
  async listen(channel: string, heard: Heard): Promise<void> {
    this.channels.set(channel, (this.channels.get(channel) ?? new Set()).add(heard));
    const opened = await this.inTurn(async () => {
      if (!this.session) return this.connect();
      await this.run(`LISTEN ${channel}`);
      return undefined;
    });
    if (!opened) this.tell(heard, channel, '', 0);
  }

  forget(channel: string, heard: Heard): void {
    this.channels.get(channel)?.delete(heard);
  }

  /** Does some work on the connection, after the work before it; connects first where necessary. */
  use<T>(work: (sql: SessionSql) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      if (!this.session) await this.connect();
      return work({ query: (sql, values) => this.run(sql, values) });
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.turn.catch(() => undefined);
    const { session } = this;
    this.session = undefined;
    await session?.end();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** A refused statement may mean that this is no longer the right server: the connection is reopened. */
  private async run<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const { session } = this;
    if (!session) throw new Error('Connection terminated: the connection was lost during the work on it');
    const asked = performance.now();
    this.askedAt = asked;
    try {
      const rows = await session.query<Row>(sql, values);
      this.heardAt = asked;
      this.options.onAnswer?.();
      return rows;
    } catch (error) {
      this.lose(session, error);
      throw error;
    }
  }

  /** Answers true: all listeners have been informed that notifications may have been missed. */
  private async connect(): Promise<true> {
    if (this.stopped) throw new Error('Connection terminated: this service is ending');
    this.timer ??= setInterval(() => this.look(), Math.min(LOOK_EVERY_MS, this.askEveryMs));
    const session = await PgSession.open({
      url: this.url,
      name: 'watchgate-site',
      onLost: (error) => this.lose(session, error),
      onNotification: ({ channel, payload }: Notification) => this.hear(channel, payload ?? '', 0),
    });
    try {
      await session.query('SET synchronous_commit = off');
      for (const channel of this.channels.keys()) await session.query(`LISTEN ${channel}`);
    } catch (error) {
      session.destroy();
      throw error;
    }
    this.session = session;
    if (this.failing) this.log.info('the connection of this service to its site is there again');
    this.failing = false;
    const listening = performance.now();
    const missedMs = listening - this.heardAt;
    [this.heardAt, this.askedAt] = [listening, listening];
    for (const channel of this.channels.keys()) this.hear(channel, '', missedMs);
    return true;
  }

  private look(): void {
    if (this.looking || (this.session && performance.now() - this.askedAt < this.askEveryMs)) return;
    this.looking = true;
    this.use((sql) => sql.query('SELECT 1'))
      .catch((error: unknown) => this.log.debug('the connection to the site cannot be made yet', { error }))
      .finally(() => {
        this.looking = false;
      });
  }

  private hear(channel: string, payload: string, missedMs: number): void {
    for (const heard of this.channels.get(channel) ?? []) this.tell(heard, channel, payload, missedMs);
  }

  /** Any user of the database may notify any payload: none of them may end this process. */
  private tell(heard: Heard, channel: string, payload: string, missedMs: number): void {
    try {
      heard(payload, missedMs);
    } catch (error) {
      this.log.warn('a notification could not be understood', { channel, error });
    }
  }

  private lose(session: PgSession, error: unknown): void {
    if (this.session !== session) return;
    session.destroy();
    this.session = undefined;
    this.failing = true;
    this.log.warn('the connection of this service to its site was lost and is made anew', { error });
  }
}
