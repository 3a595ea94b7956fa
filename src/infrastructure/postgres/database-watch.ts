import { type Effect, Unavailable } from '../../domain/shared/domain-error';
import { errorCode } from '../system/files';
import { PgSession } from './pg-session';

const LOOK_EVERY_MS = 100;
/** After a caller has waited this long without any answer, the database is queried. */
const ASK_AFTER_MS = 100;
/** Interval of these queries while it is away. */
const ASK_AGAIN_MS = 200;
/** Without an answer for this long it is away; all these times together are less than a second. */
const SILENT_MS = 400;
/** A connection without an answer for this long is replaced by a new one. */
const GIVE_UP_MS = 1_000;
/** Its clock is read this often, unless another query brings its time. */
const CLOCK_EVERY_MS = 5_000;
const TOO_MANY_CONNECTIONS = '53300';
const WHAT_TIME = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';

/**
 * Finds out, within a second of the first waiting caller, whether the database answers at all: by any answer, and by
 * queries on a connection of its own, which nothing else can block. While it is away no caller waits: waiting ones get
 * an error, new ones are refused at once. While no caller waits, only the time of the database is queried: the one
 * clock that all services of a site share.
 */
export class DatabaseWatch {
  private readonly waiting = new Set<() => void>();
  private session: PgSession | undefined;
  private clock: NodeJS.Timeout | undefined;
  /** Only while a caller waits, or the database is away. */
  private looking: NodeJS.Timeout | undefined;
  private asking = false;
  private askedAt = 0;
  private heardAt = performance.now();
  private waitingSince = Number.NEGATIVE_INFINITY;
  private lookedAt = performance.now();
  private clockAt = Number.NEGATIVE_INFINITY;
  /** The time of the database minus the monotonic clock of this process. */
  private offset: number | undefined;
  private isAway = false;

  constructor(private readonly url: string) {}

  /** Resolves after the first answer, or the first failure. */
  async start(): Promise<void> {
    this.answered();
    if (this.clock) return;
    this.clock = setInterval(() => {
      if (!this.asking && performance.now() - this.clockAt > CLOCK_EVERY_MS) void this.ask();
    }, CLOCK_EVERY_MS).unref();
    await this.ask();
  }

  async stop(): Promise<void> {
    clearInterval(this.clock);
    this.stopLooking();
    const { session } = this;
    this.session = undefined;
    await session?.end();
  }

  /**
   * The time of the database, continued by a monotonic clock; the clock of this machine until the database's time is
   * known.
   */
  now(): Date {
    return new Date(this.offset === undefined ? Date.now() : performance.now() + this.offset);
  }

  /** Throws `database.unavailable` while the database is away. */
  refuseWhileAway(): void {
    if (this.isAway) throw away('not-started');
  }

  /**
   * Does some work, and stops waiting for it when the database goes away meanwhile; `effect` says what it may have left
   * behind.
   */
  guard<T>(effect: Effect, work: () => Promise<T>): Promise<T> {
    if (this.isAway) return Promise.reject(away('not-started'));
    return new Promise((resolve, reject) => {
      const lost = () => reject(away(effect));
      if (this.waiting.size === 0) this.waitingSince = performance.now();
      this.startLooking();
      this.waiting.add(lost);
      work()
        .then((answer) => {
          this.answered();
          resolve(answer);
        }, reject)
        .finally(() => this.waiting.delete(lost));
    });
  }

  /** The database answered any query. */
  answered(): void {
    this.heardAt = performance.now();
    this.isAway = false;
  }

  private look(): void {
    const now = performance.now();
    // While this process itself stood still, it could not receive an answer.
    const stoodStill = now - this.lookedAt > 2 * LOOK_EVERY_MS;
    this.lookedAt = now;
    if (this.asking) {
      if (stoodStill) this.askedAt = now;
      else if (now - Math.max(this.askedAt, this.heardAt) > SILENT_MS) this.goAway();
      return;
    }
    if (this.mustAsk(now)) void this.ask();
    else if (this.waiting.size === 0 && !this.isAway) this.stopLooking();
  }

  private startLooking(): void {
    if (this.looking) return;
    this.lookedAt = performance.now();
    this.looking = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  private stopLooking(): void {
    clearInterval(this.looking);
    this.looking = undefined;
  }

  private mustAsk(now: number): boolean {
    const quiet = now - Math.max(this.heardAt, this.askedAt);
    if (this.isAway) return quiet > ASK_AGAIN_MS;
    return this.waiting.size > 0 && Math.min(quiet, now - this.waitingSince) > ASK_AFTER_MS;
  }

  private goAway(): void {
    this.isAway = true;
    for (const lost of this.waiting) lost();
    this.waiting.clear();
  }

  private async ask(): Promise<void> {
    this.asking = true;
    this.startLooking();
    this.askedAt = performance.now();
    try {
      // The end of a connection does not show whether a new one is possible.
      if (!(this.session && (await this.asked(this.session)))) await this.askAnew();
    } catch (error) {
      if (errorCode(error) !== TOO_MANY_CONNECTIONS && performance.now() - this.heardAt > SILENT_MS) this.goAway();
    } finally {
      this.asking = false;
      // A database that refuses is queried again after a pause, as is one that answered.
      this.askedAt = performance.now();
    }
  }

  private async asked(session: PgSession): Promise<boolean> {
    try {
      await this.whatTime(session);
      return true;
    } catch {
      session.destroy();
      if (this.session === session) this.session = undefined;
      return false;
    }
  }

  private async askAnew(): Promise<void> {
    const session = await PgSession.open({
      url: this.url,
      name: 'watchgate-watch',
      answerWithinMs: GIVE_UP_MS,
      onLost: () => {
        if (this.session === session) this.session = undefined;
      },
    });
    try {
      await this.whatTime(session);
    } catch (error) {
      session.destroy();
      throw error;
    }
    this.session = session;
  }

  private async whatTime(session: PgSession): Promise<void> {
    const sent = performance.now();
    const [row] = await session.query<{ now: number }>(WHAT_TIME);
    this.answered();
    if (row) this.isSoLate(row.now, sent, performance.now());
  }

  /**
   * The time of the database, in milliseconds since 1970, at an unknown moment between two readings of the monotonic
   * clock here.
   */
  isSoLate(now: number, sent: number, received: number): void {
    this.clockAt = received;
    const offset = now - (sent + received) / 2;
    // A difference that the travel time of the answer may explain does not move the clock.
    const wobble = (received - sent) / 2 + 1;
    if (this.offset === undefined || Math.abs(offset - this.offset) > wobble) this.offset = offset;
  }
}

function away(effect: Effect): Unavailable {
  const message =
    effect === 'unknown'
      ? 'The database stopped answering while the change was being stored: read before you try again.'
      : 'The database does not answer right now; nothing was changed. Try again.';
  return new Unavailable('database.unavailable', message, effect);
}
