import type { Notification } from 'pg';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { sha256 } from '../../domain/shared/sha256';
import { within } from '../../application/shared/within';
import { hasCode } from '../system/files';
import { SiteClient } from './site-client';

const CONNECT_WITHIN_MS = 3_000;
const ANSWER_WITHIN_MS = 2_000;
const END_WITHIN_MS = 1_000;
const KEEP_ALIVE_AFTER_MS = 5_000;

/**
 * How the server treats a client that no longer answers: it probes the connection after 5 s and closes it after three
 * probes (the default of Linux is two hours), and ends a session after 10 s without a query.
 */
const SERVER_SIDE = [
  '-c tcp_keepalives_idle=5',
  '-c tcp_keepalives_interval=2',
  '-c tcp_keepalives_count=3',
  '-c tcp_user_timeout=10000',
  '-c idle_session_timeout=10000',
  '-c timezone=UTC',
].join(' ');

export interface SessionOptions {
  readonly url: string;
  /** The name shown in `pg_stat_activity`. */
  readonly name: string;
  readonly answerWithinMs?: number;
  /** Called once, when the session ends other than by `end`. */
  readonly onLost?: (error: unknown) => void;
  readonly onNotification?: (notification: Notification) => void;
}

/**
 * A connection outside the pools, for callers that need this very session: to listen, or to conclude from its silence
 * that the database is away. Every query has a deadline; a missed one ends the session. Query at least every few
 * seconds, or the server ends it.
 */
export class PgSession {
  private opened = false;
  private over = false;

  private constructor(
    private readonly client: SiteClient,
    private readonly socket: Socket,
    private readonly options: SessionOptions,
  ) {}

  static async open(options: SessionOptions): Promise<PgSession> {
    const socket = new Socket();
    const client = new SiteClient({
      connectionString: options.url,
      // Its own socket: a client that is ended while it connects never resolves, a destroyed socket always does.
      stream: () => socket,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      options: SERVER_SIDE,
      application_name: options.name,
    });
    const session = new PgSession(client, socket, options);
    client.on('error', (error) => session.lose(error));
    client.on('end', () => session.lose(undefined));
    if (options.onNotification) client.on('notification', options.onNotification);
    try {
      await within(CONNECT_WITHIN_MS, client.connect(), () => {
        throw new Error(`timeout exceeded when trying to connect: nothing within ${CONNECT_WITHIN_MS} ms`);
      });
      if (session.over) throw new Error('Connection terminated');
      session.opened = true;
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const ms = this.options.answerWithinMs ?? ANSWER_WITHIN_MS;
    const name = values.length > 0 ? statementName(sql) : undefined;
    const answer = this.client.query<Row & object>({ ...(name && { name }), text: sql, values: [...values] });
    const { rows } = await within(ms, answer, () => {
      const silence = new Error(`Connection terminated: no answer within ${ms} ms`);
      this.socket.destroy();
      this.lose(silence);
      throw silence;
    });
    return rows;
  }

  /** Closes at once: nothing is sent to the server, and `onLost` is not called. */
  destroy(): void {
    this.over = true;
    this.socket.destroy();
  }

  async end(): Promise<void> {
    if (this.over) return;
    this.over = true;
    await within(END_WITHIN_MS, this.client.end(), () => undefined).catch(() => undefined);
    this.socket.destroy();
  }

  private lose(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    // Earlier errors go to the code that opens the session.
    if (this.opened) this.options.onLost?.(error);
  }
}

const POOLER =
  'a connection pooler in transaction or statement mode, such as PgBouncer, is in between: what a service listens to is not heard ' +
  'there, and its time limits do not hold. Name PostgreSQL itself in DATABASE_URL (several servers: host1,host2), or set ' +
  'the pooler to pool_mode = session and let it pass the startup parameter "options"';
const PROTOCOL_VIOLATION = '08P01';
const HEARD_WITHIN_MS = 2_000;

/**
 * Throws where a session of ours is not one of the server. It is found out by a notification to a session that has no
 * statement under way: a pooler in transaction mode has given its connection to others meanwhile.
 */
export async function refuseTransactionPooler(url: string): Promise<void> {
  const name = 'watchgate-start';
  let hear: () => void = () => undefined;
  const heard = new Promise<true>((resolve) => {
    hear = () => resolve(true);
  });
  const listener = await PgSession.open({ url, name, onNotification: () => hear() }).catch((error: unknown) => {
    if (hasCode(error, PROTOCOL_VIOLATION)) throw new Error(POOLER, { cause: error });
    throw error;
  });
  const channel = `watchgate_start_${randomUUID().replaceAll('-', '')}`;
  try {
    await listener.query(`LISTEN ${channel}`);
    const other = await PgSession.open({ url, name });
    try {
      await other.query('SELECT pg_notify($1, $2)', [channel, '']);
    } finally {
      await other.end();
    }
    if (!(await within(HEARD_WITHIN_MS, heard, () => false))) throw new Error(POOLER);
  } finally {
    await listener.end();
  }
}

const MOST_NAMES = 1_000;
const names = new Map<string, string>();

/** Named statements are planned once per connection. Their texts are few, because they never contain values. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = `s${sha256(sql).slice(0, 32)}`;
  names.set(sql, name);
  return name;
}
