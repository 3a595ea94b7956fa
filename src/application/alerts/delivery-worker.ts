import type { Channel } from '../../domain/alerts/alert-recipients';
import { Delivery } from '../../domain/alerts/delivery';
import type { Clock, Log } from '../shared/log';
import { within } from '../shared/within';
import { type AlertChannel, type OutgoingNotice, Undeliverable } from './alert-channel';

/** A delivery that this process has, until its lease ends. */
export interface Claim extends OutgoingNotice {
  readonly id: number;
  readonly lease: string;
  /** This one included. */
  readonly attempts: number;
}

export interface Attempt {
  readonly at: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number;
}

/** What an attempt made of a delivery. */
export type Settlement = Pick<Delivery, 'status' | 'waitMs'>;

/** What has enough under way already, and is to be left for later. */
export interface Busy {
  /** Host and port of web addresses, in lower case. */
  readonly hosts: readonly string[];
  readonly rules: readonly number[];
}

/** The outbox. A claim that is not settled in time, because its process died, is given to somebody else. */
export interface DeliveryQueue {
  claim(limit: number, busy: Busy): Promise<Claim[]>;
  settle(claim: Claim, attempt: Attempt, settlement: Settlement): Promise<void>;
}

const MOST_LANES = 16;
/** Of the lanes, what one receiver, and one rule, may have at most: the others are for whoever answers. */
const MOST_PER_HOST = 4;
const MOST_PER_RULE = 4;
/** Of one delivery. Channels have deadlines of their own; this one holds whatever becomes of them. */
const SEND_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;
const LONGEST_DETAIL = 300;
/** A delivery that failed is due by the clock of the database, which is not looked at a moment too early. */
const AFTER_MS = 50;

/** Sends what is queued, several at once: a slow receiver holds up its own lane only. */
export class DeliveryWorker {
  private readonly lanes = new Set<Promise<void>>();
  private readonly underWay = new Set<Claim>();
  /** Claims are made one after the other, so that each knows what the others took. */
  private turn: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly channels: Readonly<Record<Channel, AlertChannel>>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly chance: () => number = Math.random,
  ) {}

  /** Looks whether there is something to send. Never waits for it. */
  wake(): void {
    if (this.stopped || this.lanes.size >= MOST_LANES) return;
    const lane: Promise<void> = this.work()
      .catch((error: unknown) => this.log.warn('deliveries cannot be sent now and are tried again', { error }))
      .finally(() => this.lanes.delete(lane));
    this.lanes.add(lane);
  }

  /** Finishes what is being sent, unless that takes too long: it is sent again later then, by whoever runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    const late = () =>
      this.log.warn('deliveries were under way for too long, and are tried again after the next start');
    await within(STOP_WITHIN_MS, Promise.all(this.lanes), late);
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const claim = await this.next();
      if (!claim) return;
      this.wake();
      try {
        await this.deliver(claim);
      } finally {
        this.underWay.delete(claim);
      }
    }
  }

  private next(): Promise<Claim | undefined> {
    const take = async () => {
      const [claim] = this.stopped ? [] : await this.queue.claim(1, this.busy());
      if (claim) this.underWay.add(claim);
      return claim;
    };
    const turn = this.turn.then(take, take);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private busy(): Busy {
    const claims = [...this.underWay];
    return {
      hosts: often(claims.map(hostOf), MOST_PER_HOST),
      rules: often(
        claims.map(({ notice }) => notice.rule_id),
        MOST_PER_RULE,
      ),
    };
  }

  private async deliver(claim: Claim): Promise<void> {
    const [at, from] = [this.clock().toISOString(), performance.now()];
    const { ok, detail, settlement } = await this.attempt(claim);
    const ms = Math.round(performance.now() - from);
    await this.queue.settle(claim, { at, ok, detail: detail.slice(0, LONGEST_DETAIL), ms }, settlement);
    if (settlement.status === 'queued') setTimeout(() => this.wake(), settlement.waitMs + AFTER_MS).unref();
  }

  private async attempt(claim: Claim): Promise<Pick<Attempt, 'ok' | 'detail'> & { settlement: Settlement }> {
    const { id, channel } = claim;
    const delivery = Delivery.restore(id, 'queued', claim.attempts);
    try {
      const sent = this.channels[channel].send(claim);
      const detail = await within(SEND_WITHIN_MS, sent, () => {
        throw new Error('took too long');
      });
      return { ok: true, detail, settlement: delivery.succeed() };
    } catch (error) {
      const settlement = delivery.fail(error instanceof Undeliverable, this.chance());
      if (settlement.status === 'dead')
        this.log.error('an alert could not be delivered', { delivery: id, channel, error });
      return { ok: false, detail: error instanceof Error ? error.message : String(error), settlement };
    }
  }
}

/** Of a web address, as the queue knows it. */
function hostOf({ channel, target }: Claim): string | null {
  if (channel !== 'webhook') return null;
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(target)?.[1]?.toLowerCase() ?? '';
}

/** What is there at least so many times. */
function often<T>(all: readonly (T | null)[], times: number): T[] {
  const counts = new Map<T, number>();
  for (const one of all) if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= times).map(([one]) => one);
}
